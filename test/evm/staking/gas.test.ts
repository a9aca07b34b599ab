import { expect } from "chai";
import { approve, DAY, deploy, gasOf, nextAt, STUN } from "../kit";
import { MAX_LOCK, MIN_LOCK, opened, positionOf, bonded, staking } from "./fixture";

const PRINCIPAL = 1_234n * STUN;

/** Open, claim and exit in contracts that hold other positions already. */
async function measure(kind: "Staking" | "StakeFloor"): Promise<[open: bigint, claim: bigint, exit: bigint]> {
  const state = await staking();
  const contract = kind === "Staking" ? state.staking : await deploy(kind, await state.token.getAddress());
  await approve(state.token, state.alice, contract);
  await approve(state.token, state.bob, contract);
  await gasOf(state.bob, contract, "open", PRINCIPAL, MAX_LOCK, 0n);
  const open = await gasOf(state.alice, contract, "open", PRINCIPAL, MIN_LOCK, 0n);
  const id = 2n;
  const claim = await gasOf(state.alice, contract, "claim", id);
  await nextAt(BigInt((await state.alice.provider.getBlock("latest"))!.timestamp) + 8n * DAY);
  const exit = await gasOf(state.alice, contract, "exit", id);
  return [open, claim, exit];
}

describe("Staking: gas of whole transactions", () => {
  it("opens, claims and exits for at most 1.12 of the unavoidable writes", async () => {
    const ours = await measure("Staking");
    const floor = await measure("StakeFloor");
    ["open", "claim", "exit"].forEach((name, i) => {
      expect(ours[i]! * 100n, `${name}: ${ours[i]} against a floor of ${floor[i]}`).to.be.at.most(floor[i]! * 112n);
    });
  });

  it("locks and unlocks a bond by one packed slot", async () => {
    const state = await bonded();
    await gasOf(state.escrow, state.staking, "lockBond", state.alice.address, STUN);
    expect(await gasOf(state.escrow, state.staking, "lockBond", state.alice.address, STUN)).to.be.at.most(28_500n);
    expect(await gasOf(state.escrow, state.staking, "unlockBond", state.alice.address, STUN)).to.be.at.most(28_500n);
  });

  it("slashes for at most 51,000 on a remote chain", async () => {
    const state = await bonded();
    const { start } = await positionOf(state, state.alice);
    for (let i = 0n; i < 2n; i++) {
      await gasOf(state.escrow, state.staking, "lockBond", state.alice.address, 4n * STUN);
      await nextAt(start + (i + 1n) * DAY);
      const gas = await gasOf(state.escrow, state.staking, "slashBond", state.alice.address, 4n * STUN, STUN);
      if (i === 1n) expect(gas - 21_000n).to.be.at.most(51_000n);
    }
  });

  it("costs the same with a hundred positions as with two", async () => {
    const few = await opened();
    const first = await gasOf(few.bob, few.staking, "open", PRINCIPAL, MIN_LOCK, 0n);
    for (let i = 0; i < 100; i++) await gasOf(few.alice, few.staking, "open", PRINCIPAL, MIN_LOCK, 0n);
    const later = await gasOf(few.bob, few.staking, "open", PRINCIPAL, MIN_LOCK, 0n);
    expect(later).to.be.at.most(first + 24n);
  });
});
