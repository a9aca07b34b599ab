import { expect } from "chai";
import { id } from "ethers";
import { hashPair, rewardLeaf, type Hex } from "../../../model";
import { gasOf, nextAt, now, STUN } from "../kit";
import { emission, epochEnds, report, VETO_TIME, type Emission } from "./fixture";

/** A leaf at depth 17, as in a tree of 131,072 accounts. */
function deep(account: string, cumulative: bigint): { root: Hex; proof: Hex[] } {
  const proof = Array.from({ length: 17 }, (_, i) => id(`sibling ${i} of ${cumulative}`) as Hex);
  return { root: proof.reduce(hashPair, rewardLeaf(account as Hex, cumulative)), proof };
}

async function claimGas(state: Emission, cumulative: bigint, index: bigint): Promise<bigint> {
  const { root, proof } = deep(state.alice.address, cumulative);
  await epochEnds(state);
  await (await report(state, root, 1_000n * STUN)).wait();
  await nextAt((await now()) + VETO_TIME);
  await gasOf(state.bob, state.vault, "settle");
  return gasOf(state.alice, state.vault, "claim", state.alice.address, cumulative, index, proof);
}

describe("EmissionVault: gas of whole transactions", () => {
  it("claims at depth 17 for at most 101,000 the first time and 66,000 later", async () => {
    const state = await emission();
    // Somebody was paid before, as on every day but one.
    const other = deep(state.bob.address, 3n * STUN);
    await epochEnds(state);
    await (await report(state, other.root, 10n * STUN)).wait();
    await nextAt((await now()) + VETO_TIME);
    await gasOf(state.bob, state.vault, "claim", state.bob.address, 3n * STUN, 0n, other.proof);
    const first = await claimGas(state, 123_456_789n * 10n ** 12n, 1n);
    const later = await claimGas(state, 987_654_321n * 10n ** 12n, 2n);
    expect(first, "first").to.be.at.most(101_000n);
    expect(later, "later").to.be.at.most(66_000n);
  });
});
