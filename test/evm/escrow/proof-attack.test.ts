// What somebody could try with another's proof, or with a proof that was changed into another one of the same statement.
import { expect } from "chai";
import { bn254 } from "@noble/curves/bn254";
import { AbiCoder, keccak256, type BaseContract } from "ethers";
import { jobIdOf, resultHashOf, termsHash } from "../../../chains/evm/escrow";
import { encodeKey, keyIdOf, proofContext, zkOutputHash, zkSpec } from "../../../chains/evm/proofs";
import { runDigits } from "../../../circuits/digits";
import { deploy, mined, read, send, STUN } from "../kit";
import { assigned, bondProvider, creditOf, EID, ENDING, jobOf, STATE, type World } from "./fixture";
import {
  answered,
  proofFor,
  proofOf,
  proving,
  withWord,
  wordAt,
  WORTH,
  zkSubmitted,
  zkTerms,
  zkWorld,
  type ZkWorld,
} from "./proof-fixture";

const MODULUS = bn254.fields.Fp.ORDER;
const ORDER = bn254.fields.Fr.ORDER;
const { ProjectivePoint: G1 } = bn254.G1;
const { ProjectivePoint: G2 } = bn254.G2;
type First = InstanceType<typeof G1>;
type Second = InstanceType<typeof G2>;

const firstAt = (data: string, at: number): First => G1.fromAffine({ x: wordAt(data, at), y: wordAt(data, at + 1) });
/** Imaginary parts come first in the words. */
const secondAt = (data: string, at: number): Second => {
  const [xi, xr, yi, yr] = [0, 1, 2, 3].map((i) => wordAt(data, at + i)) as [bigint, bigint, bigint, bigint];
  return G2.fromAffine({ x: { c0: xr, c1: xi }, y: { c0: yr, c1: yi } });
};

/** A proof with other points. */
function withPoints(proof: string, a: First, b: Second, c: First): string {
  const [p, q, r] = [a.toAffine(), b.toAffine(), c.toAffine()];
  return [p.x, p.y, q.x.c1, q.x.c0, q.y.c1, q.y.c0, r.x, r.y].reduce((all, word, i) => withWord(all, i, word), proof);
}

/** Other proofs of the same statement, as anybody makes them who sees one. */
function others(key: string, proof: string): Record<string, string> {
  const [a, b, c] = [firstAt(proof, 0), secondAt(proof, 2), firstAt(proof, 6)];
  const delta = secondAt(key, 12);
  const [r, s] = [0x1234_5678n, 0x9abc_def0n];
  const inverse = bn254.fields.Fr.inv(r);
  return {
    "(-A, -B, C)": withPoints(proof, a.negate(), b.negate(), c),
    "(A / r, r B, C)": withPoints(proof, a.multiply(inverse), b.multiply(r), c),
    "(A, B + s delta, C + s A)": withPoints(proof, a, b.add(delta.multiply(s)), c.add(a.multiply(s))),
  };
}

