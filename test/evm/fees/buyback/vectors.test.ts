import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import hre from "hardhat";
import { MAX_TICK, priceAt } from "../../../../model";
import { deploy, mined, nextAt, now, read } from "../../kit";
import { Random } from "../../random";
import { createPool, deployFactory, squareRootPrice } from "./fixture";

interface Sequence {
  in: { unit: string; sales: { at: string; amount: string }[] };
  out: { available: string; refused: boolean }[];
}
interface Vector {
  in: Record<string, string | boolean>;
  out?: string;
  error?: string;
}

const path = join(__dirname, "../../../../model/vectors/buyback.json");
const { functions } = JSON.parse(readFileSync(path, "utf8")) as {
  functions: Record<"averageTick" | "priceAt" | "minimumOut", Vector[]> & { hourlyLimit: Sequence[] };
};

describe("BuybackMath against the model's vectors", () => {
  for (const formula of ["averageTick", "priceAt", "minimumOut"] as const) {
    it(`gives what the model gives for every vector of ${formula}, and refuses what it refuses`, async () => {
      const harness = await deploy("BuybackHarness");
      for (const { in: given, out } of functions[formula]) {
        const values = Object.values(given);
        const label = `${formula}(${values.join(", ")})`;
        if (out !== undefined) expect(await read<bigint>(harness, formula, ...values), label).to.equal(BigInt(out));
        // No amount is negative and no average is over no time on the chain.
        else if (formula === "priceAt") {
          await expect(read(harness, formula, ...values), label).to.be.revertedWithCustomError(
            harness,
            "PriceOutOfRange",
          );
        }
      }
    });
  }

  it("agrees with the model on random ticks", async () => {
    const harness = await deploy("BuybackHarness");
    const random = new Random("ticks");
    for (let i = 0; i < 200; i++) {
      const tick = random.between(-MAX_TICK, 694_000n);
      expect(await read<bigint>(harness, "priceAt", tick), `tick ${tick}`).to.equal(priceAt(tick));
    }
  });

  it("gives the price at which Uniswap's own pool says that tick", async () => {
    const [owner] = await hre.ethers.getSigners();
    if (!owner) throw new Error("The network has no account.");
    const random = new Random("uniswap");
    const factory = await deployFactory(owner);
    for (let i = 0; i < 12; i++) {
      const tokens: [string, string] = [
        await (await deploy("HostileToken", 6n)).getAddress(),
        await (await deploy("HostileToken", 18n)).getAddress(),
      ];
      const price = 10n ** random.between(12n, 34n) + random.between(0n, 10n ** 12n);
      const pool = await createPool(owner, factory, tokens, price, true);
      const { tick } = await read<{ tick: bigint }>(pool, "slot0");
      const stored = squareRootPrice(price, true);
      const exact = (stored * stored * 10n ** 18n) >> 192n;
      expect(priceAt(tick) <= exact && exact < priceAt(tick + 1n), `${price} at ${tick}`).to.equal(true);
    }
  });
});

describe("HourlyLimit against the model's vectors", () => {
  it("lets through and refuses what the model does in every sequence", async () => {
    const [signer] = await hre.ethers.getSigners();
    if (!signer) throw new Error("The network has no account.");
    const harness = await deploy("BuybackHarness");
    for (const [id, { in: given, out }] of functions.hourlyLimit.entries()) {
      // The vectors have times of their own: moved by whole slots of 600 seconds they say the same.
      const first = BigInt(given.sales[0]!.at);
      const shift = (((await now()) + 1_200n - first) / 600n) * 600n;
      for (const [i, sale] of given.sales.entries()) {
        await nextAt(BigInt(sale.at) + shift);
        const args = [id, BigInt(sale.amount), BigInt(given.unit)] as const;
        const [left, refused] = await read<[bigint, boolean]>(harness, "sell", ...args, { blockTag: "pending" });
        expect([left, refused], `sequence ${id}, sale ${i}`).to.deep.equal([
          BigInt(out[i]!.available),
          out[i]!.refused,
        ]);
        await mined(signer, harness, "sell", ...args);
      }
    }
  });
});
