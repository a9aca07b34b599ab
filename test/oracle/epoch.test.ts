import { expect } from "chai";
import { id, zeroPadValue, type Contract } from "ethers";
import hre from "hardhat";
import { committeeSignatures } from "../../chains/evm/escrow";
import { buildEpoch, type EpochSources } from "../../oracle/epoch";
import { DAY, mined, moveTo, now, read, STUN } from "../evm/kit";
import { chainId, judged, submitted, VALID, type World } from "../evm/escrow/fixture";
import { proven, zkSubmitted, zkWorld } from "../evm/escrow/proof-fixture";

async function attested(w: World): Promise<void> {
  const version = await read<bigint>(w.committee, "version");
  const target = await w.registry.getAddress();
  const at = { chainId: await chainId(), committee: await w.committee.getAddress(), target, version };
  const message = { gpuId: id("gpu"), tier: 2, expiry: (await now()) + 30n * DAY };
  const signed = await committeeSignatures(w.members.slice(0, 3), at, "TierAttestation", {
    provider: zeroPadValue(w.provider.address, 32),
    ...message,
  });
  await mined(
    w.stranger,
    w.registry,
    "attest",
    ...[w.provider.address, message.gpuId, message.tier, message.expiry, version, signed],
  );
}

describe("oracle: the dataset of an epoch", () => {
  it("counts work that a verdict found valid and work that was proven, and no other", async () => {
    const w = await zkWorld();
    await attested(w);
    await moveTo(((await now()) / DAY + 1n) * DAY + 100n);
    const start = ((await now()) / DAY) * DAY;
    await proven(w, await zkSubmitted(w));
    await judged(w, await submitted(w), VALID);
    const accepted = await submitted(w);
    await mined(w.payer, w.escrow, "acceptResult", accepted.nonce, accepted.terms, accepted.submission);
    const end = await now();
    const sources: EpochSources = {
      provider: hre.ethers.provider as unknown as EpochSources["provider"],
      escrow: w.escrow as unknown as Contract,
      registry: w.registry as unknown as Contract,
      staking: w.staking as unknown as Contract,
    };
    const epoch = { index: 1n, start, spendable: 1_000_000n * STUN, subsidy: 10n };
    const { days, total } = await buildEpoch(sources, epoch);
    expect(days.map(({ provider, tier }) => [provider, tier])).to.deep.equal([[w.provider.address, 2]]);
    // 2 % of 80 STUN, twice
    expect(days[0]!.fees).to.equal((2n * (80n * STUN)) / 50n);
    expect(days[0]!.seconds)
      .to.be.greaterThan(0n)
      .and.to.be.lessThan(end - start);
    expect(total).to.equal(days[0]!.reward).and.to.be.greaterThan(0n);
  });
});