describe("JobEscrow: a proof in the hands of others", function () {
  before("builds the circuit when it is not in the cache", async () => {
    await zkWorld();
  });

  it("pays the provider, whoever copies it and is mined first; the one that it was copied from is then refused", async () => {
    const w = await zkWorld();
    const job = await zkSubmitted(w);
    const call = await proving(w, job);
    const before = await read<bigint>(w.token, "balanceOf", w.stranger.address);
    await expect(send(w.stranger, w.escrow, "prove", ...call))
      .to.emit(w.escrow, "JobEnded")
      .withArgs(job.jobId, w.provider.address, ENDING.proven, 80n * STUN, (80n * STUN) / 50n, WORTH);
    await expect(send(w.provider, w.escrow, "prove", ...call)).to.be.revertedWithCustomError(w.escrow, "NotProvable");
    expect(await creditOf(w, w.provider)).to.equal(((80n * STUN * 93n) / 100n / 20n) * 19n);
    expect(await creditOf(w, w.stranger)).to.equal(0n);
    expect(await read<bigint>(w.token, "balanceOf", w.stranger.address)).to.equal(before);
  });

  it("can be changed into others of the same statement, each of which settles the same job for the same people, once", async () => {
    const w = await zkWorld();
    for (const name of Object.keys(others(w.key, await proofFor(w, 1n)))) {
      const job = await zkSubmitted(w);
      const [verdict, proof] = await proving(w, job);
      const before = await creditOf(w, w.provider);
      const changed = others(w.key, proof)[name]!;
      expect(changed).not.to.equal(proof);
      await mined(w.stranger, w.escrow, "prove", verdict, changed);
      expect((await creditOf(w, w.provider)) - before, name).to.equal(((80n * STUN * 93n) / 100n / 20n) * 19n);
      expect((await jobOf(w, job)).state).to.equal(STATE.none);
      for (const again of [proof, changed]) {
        await expect(send(w.provider, w.escrow, "prove", verdict, again), name).to.be.revertedWithCustomError(
          w.escrow,
          "NotProvable",
        );
      }
    }
  });

  it("and its changed forms hold for no other job", async () => {
    const w = await zkWorld();
    const [job, victim] = [await zkSubmitted(w), await zkSubmitted(w)];
    const [verdict] = await proving(w, victim);
    for (const [name, proof] of Object.entries(others(w.key, await proofOf(w, job)))) {
      await expect(send(w.stranger, w.escrow, "prove", verdict, proof), name).to.be.revertedWithCustomError(
        w.proofs,
        "InvalidProof",
      );
    }
  });

  it("holds in no other escrow of the chain, nor in the same one on a chain with another endpoint id", async () => {
    const w = await zkWorld();
    const job = await zkSubmitted(w);
    const proof = await proofOf(w, job);
    for (const eid of [EID, 30_110]) {
      const { escrow, twin } = await twinOf(w, eid);
      const [verdict, own] = await proving({ ...w, ...twin }, await zkSubmittedBy(w, twin));
      await expect(send(w.stranger, escrow, "prove", verdict, proof)).to.be.revertedWithCustomError(
        w.proofs,
        "InvalidProof",
      );
      await expect(send(w.stranger, w.escrow, "prove", verdict, own)).to.be.revertedWithCustomError(
        w.proofs,
        "OutputMismatch",
      );
      await mined(w.stranger, escrow, "prove", verdict, own);
    }
  });

  it("is bound to the endpoint id, the escrow, the payer's number, the attempt and the provider, by each alone", async () => {
    const w = await zkWorld();
    const job = await zkSubmitted(w);
    const proof = await proofOf(w, job);
    const right = {
      eid: EID,
      escrow: w.at,
      payer: w.payer.address,
      nonce: job.nonce,
      attempt: 1n,
      by: w.provider.address,
    };
    const ask = (at: typeof right): Promise<bigint> => {
      const jobId = jobIdOf(at.eid, at.escrow, at.payer, at.nonce);
      const resultHash = resultHashOf(jobId, at.attempt, at.by, zkOutputHash(w.output));
      const types = ["bytes32", "bytes32", "uint64"];
      const commitment = keccak256(AbiCoder.defaultAbiCoder().encode(types, [termsHash(job.terms), resultHash, WORTH]));
      const { specHash } = job.terms;
      return read(w.proofs, "provenUnits", w.keyId, specHash, jobId, at.attempt, at.by, resultHash, commitment, proof);
    };
    expect(await ask(right)).to.equal(WORTH);
    for (const change of [
      { eid: 30_110 },
      { escrow: await w.committee.getAddress() },
      { payer: w.stranger.address },
      { nonce: job.nonce + 1n },
      { attempt: 2n },
      { by: w.rescuer.address },
    ]) {
      await expect(ask({ ...right, ...change }), JSON.stringify(Object.keys(change))).to.be.revertedWithCustomError(
        w.proofs,
        "InvalidProof",
      );
    }
  });

  it("holds under no key that counts its words otherwise, has fewer points, or is made of zeros", async () => {
    const w = await zkWorld();
    // one input word less is one output word more: a key of its own, which says nothing about jobs of the right one
    const shifted = encodeKey(w.circuit.key, { units: WORTH, outputs: 2 });
    expect(keyIdOf(shifted)).not.to.equal(w.keyId);
    await mined(w.owner, w.proofs, "addKey", shifted);
    const fewer = w.key.slice(0, -128);
    await mined(w.owner, w.proofs, "addKey", fewer);
    const job = await zkSubmitted(w, {
      verifierConfigHash: keyIdOf(fewer),
      specHash: keccak256(zkSpec(keyIdOf(fewer), w.input)),
    });
    const [verdict, proof] = await proving(w, job);
    await expect(send(w.stranger, w.escrow, "prove", verdict, proof)).to.be.revertedWithCustomError(
      w.proofs,
      "MalformedProof",
    );
    const bare = await answered(w, await assigned(w, job.terms), WORTH, w.provider, []);
    const cut = (await proofOf(w, bare)).slice(0, -64);
    await expect(send(w.stranger, w.escrow, "prove", (await proving(w, bare))[0], cut)).to.be.revertedWithCustomError(
      w.proofs,
      "InvalidProof",
    );
    const zeros = withWord(`0x${"00".repeat(32 * 28)}`, 0, 1n);
    await expect(send(w.owner, w.proofs, "addKey", zeros))
      .to.be.revertedWithCustomError(w.proofs, "InvalidKeyPoint")
      .withArgs(2n);
  });

  it("has no form in which a zero word is the order, or a coordinate is written above the modulus", async () => {
    const w = await zkWorld();
    const dark = [0n, 0n, 0n];
    const specHash = keccak256(zkSpec(w.keyId, [0n, ORDER, 0n]));
    const output = await runDigits(w.circuit, dark);
    const black = await answered(w, await assigned(w, { ...zkTerms(w), specHash }), WORTH, w.provider, output);
    const context = proofContext(black.terms, black.submission);
    const aliased = withWord(await proofFor(w, context, dark), 9, ORDER);
    const [verdict] = await proving(w, black);
    await expect(send(w.stranger, w.escrow, "prove", verdict, aliased))
      .to.be.revertedWithCustomError(w.proofs, "WordOutOfField")
      .withArgs(1n, ORDER);
    // A's second coordinate, chosen so that its negative comes out right in words of 256 bits
    const [right, proof] = await proving(w, await zkSubmitted(w));
    const y = wordAt(proof, 1);
    const wrapped = (2n ** 256n + y) % MODULUS;
    for (const high of [wrapped + MODULUS, wrapped + 2n * MODULUS, wrapped + 4n * MODULUS]) {
      expect(2n ** 256n > high && high >= MODULUS).to.equal(true);
      await expect(send(w.stranger, w.escrow, "prove", right, withWord(proof, 1, high))).to.be.revertedWithCustomError(
        w.proofs,
        "InvalidProof",
      );
    }
  });

  it("does not hold when the check itself fails, whatever then lies where its answer would", async () => {
    const w = await zkWorld();
    const job = await zkSubmitted(w);
    const [verdict, proof] = await proving(w, job);
    // A begins with the word 1, which is what a pairing that holds answers; B is no point, so that it answers nothing
    const one = withWord(withWord(proof, 0, 1n), 1, 2n);
    for (const forged of [withWord(one, 2, 1n), withWord(one, 4, MODULUS), withWord(one, 6, 3n)]) {
      await expect(send(w.stranger, w.escrow, "prove", verdict, forged)).to.be.revertedWithCustomError(
        w.proofs,
        "InvalidProof",
      );
    }
  });

  it("has points whose negatives alone are other statements' or none's", async () => {
    const w = await zkWorld();
    const job = await zkSubmitted(w);
    const [verdict, proof] = await proving(w, job);
    const [a, b, c] = [firstAt(proof, 0), secondAt(proof, 2), firstAt(proof, 6)];
    const zero = { first: G1.ZERO, second: G2.ZERO };
    for (const [x, y, z] of [
      [a.negate(), b, c],
      [a, b.negate(), c],
      [a, b, c.negate()],
      [a.negate(), b.negate(), c.negate()],
      [a.double(), b, c],
      [zero.first, b, c],
      [a, zero.second, c],
      [a, b, zero.first],
      [a.multiply(ORDER - 1n), b, c],
    ] as [First, Second, First][]) {
      await expect(
        send(w.stranger, w.escrow, "prove", verdict, withPoints(proof, x, y, z)),
      ).to.be.revertedWithCustomError(w.proofs, "InvalidProof");
    }
  });
});

/** Another escrow with the same verifier of proofs, a bonded provider, and money of the same payer. */
async function twinOf(w: ZkWorld, eid: number): Promise<{ escrow: BaseContract; twin: Partial<World> }> {
  const escrow = await deploy("JobEscrow", {
    owner: w.owner.address,
    guardian: w.guardian.address,
    stun: await w.token.getAddress(),
    registry: await w.registry.getAddress(),
    staking: await w.staking.getAddress(),
    committee: await w.committee.getAddress(),
    proofs: await w.proofs.getAddress(),
    treasury: w.treasury.address,
    eid,
  });
  const at = await escrow.getAddress();
  const provider = eid === EID ? w.creator : w.referrer;
  await bondProvider({ ...w, at }, provider, 10_000n * STUN);
  await mined(w.payer, w.token, "approve", at, 2n ** 255n);
  return { escrow, twin: { escrow, at, provider } };
}

function zkSubmittedBy(w: ZkWorld, twin: Partial<World>): ReturnType<typeof answered> {
  const there = { ...w, ...twin };
  return assigned(there, zkTerms(w), there.provider).then((job) => answered(there, job, WORTH, there.provider));
}
