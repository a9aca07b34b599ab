import { expect } from "chai";
import { minimumOut } from "../../../../model";
import { HOUR, mined, nextAt, now, read, send, STUN } from "../../kit";
import {
  averageOf,
  depthOf,
  HALF_HOUR,
  KINDS,
  kindName,
  market,
  quote,
  reportPrice,
  squareRootPrice,
  trade,
  type Market,
} from "./fixture";

/** What an attacker holds, in base units of the asset at the fair price. */
async function wealth(m: Market): Promise<bigint> {
  const at = await m.trader.getAddress();
  const [asset, stun] = await Promise.all([m.asset, m.token].map((t) => read<bigint>(t, "balanceOf", at)));
  return asset! + (stun! * 10n ** 18n) / m.fair;
}

/** Sells `amount`, has the vault sell all that it may, buys back: all in one transaction. */
async function sandwich(m: Market, amount: bigint): Promise<{ done: boolean; gain: bigint }> {
  const call = m.vault.interface.encodeFunctionData("buyback", [m.at, 10_000n * m.unit]);
  const args = [await m.pool.getAddress(), m.first, amount, m.vaultAt, call];
  const [done] = await read<[boolean, string]>(m.trader, "sandwich", ...args);
  const before = await wealth(m);
  await mined(m.stranger, m.trader, "sandwich", ...args);
  return { done, gain: (await wealth(m)) - before };
}

describe("BuybackVault: a pool that is moved in the same block", () => {
  for (const kind of KINDS.slice(0, 2)) {
    it(`makes the sale fail, and costs who moves it, for ${kindName(kind)}`, async () => {
      const m = await market(kind);
      await reportPrice(m);
      const { done, gain } = await sandwich(m, 100_000n * m.unit);
      expect(done).to.equal(false);
      expect(gain < 0n).to.equal(true);
      expect(await read<bigint>(m.asset, "balanceOf", m.vaultAt)).to.equal(50_000n * m.unit);
    });

    it(`gains less than 2 % of the sale, even by the largest sandwich that lets it through, for ${kindName(kind)}`, async () => {
      let [through, stopped] = [0n, 8_000n];
      let best = 0n;
      while (stopped - through > 4n) {
        const amount = (through + stopped) / 2n;
        const m = await market(kind);
        await reportPrice(m);
        const { done, gain } = await sandwich(m, amount * m.unit);
        if (done) [through, best] = [amount, gain];
        else stopped = amount;
        expect(gain < 200n * m.unit, `${gain} by a sandwich of ${amount}`).to.equal(true);
      }
      const { unit } = await market(kind);
      process.stdout.write(`      a sandwich of ${through} units gains ${best / unit} of 10,000\n`);
      expect(best > 0n, "the search has found the edge").to.equal(true);
    });
  }

  it("does not move the average of the block in which it is moved", async () => {
    const m = await market();
    await reportPrice(m);
    const at = (await now()) + 12n;
    await nextAt(at);
    const before = await averageOf(m);
    await trade(m, true, 200_000n * m.unit);
    expect(await read<bigint>(m.vault, "averagePrice", m.at, { blockTag: "latest" })).to.equal(before);
  });
});

