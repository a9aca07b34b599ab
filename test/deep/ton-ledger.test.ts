import { Random } from "../evm/random";
import { Kit } from "../ton/kit";
import { LedgerRun } from "../ton/ledger";

const STEPS = 600;

describe("TON bridge and the model, at length", () => {
  it(`agree after each of ${STEPS} random steps`, async () => {
    const run = await LedgerRun.start(await Kit.fresh(), new Random("ton ledger, deep"));
    for (let step = 0; step < STEPS; step++) await run.step();
    const done = [...run.counts].sort().map(([what, times]) => `${what} ${times}`);
    process.stdout.write(`      ${done.join(", ")}\n`);
  }).timeout(3_600_000);
});
