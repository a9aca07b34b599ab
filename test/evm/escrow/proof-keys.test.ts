import { expect } from "chai";
import { id, keccak256, type BaseContract } from "ethers";
import { OUTPUTS } from "../../../circuits/digits";
import { encodeKey, keyIdOf } from "../../../chains/evm/proofs";
import { deploy, mined, read, refusal, send, ZERO } from "../kit";
import { creditOf, world } from "./fixture";
import { proven, proving, withWord, wordAt, WORTH, zkSubmitted, zkWorld } from "./proof-fixture";

const MODULUS = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47n;
/** Where the parts of a key begin, in words. */
const AT = { units: 0, inputs: 1, alpha: 2, beta: 4, gamma: 8, delta: 12, constant: 16, context: 18, last: 26 };

describe("ProofVerifier: keys", function () {
  before("builds the circuit when it is not in the cache", async () => {
    await zkWorld();
  });

  it("are named by the hash of their bytes, kept whole, and announced", async () => {
    const w = await zkWorld();
    const key = withWord(w.key, AT.units, WORTH + 1n);
    await expect(send(w.owner, w.proofs, "addKey", key))
      .to.emit(w.proofs, "KeyAdded")
      .withArgs(keccak256(key), WORTH + 1n, 3n, 1n);
    const found = await read<{ enabled: boolean; key: string }>(w.proofs, "keyOf", keccak256(key));
    expect([found.enabled, found.key]).to.deep.equal([true, key]);
    const none = await read<{ enabled: boolean; key: string }>(w.proofs, "keyOf", id("none"));
    expect([none.enabled, none.key]).to.deep.equal([false, "0x"]);
  });

  it("are admitted and removed by the owner alone", async () => {
    const w = await zkWorld();
    for (const who of [w.guardian, w.payer, w.provider, w.stranger]) {
      for (const [method, argument] of [
        ["addKey", w.key],
        ["removeKey", w.keyId],
        ["transferOwnership", who.address],
      ] as const) {
        await expect(send(who, w.proofs, method, argument))
          .to.be.revertedWithCustomError(w.proofs, "OwnableUnauthorizedAccount")
          .withArgs(who.address);
      }
    }
  });

  it("are replaced by admitting another one and removing the first; each job keeps the key of its terms", async () => {
    const w = await zkWorld();
    const next = encodeKey(w.circuit.key, { units: 40n, outputs: OUTPUTS });
    const job = await zkSubmitted(w);
    const args = await proving(w, job);
    await mined(w.owner, w.proofs, "addKey", next);
    await expect(send(w.owner, w.proofs, "removeKey", w.keyId))
      .to.emit(w.proofs, "KeyRemoved")
      .withArgs(w.keyId);
    await expect(send(w.stranger, w.escrow, "prove", ...args)).to.be.revertedWithCustomError(w.proofs, "KeyNotEnabled");
    // a job of the new key is worth the new key's units
    const changed = { ...w, keyId: keyIdOf(next) };
    const newer = await zkSubmitted(changed, {}, 40n);
    const before = await creditOf(w, w.provider);
    await mined(w.stranger, w.escrow, "prove", ...(await proving(changed, newer, { units: 40n })));
    expect(await creditOf(w, w.provider)).to.be.greaterThan(before);
    // and the old key can come back
    await mined(w.owner, w.proofs, "addKey", w.key);
    await proven(w, job);
  });

  it("cannot be removed twice, nor when they were never admitted", async () => {
    const w = await zkWorld();
    await mined(w.owner, w.proofs, "removeKey", w.keyId);
    for (const key of [w.keyId, id("none")]) {
      await expect(send(w.owner, w.proofs, "removeKey", key))
        .to.be.revertedWithCustomError(w.proofs, "KeyNotEnabled")
        .withArgs(key);
    }
  });

  it("are refused when gamma and delta are equal, as they are when the ceremony stopped half way", async () => {
    const w = await zkWorld();
    const gamma = [0, 1, 2, 3].map((i) => wordAt(w.key, AT.gamma + i));
    const key = gamma.reduce((all, word, i) => withWord(all, AT.delta + i, word), w.key);
    await expect(send(w.owner, w.proofs, "addKey", key)).to.be.revertedWithCustomError(w.proofs, "UnfinishedSetup");
  });

  it("are refused with a zero point that would take a part out of the equation", async () => {
    const w = await zkWorld();
    const size = { alpha: 2, beta: 4, gamma: 4, delta: 4, context: 2, last: 2 };
    for (const [part, count] of Object.entries(size)) {
      const at = AT[part as keyof typeof size];
      const key = Array.from({ length: count }).reduce<string>((all, _, i) => withWord(all, at + i, 0n), w.key);
      await expect(send(w.owner, w.proofs, "addKey", key), part)
        .to.be.revertedWithCustomError(w.proofs, "InvalidKeyPoint")
        .withArgs(at);
    }
    const constant = withWord(withWord(w.key, AT.constant, 0n), AT.constant + 1, 0n);
    await mined(w.owner, w.proofs, "addKey", constant);
  });

  it("are refused with a point off its curve, outside its subgroup, or not below the modulus", async () => {
    const w = await zkWorld();
    const first = [AT.alpha, AT.constant, AT.context, AT.last];
    for (const at of [...first, AT.beta, AT.gamma, AT.delta]) {
      const value = wordAt(w.key, at);
      for (const change of [value + 1n, value + MODULUS]) {
        await expect(send(w.owner, w.proofs, "addKey", withWord(w.key, at, change)))
          .to.be.revertedWithCustomError(w.proofs, "InvalidKeyPoint")
          .withArgs(at);
      }
    }
    const outside = pointOffSubgroup().reduce((all, word, i) => withWord(all, AT.delta + i, word), w.key);
    await expect(send(w.owner, w.proofs, "addKey", outside))
      .to.be.revertedWithCustomError(w.proofs, "InvalidKeyPoint")
      .withArgs(AT.delta);
  });

  it("are refused when their length, units or inputs are impossible", async () => {
    const w = await zkWorld();
    const noPoints = w.key.slice(0, 2 + 17 * 64);
    const tooMany = w.key + w.key.slice(-128).repeat(64);
    for (const key of [
      "0x",
      w.key.slice(0, -2),
      w.key.slice(0, -64),
      `${w.key}00`,
      noPoints,
      `${noPoints}${"00".repeat(32)}`,
      tooMany,
      withWord(w.key, AT.units, 0n),
      withWord(w.key, AT.units, 2n ** 64n),
      withWord(w.key, AT.inputs, 5n),
      withWord(w.key, AT.inputs, 2n ** 255n),
    ]) {
      await expect(send(w.owner, w.proofs, "addKey", key))
        .to.be.revertedWithCustomError(w.proofs, "MalformedKey")
        .withArgs((key.length - 2) / 2);
    }
  });

  it("are refused when there is no gas to keep them", async () => {
    const w = await zkWorld();
    const key = withWord(w.key, AT.units, 7n);
    // the code is written with what is left of the gas after one part in 64, which is enough to say that it was not
    for (let gas = 400_000n; gas < 700_000n; gas += 5_000n) {
      const outcome = await refusal(read(w.proofs.connect(w.owner) as BaseContract, "addKey", key, { gasLimit: gas }));
      if (outcome.includes("KeyNotStored")) return;
    }
    throw new Error("No gas limit stops the storing alone.");
  });

  it("have no owner but the one named, and the escrow no verifier but a real one", async () => {
    const verifier = await deploy("ProofVerifier", "0x00000000000000000000000000000000000000A1");
    expect(await read(verifier, "owner")).to.equal("0x00000000000000000000000000000000000000A1");
    expect(await refusal(deploy("ProofVerifier", ZERO))).to.include("OwnableInvalidOwner");
    const w = await world();
    const setup = {
      owner: w.owner.address,
      guardian: w.guardian.address,
      stun: await w.token.getAddress(),
      registry: await w.registry.getAddress(),
      staking: await w.staking.getAddress(),
      committee: await w.committee.getAddress(),
      proofs: ZERO,
      treasury: w.treasury.address,
      eid: 1,
    };
    await expect(deploy("JobEscrow", setup)).to.be.revertedWithCustomError(w.escrow, "ZeroAddress");
  });
});