describe("BuybackVault: a pool that is held away from its price for half an hour", () => {
  /** A market in which the asset has been cheap, or dear, for longer than the average looks back. */
  async function held(sellsAsset: boolean, amount: bigint): Promise<Market> {
    const m = await market();
    await trade(m, sellsAsset, amount * (sellsAsset ? m.unit : STUN));
    await nextAt((await now()) + HALF_HOUR + 60n);
    await trade(m, sellsAsset, 1n);
    return m;
  }

  it("cannot make a sale cheap while one honest report is fresh", async () => {
    const m = await held(true, 150_000n);
    const average = await averageOf(m);
    expect(average < (m.fair * 8n) / 10n, "the average is a quarter too low").to.equal(true);
    await reportPrice(m);
    const amount = 100n * m.unit;
    await expect(send(m.stranger, m.vault, "buyback", m.at, amount))
      .to.be.revertedWithCustomError(m.vault, "TooLittleReceived")
      .withArgs(m.at, await quote(m, amount), minimumOut(amount, average, m.fair));
  });

  it("and is sandwiched besides gains less than 2 % of the sale, while one honest report is fresh", async () => {
    for (const moved of [0n, 2_000n, 4_000n, 5_500n, 8_000n]) {
      const m = await market();
      const before = await wealth(m);
      if (moved > 0n) await trade(m, true, moved * m.unit);
      await nextAt((await now()) + HALF_HOUR + 60n);
      await reportPrice(m, m.fair, (await now()) + HALF_HOUR + 60n);
      // All that was sold comes back in the end: the rest of the sandwich, after the vault has sold.
      const { done } = await sandwich(m, 100n);
      const { sqrtPriceX96 } = await read<{ sqrtPriceX96: bigint }>(m.pool, "slot0");
      const asked = squareRootPrice(m.fair, m.first);
      if (sqrtPriceX96 < asked) {
        // What brings the pool of this depth back to its price: depth times the difference of the roots, and the fee.
        const back = (depthOf(m) * (asked - sqrtPriceX96) * 1_000n) / (997n << 96n);
        await trade(m, false, back);
      }
      const gain = (await wealth(m)) - before;
      process.stdout.write(
        `      held down by ${moved} units: ${done ? "sold" : "not sold"}, ${gain / m.unit} gained\n`,
      );
      expect(gain < 200n * m.unit, `${gain} by holding ${moved}`).to.equal(true);
      if (!done) expect(gain <= 0n, `${gain} without a sale`).to.equal(true);
    }
  });

  it("only stops the sale when it is held up: the average asks for more than the pool then pays", async () => {
    const m = await held(false, 2_000_000n);
    // At the price that it is held at, the vault gets more than the asset is worth.
    await reportPrice(m);
    const amount = 100n * m.unit;
    await mined(m.stranger, m.vault, "buyback", m.at, amount);
    await trade(m, true, 166_000n * m.unit);
    const average = await averageOf(m);
    expect(average > (m.fair * 13n) / 10n).to.equal(true);
    await expect(send(m.stranger, m.vault, "buyback", m.at, amount))
      .to.be.revertedWithCustomError(m.vault, "TooLittleReceived")
      .withArgs(m.at, await quote(m, amount), minimumOut(amount, average, m.fair));
  });

  it("refuses honest reports when it is held beyond a factor of two, and takes them again half an hour later", async () => {
    const m = await held(true, 600_000n);
    expect((await averageOf(m)) * 2n < m.fair).to.equal(true);
    await expect(reportPrice(m)).to.be.revertedWithCustomError(m.vault, "PriceAbsurd");
    await trade(m, false, 3_765_000n * STUN);
    await reportPrice(m, m.fair, (await now()) + HALF_HOUR);
    await mined(m.stranger, m.vault, "buyback", m.at, m.unit);
  });

  it("together with k dishonest members takes what it was moved by, of 10,000 units an hour at most", async () => {
    const m = await held(true, 150_000n);
    const average = await averageOf(m);
    await reportPrice(m, average);
    await mined(m.stranger, m.vault, "buyback", m.at, 1_000n * m.unit);
    const burned = await read<bigint>(m.vault, "burned");
    expect(burned >= minimumOut(1_000n * m.unit, average, average)).to.equal(true);
    await expect(send(m.stranger, m.vault, "buyback", m.at, 9_000n * m.unit + 1n)).to.be.revertedWithCustomError(
      m.vault,
      "AboveHourlyLimit",
    );
  });
});

describe("BuybackVault: a report of k dishonest members", () => {
  it("that is too low changes nothing: the average is the larger", async () => {
    const m = await market();
    const average = await averageOf(m);
    await reportPrice(m, average / 2n + 1n);
    const amount = 100n * m.unit;
    expect(await read<bigint>(m.vault, "minimumOut", m.at, amount)).to.equal(minimumOut(amount, average, 0n));
    await mined(m.stranger, m.vault, "buyback", m.at, amount);
  });

  it("that is too high stops sales until an honest one comes, or it is an hour old", async () => {
    const m = await market();
    const average = await averageOf(m);
    await reportPrice(m, 2n * average);
    await expect(send(m.stranger, m.vault, "buyback", m.at, m.unit)).to.be.revertedWithCustomError(
      m.vault,
      "TooLittleReceived",
    );
    await reportPrice(m);
    await mined(m.stranger, m.vault, "buyback", m.at, m.unit);
    const { time } = await read<{ time: bigint }>(m.vault, "marketOf", m.at);
    await nextAt(time + HOUR + 1n);
    await expect(send(m.stranger, m.vault, "buyback", m.at, m.unit)).to.be.revertedWithCustomError(
      m.vault,
      "PriceStale",
    );
  });
});
