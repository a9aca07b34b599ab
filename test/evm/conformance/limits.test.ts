import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import hre from "hardhat";
import { deploy, mined, nextAt, now, read } from "../kit";

interface Sequence {
  in: { capacity: string; window: string; flows: { at: string; out: boolean; amount: string }[] };
  out?: { available: string; refused: boolean; used: string }[];
}

describe("RateLimit against the model's vectors", () => {
  it("lets through, refuses and drains what the model does in every sequence", async () => {
    const path = join(__dirname, "../../../model/vectors/limits.json");
    const { functions } = JSON.parse(readFileSync(path, "utf8")) as { functions: { limit: Sequence[] } };
    const [signer] = await hre.ethers.getSigners();
    if (!signer) throw new Error("The network has no account.");
    let compared = 0;
    const harness = await deploy("ConformanceHarness");
    for (const [id, { in: given, out }] of functions.limit.entries()) {
      if (!out) continue;
      await mined(signer, harness, "configure", id, BigInt(given.capacity), BigInt(given.window));
      const begin = (await now()) + 5n;
      // the vectors are times of their own: only what passes between them counts
      let time = begin - 1n;
      const start = 1_800_000_000n;
      for (const [i, flow] of given.flows.entries()) {
        const at = begin + BigInt(flow.at) - start;
        // a block is later than the one before, so two flows of one second cannot both be had
        time = at > time ? at : time + 1n;
        const expected = out[i];
        if (time !== at || !expected) break;
        await nextAt(time);
        const args = [id, flow.out, BigInt(flow.amount)] as const;
        const pending = { blockTag: "pending" };
        const [available, refused] = await read<[bigint, boolean]>(harness, "flow", ...args, pending);
        expect(refused, `sequence ${id}, flow ${i}`).to.equal(expected.refused);
        expect(available, `sequence ${id}, flow ${i}`).to.equal(BigInt(expected.available));
        await mined(signer, harness, "flow", ...args);
        const { used } = await read<{ used: bigint }>(harness, "bucket", id);
        expect(used, `sequence ${id}, flow ${i}`).to.equal(BigInt(expected.used));
        compared++;
      }
    }
    expect(compared).to.be.greaterThan(60);
  });
});
