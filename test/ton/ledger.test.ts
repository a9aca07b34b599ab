import { type Address, type TupleItem, beginCell, contractAddress } from "@ton/core";
import { expect } from "chai";
import { compileTolk } from "../../chains/ton/compile";
import { available, consume, refill, type Bucket } from "../../model/bucket";
import { TonSandbox } from "../../localnet/ton-sandbox";
import { Random } from "../evm/random";
import { Kit } from "./kit";
import { LedgerRun } from "./ledger";

const STEPS = 25;

describe("TON bridge and the model", () => {
  it(`agree after each of ${STEPS} random steps`, async () => {
    const run = await LedgerRun.start(await Kit.fresh(), new Random("ton ledger"));
    for (let step = 0; step < STEPS; step++) await run.step();
    const done = [...run.counts].sort().map(([what, times]) => `${what} ${times}`);
    process.stdout.write(`      ${done.join(", ")}\n`);
    expect(run.counts.size > 3, done.join(", ")).to.equal(true);
  });

  describe("rate limits", () => {
    let sandbox: TonSandbox;
    let probe: Address;

    before(async () => {
      sandbox = await TonSandbox.start(1_800_000_000n);
      const init = { code: await compileTolk("test/classlib-probe"), data: beginCell().endCell() };
      probe = contractAddress(0, init);
      await sandbox.send("deployer", { to: probe, value: 10n ** 9n, init, bounce: false });
    });

    const int = (value: bigint): TupleItem => ({ type: "int", value });
    const step = async (bucket: Bucket, doing: "look" | "take" | "refill", amount: bigint, now: bigint) => {
      const op = BigInt(["look", "take", "refill"].indexOf(doing));
      const args = [bucket.capacity, bucket.window, bucket.used, bucket.updatedAt, op, amount, now].map(int);
      const stack = await sandbox.get(probe, "limit_step", args);
      const next = { ...bucket, used: stack.readBigNumber(), updatedAt: stack.readBigNumber() };
      return { next, available: stack.readBigNumber() };
    };

    it("equal the model's bucket over random sequences", async () => {
      const random = new Random("ton rate limit");
      for (let sequence = 0; sequence < 8; sequence++) {
        const capacity = random.pick([0n, 1n, 7n, 10n ** 9n, random.between(1n, 10n ** 18n), 10n ** 18n]);
        let model: Bucket = { capacity, window: random.between(600n, 2_592_000n), used: 0n, updatedAt: 0n };
        let chain = model;
        let now = 1_800_000_000n;
        for (let count = 0; count < 25; count++) {
          now += random.pick([0n, 1n, 599n, random.between(0n, model.window)]);
          const amount = random.between(0n, random.pick([1n, capacity / 3n + 1n, capacity + 1n]));
          const fits = amount <= available(model, now);
          const doing = random.pick(fits ? (["take", "refill"] as const) : (["look", "refill"] as const));
          if (doing === "take") model = consume(model, amount, now);
          if (doing === "refill") model = refill(model, amount, now);
          const result = await step(chain, doing, amount, now);
          chain = result.next;
          expect(result.available).to.equal(available(model, now));
        }
      }
    });

    it("count time that goes backwards as no time passed, now and later", async () => {
      const full: Bucket = { capacity: 1_000n, window: 1_000n, used: 1_000n, updatedAt: 5_000n };
      const early = await step(full, "take", 0n, 4_000n);
      expect(early.available).to.equal(0n);
      expect((await step(early.next, "look", 0n, 5_000n)).available).to.equal(0n);
      expect((await step(early.next, "look", 0n, 5_250n)).available).to.equal(250n);
    });
  });
});
