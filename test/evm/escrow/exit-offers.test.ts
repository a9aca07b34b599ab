import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { mined, read } from "../kit";
import { world, type World } from "./fixture";

/** Whether a request with this much gas succeeds, and whether it kills the offers then. Undone. */
async function requestWith(w: World, gasLimit: bigint): Promise<"refused" | "killed" | "alive"> {
  const snapshot = await takeSnapshot();
  try {
    await mined(w.provider, w.staking, "requestExit", 1n, { gasLimit });
    const [floor] = await read<[bigint, bigint]>(w.escrow, "offerWindow", w.provider.address);
    return floor > 0n ? "killed" : "alive";
  } catch {
    return "refused";
  } finally {
    await snapshot.restore();
  }
}

describe("Staking: requestExit and the offers", () => {
  it("kills them or is refused, with however little gas it is sent: no estimate leaves them alive", async () => {
    const w = await world();
    const seen = new Set<string>();
    for (let gas = 60_000n; gas <= 240_000n; gas += 3_000n) {
      const outcome = await requestWith(w, gas);
      expect(outcome, `${gas} gas`).to.not.equal("alive");
      seen.add(outcome);
    }
    expect([...seen].sort()).to.deep.equal(["killed", "refused"]);
    await mined(w.provider, w.staking, "requestExit", 1n);
    const [floor] = await read<[bigint, bigint]>(w.escrow, "offerWindow", w.provider.address);
    expect(floor, "with the gas that a node estimates").to.equal(1n << 32n);
  });
});
