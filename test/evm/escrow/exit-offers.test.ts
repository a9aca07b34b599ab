import { expect } from "chai";
import { GAS_SCALE, mined, read, refusal, send } from "../kit";
import { world } from "./fixture";

describe("Staking: requestExit and the offers", () => {
  it("is refused when the escrow cannot be handed the gas to kill them", async () => {
    const w = await world();
    const seen = new Set<string>();
    for (let gasLimit = 60_000n; gasLimit <= 240_000n * GAS_SCALE && !seen.has("TooLittleGas"); gasLimit += 10_000n) {
      const reason = await refusal(send(w.provider, w.staking, "requestExit", 1n, { gasLimit })).catch(() => "none");
      expect(reason, `${gasLimit} gas`).to.not.equal("none");
      seen.add(/TooLittleGas/.exec(reason)?.[0] ?? "out of gas");
    }
    expect([...seen]).to.include("TooLittleGas");
    await mined(w.provider, w.staking, "requestExit", 1n);
    const [floor] = await read<[bigint, bigint]>(w.escrow, "offerWindow", w.provider.address);
    expect(floor, "with the gas that a node estimates").to.equal(1n << 32n);
  });
});
