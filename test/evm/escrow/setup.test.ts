import { expect } from "chai";
import { deploy, refusal, ZERO } from "../kit";
import { EID, world, type World } from "./fixture";

async function escrowSetup(w: World): Promise<Record<string, unknown>> {
  return {
    owner: w.owner.address,
    guardian: w.guardian.address,
    stun: await w.token.getAddress(),
    registry: await w.registry.getAddress(),
    staking: await w.staking.getAddress(),
    committee: await w.committee.getAddress(),
    proofs: await w.proofs.getAddress(),
    treasury: w.treasury.address,
    eid: EID,
  };
}

describe("What is paid for work is deployed", () => {
  it("never without a part that it cannot do without: escrow", async () => {
    const w = await world();
    const setup = await escrowSetup(w);
    for (const part of ["stun", "registry", "staking", "committee", "proofs", "treasury"]) {
      expect(await refusal(deploy("JobEscrow", { ...setup, [part]: ZERO })), part).to.include("ZeroAddress");
    }
    expect(await refusal(deploy("JobEscrow", { ...setup, owner: ZERO }))).to.include("OwnableInvalidOwner");
    await deploy("JobEscrow", { ...setup, guardian: ZERO });
  });

  it("never without a part that it cannot do without: channels", async () => {
    const w = await world();
    const { owner, guardian, stun, registry, treasury } = await escrowSetup(w);
    const deployed = (change: Record<string, unknown>): Promise<unknown> => {
      const all = { owner, guardian, stun, registry, treasury, ...change };
      return deploy("PaymentChannels", all.owner, all.guardian, all.stun, all.registry, all.treasury, EID);
    };
    for (const part of ["stun", "registry", "treasury"]) {
      expect(await refusal(deployed({ [part]: ZERO })), part).to.include("ZeroAddress");
    }
    await deployed({ guardian: ZERO });
  });

  it("never without a part that it cannot do without: registry", async () => {
    const w = await world();
    const { committee, staking } = await escrowSetup(w);
    expect(await refusal(deploy("Registry", ZERO, staking, 100n))).to.include("ZeroAddress");
    expect(await refusal(deploy("Registry", committee, ZERO, 100n))).to.include("ZeroAddress");
  });
});
