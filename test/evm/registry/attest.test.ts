import { expect } from "chai";
import { id, type BaseContract } from "ethers";
import { DAY, deploy, mined, moveTo, now, read, send, STUN, ZERO } from "../kit";
import { attestation, bond, GPU, world, type World } from "./fixture";

async function registered(bonded = 1_000n * STUN): Promise<World> {
  const w = await world();
  for (const who of [w.provider, w.other]) {
    await mined(who, w.registry, "register", "", ZERO);
    if (bonded > 0n) await bond(w, who, bonded);
  }
  return w;
}

const early = async (w: World, who: string): Promise<bigint> =>
  ((await read<bigint[]>(w.registry, "providers", who))[1] ?? 0n) as bigint;

describe("Registry: attest", () => {
  it("takes a tier from the committee, from anyone who brings it, until it expires", async () => {
    const w = await registered();
    const args = await attestation(w);
    const expiry = args[3] as bigint;
    await expect(send(w.owner, w.registry, "attest", ...args))
      .to.emit(w.registry, "TierAttested")
      .withArgs(w.provider.address, GPU, 2n, expiry);
    expect(await read(w.registry, "tierOf", GPU)).to.equal(2n);
    await moveTo(expiry);
    expect(await read(w.registry, "tierOf", GPU)).to.equal(0n);
  });

  it("gives an early rank at a provider's first attestation, while there are any, once", async () => {
    const w = await registered();
    await mined(w.owner, w.registry, "attest", ...(await attestation(w)));
    const until = (await now()) + 180n * DAY;
    expect(await early(w, w.provider.address)).to.equal(until);
    await moveTo((await now()) + DAY);
    await mined(w.owner, w.registry, "attest", ...(await attestation(w, { gpuId: id("gpu 2") })));
    expect(await early(w, w.provider.address)).to.equal(until);
    await mined(
      w.owner,
      w.registry,
      "attest",
      ...(await attestation(w, { provider: w.other.address, gpuId: id("gpu 3") })),
    );
    expect(await early(w, w.other.address)).to.equal(0n);
    expect(await read(w.registry, "earlyTaken")).to.equal(1n);
  });

  it("renews a tier, and refuses an older attestation", async () => {
    const w = await registered();
    const old = await attestation(w, { tier: 1n, expiry: (await now()) + 10n * DAY });
    await mined(
      w.owner,
      w.registry,
      "attest",
      ...(await attestation(w, { tier: 3n, expiry: (await now()) + 20n * DAY })),
    );
    expect(await read(w.registry, "tierOf", GPU)).to.equal(3n);
    await expect(send(w.owner, w.registry, "attest", ...old)).to.be.revertedWithCustomError(
      w.registry,
      "StaleAttestation",
    );
    const before = await read<{ gpus: bigint }>(w.registry, "providers", w.provider.address);
    const newer = await attestation(w, { tier: 2n, expiry: (await now()) + 30n * DAY });
    await mined(w.owner, w.registry, "attest", ...newer);
    expect(await read(w.registry, "tierOf", GPU)).to.equal(2n);
    const after = await read<{ gpus: bigint }>(w.registry, "providers", w.provider.address);
    expect(after.gpus, "the same GPU is counted once").to.equal(before.gpus);
  });

  it("keeps a GPU with the provider of its first attestation, even after that expired", async () => {
    const w = await registered();
    await mined(w.owner, w.registry, "attest", ...(await attestation(w)));
    await moveTo((await now()) + 31n * DAY);
    await expect(send(w.owner, w.registry, "attest", ...(await attestation(w, { provider: w.other.address }))))
      .to.be.revertedWithCustomError(w.registry, "GpuTaken")
      .withArgs(GPU, w.provider.address);
  });

  it("refuses a provider that has not registered", async () => {
    const w = await world();
    await expect(send(w.owner, w.registry, "attest", ...(await attestation(w))))
      .to.be.revertedWithCustomError(w.registry, "NotRegistered")
      .withArgs(w.provider.address);
  });

  it("refuses a first attestation without 1,000 STUN bonded", async () => {
    const w = await registered(999n * STUN);
    await expect(send(w.owner, w.registry, "attest", ...(await attestation(w))))
      .to.be.revertedWithCustomError(w.registry, "BondTooSmall")
      .withArgs(w.provider.address, 999n * STUN, 1_000n * STUN);
  });

  it("refuses a first attestation of a provider that is leaving", async () => {
    const w = await registered();
    const { id: position } = (await w.staking.getFunction("bondOf").staticCall(w.provider.address)) as { id: bigint };
    await mined(w.provider, w.staking, "requestExit", position);
    await expect(send(w.owner, w.registry, "attest", ...(await attestation(w))))
      .to.be.revertedWithCustomError(w.registry, "BondTooSmall")
      .withArgs(w.provider.address, 0n, 1_000n * STUN);
  });

  for (const tier of [0n, 5n]) {
    it(`refuses tier ${tier}`, async () => {
      const w = await registered();
      await expect(send(w.owner, w.registry, "attest", ...(await attestation(w, { tier }))))
        .to.be.revertedWithCustomError(w.registry, "InvalidTier")
        .withArgs(tier);
    });
  }

  it("refuses an expiry that has passed or lies more than 90 days ahead", async () => {
    const w = await registered();
    for (const days of [-1n, 91n]) {
      const args = await attestation(w, { expiry: (await now()) + days * DAY });
      await expect(send(w.owner, w.registry, "attest", ...args)).to.be.revertedWithCustomError(
        w.registry,
        "InvalidExpiry",
      );
    }
  });

  it("refuses what the committee did not sign: another tier, provider or GPU, and too few signatures", async () => {
    const w = await registered();
    const signed = await attestation(w);
    for (const [at, value] of [
      [0, w.other.address],
      [1, id("gpu 9")],
      [2, 1n],
    ] as const) {
      const forged = signed.map((arg, i) => (i === at ? value : arg));
      await expect(send(w.owner, w.registry, "attest", ...forged)).to.be.reverted;
    }
    const few = await attestation(w, {}, w.members.slice(0, 1));
    await expect(send(w.owner, w.registry, "attest", ...few)).to.be.revertedWithCustomError(
      w.committee,
      "TooFewSignatures",
    );
  });

  it("refuses signatures for another registry or another committee version", async () => {
    const w = await registered();
    const stranger = { ...w, registry: w.staking as BaseContract };
    await expect(send(w.owner, w.registry, "attest", ...(await attestation(stranger)))).to.be.reverted;
    await expect(send(w.owner, w.registry, "attest", ...(await attestation(w, { version: 2n }))))
      .to.be.revertedWithCustomError(w.committee, "StaleCommittee")
      .withArgs(2n, 1n);
  });

  it("answers the reputation that the named escrow counts, not one that the provider has bonded to", async () => {
    const w = await registered(0n);
    const [stun, escrow] = [await w.token.getAddress(), await w.escrow.getAddress()];
    const flatterer = await deploy("HostileEscrow");
    const position = await read<bigint>(
      w.staking.connect(w.other) as BaseContract,
      "open",
      1_000n * STUN,
      7n * DAY,
      0n,
    );
    await mined(w.other, w.staking, "open", 1_000n * STUN, 7n * DAY, 0n);
    await mined(w.other, w.staking, "bond", position, await flatterer.getAddress());
    for (const who of [w.provider, w.other, w.referrer]) {
      expect(await read(w.registry, "reputationOf", escrow, who.address, stun)).to.deep.equal([0n, 0n]);
    }
  });
});