/** A point of the curve of the second group whose order is not r, as ProofVerifier takes it: imaginary parts first. */
function pointOffSubgroup(): bigint[] {
  const p = MODULUS;
  type Pair = [bigint, bigint];
  const mod = (x: bigint): bigint => ((x % p) + p) % p;
  const mul = ([a, b]: Pair, [c, d]: Pair): Pair => [mod(a * c - b * d), mod(a * d + b * c)];
  const power = (x: bigint, n: bigint): bigint => {
    let [result, base] = [1n, x];
    for (let left = n; left > 0n; left >>= 1n, base = (base * base) % p) if (left & 1n) result = (result * base) % p;
    return result;
  };
  const root = (x: bigint): bigint | null => {
    const y = power(mod(x), (p + 1n) / 4n);
    return (y * y) % p === mod(x) ? y : null;
  };
  // b = 3 / (9 + i)
  const inverse = power(82n, p - 2n);
  const b: Pair = [mod(27n * inverse), mod(-3n * inverse)];
  for (let real = 1n; ; real++) {
    const x: Pair = [real, 0n];
    const cube = mul(mul(x, x), x);
    const [u, v]: Pair = [mod(cube[0] + b[0]), mod(cube[1] + b[1])];
    // the square root of u + v i by that of its norm
    const norm = root(u * u + v * v);
    if (norm === null) continue;
    for (const sign of [norm, -norm]) {
      const re = root(mod(u + sign) * ((p + 1n) / 2n));
      if (re === null || re === 0n) continue;
      const im = mod(v * power(2n * re, p - 2n));
      const square = mul([re, im], [re, im]);
      if (square[0] === u && square[1] === v) return [x[1], x[0], im, re];
    }
  }
}
