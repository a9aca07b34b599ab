import { expect } from "chai";
import { minimumOut } from "../../../../model";
import { HOUR, mined, nextAt, now, read, send, STUN } from "../../kit";
import { averageOf, kindName, KINDS, market, quote, reportPrice, trade, type Market } from "./fixture";

/** A market with a fresh report at the fair price. */
async function ready(kind?: Parameters<typeof market>[0]): Promise<Market> {
  const m = await market(kind);
  await reportPrice(m);
  return m;
}

async function availableOf(m: Market): Promise<bigint> {
  return (await read<{ available: bigint }>(m.vault, "marketOf", m.at)).available;
}

describe("BuybackVault: buyback", () => {
  for (const kind of KINDS) {
    it(`sells ${kindName(kind)}, and burns all that it brings`, async () => {
      const m = await ready(kind);
      const amount = 1_000n * m.unit;
      const out = await quote(m, amount);
      const supply = await read<bigint>(m.token, "totalSupply");
      await nextAt((await now()) + 12n);
      const minOut = minimumOut(amount, await averageOf(m), m.fair);
      await expect(send(m.stranger, m.vault, "buyback", m.at, amount))
        .to.emit(m.vault, "BoughtBack")
        .withArgs(m.at, m.stranger.address, amount, out, minOut)
        .and.to.emit(m.vault, "Burned")
        .withArgs(out, out);
      expect(await read<bigint>(m.token, "totalSupply")).to.equal(supply - out);
      expect(await read<bigint>(m.token, "balanceOf", m.vaultAt)).to.equal(0n);
      expect(await read<bigint>(m.asset, "balanceOf", m.vaultAt)).to.equal(49_000n * m.unit);
      // ten STUN a unit, less 0.3 % and what a thousandth of the pool moves its price
      expect(out > 9_950n * STUN && out < 9_970n * STUN).to.equal(true);
    });
  }

  it("costs less than 300,000 gas", async () => {
    const m = await ready();
    await mined(m.stranger, m.vault, "buyback", m.at, 10n * m.unit);
    const { gasUsed } = await mined(m.stranger, m.vault, "buyback", m.at, 10n * m.unit);
    process.stdout.write(`      buyback: ${gasUsed} gas\n`);
    expect(gasUsed < 300_000n).to.equal(true);
  });

  it("returns what it burned", async () => {
    const m = await ready();
    const out = await quote(m, m.unit);
    expect(await read<bigint>(m.vault, "buyback", m.at, m.unit)).to.equal(out);
  });

  it("refuses nothing, and more than the vault holds", async () => {
    const m = await ready();
    for (const amount of [0n, 50_000n * m.unit + 1n]) {
      await expect(send(m.stranger, m.vault, "buyback", m.at, amount))
        .to.be.revertedWithCustomError(m.vault, "AmountUnavailable")
        .withArgs(m.at, amount, 50_000n * m.unit);
    }
  });

  it("refuses an asset without a pool", async () => {
    const m = await ready();
    await mined(m.owner, m.vault, "setPool", m.at, 0n);
    await expect(send(m.stranger, m.vault, "buyback", m.at, 1n))
      .to.be.revertedWithCustomError(m.vault, "NoPool")
      .withArgs(m.at);
  });

  it("refuses STUN itself, which has no pool of its own", async () => {
    const m = await ready();
    const stun = await m.token.getAddress();
    await mined(m.owner, m.token, "transfer", m.vaultAt, STUN);
    await expect(send(m.stranger, m.vault, "buyback", stun, STUN)).to.be.revertedWithCustomError(m.vault, "NoPool");
  });

  it("needs a report, and one of at most an hour", async () => {
    const bare = await market();
    await expect(send(bare.stranger, bare.vault, "buyback", bare.at, bare.unit))
      .to.be.revertedWithCustomError(bare.vault, "PriceStale")
      .withArgs(bare.at, 0n);
    const m = await ready();
    const { time } = await read<{ time: bigint }>(m.vault, "marketOf", m.at);
    await nextAt(time + HOUR);
    await mined(m.stranger, m.vault, "buyback", m.at, m.unit);
    await nextAt(time + HOUR + 1n);
    await expect(send(m.stranger, m.vault, "buyback", m.at, m.unit))
      .to.be.revertedWithCustomError(m.vault, "PriceStale")
      .withArgs(m.at, time);
  });

  it("refuses a sale that would bring less than 98 % at the larger of average and report, to the last unit", async () => {
    const m = await ready();
    const amount = 100n * m.unit;
    const out = await quote(m, amount);
    // The highest price at which the pool still pays enough, and the next one.
    const highest = (out * 10_000n * 10n ** 18n) / (9_800n * amount);
    expect(highest > (await averageOf(m)), "the report is the larger").to.equal(true);
    await reportPrice(m, highest + 1n);
    const minOut = minimumOut(amount, 0n, highest + 1n);
    await expect(send(m.stranger, m.vault, "buyback", m.at, amount))
      .to.be.revertedWithCustomError(m.vault, "TooLittleReceived")
      .withArgs(m.at, out, minOut);
    await reportPrice(m, highest);
    await mined(m.stranger, m.vault, "buyback", m.at, amount);
  });

  it("refuses a sale that moves a thin pool too far", async () => {
    const m = await ready();
    await trade(m, true, 1n);
    const amount = 10_000n * m.unit;
    const minOut = await read<bigint>(m.vault, "minimumOut", m.at, amount);
    const out = await quote(m, amount);
    // A hundredth of the pool moves its price by 2 %, half of which the sale bears, beside the fee of 0.3 %.
    expect(out > minOut).to.equal(true);
    await trade(m, true, 8_000n * m.unit);
    await expect(send(m.stranger, m.vault, "buyback", m.at, amount)).to.be.revertedWithCustomError(
      m.vault,
      "TooLittleReceived",
    );
  });
});

describe("BuybackVault: hourly limit", () => {
  it("lets 10,000 units through at once, and no base unit more for an hour", async () => {
    const m = await ready();
    const all = 10_000n * m.unit;
    expect(await availableOf(m)).to.equal(all);
    await expect(send(m.stranger, m.vault, "buyback", m.at, all + 1n))
      .to.be.revertedWithCustomError(m.vault, "AboveHourlyLimit")
      .withArgs(m.at, all + 1n, all);
    await mined(m.stranger, m.vault, "buyback", m.at, all);
    const begin = await now();
    // The pool comes back to its price, so that only the limit is left to refuse.
    await trade(m, false, 99_000n * STUN);
    await reportPrice(m, m.fair, begin + HOUR - 1n);
    await nextAt(begin + HOUR);
    await expect(send(m.stranger, m.vault, "buyback", m.at, 1n))
      .to.be.revertedWithCustomError(m.vault, "AboveHourlyLimit")
      .withArgs(m.at, 1n, 0n);
    await nextAt(begin + HOUR + 600n);
    await mined(m.stranger, m.vault, "buyback", m.at, m.unit);
    expect(await availableOf(m)).to.equal(all - m.unit);
  });

  it("cannot be doubled around the turn of an hour", async () => {
    const m = await ready();
    const turn = ((await now()) / HOUR + 2n) * HOUR;
    await reportPrice(m, m.fair, turn - 2n);
    await nextAt(turn - 1n);
    await mined(m.stranger, m.vault, "buyback", m.at, 9_000n * m.unit);
    await trade(m, false, 89_000n * STUN);
    await nextAt(turn + 10n);
    await expect(send(m.stranger, m.vault, "buyback", m.at, 1_000n * m.unit + 1n))
      .to.be.revertedWithCustomError(m.vault, "AboveHourlyLimit")
      .withArgs(m.at, 1_000n * m.unit + 1n, 1_000n * m.unit);
  });

  it("is no larger for a vault that nobody has called for a year, and its money waited there", async () => {
    const m = await ready();
    await nextAt((await now()) + 365n * 24n * HOUR);
    await expect(send(m.stranger, m.vault, "buyback", m.at, m.unit)).to.be.revertedWithCustomError(
      m.vault,
      "PriceStale",
    );
    await reportPrice(m);
    await mined(m.stranger, m.vault, "buyback", m.at, 10_000n * m.unit);
    await trade(m, false, 99_000n * STUN);
    await expect(send(m.stranger, m.vault, "buyback", m.at, 1n))
      .to.be.revertedWithCustomError(m.vault, "AboveHourlyLimit")
      .withArgs(m.at, 1n, 0n);
    expect(await read<bigint>(m.asset, "balanceOf", m.vaultAt)).to.equal(40_000n * m.unit);
  });

  it("counts a refused sale for nothing", async () => {
    const m = await ready();
    await trade(m, true, 50_000n * m.unit);
    await expect(send(m.stranger, m.vault, "buyback", m.at, 9_000n * m.unit)).to.be.revertedWithCustomError(
      m.vault,
      "TooLittleReceived",
    );
    expect(await availableOf(m)).to.equal(10_000n * m.unit);
  });

  it("is the asset's own, and stays counted when its pool is replaced", async () => {
    const m = await ready();
    await mined(m.stranger, m.vault, "buyback", m.at, 4_000n * m.unit);
    await mined(m.owner, m.vault, "setPool", m.at, 0n);
    await mined(m.owner, m.vault, "setPool", m.at, 3_000n);
    expect(await availableOf(m)).to.equal(6_000n * m.unit);
  });
});

describe("BuybackVault: burnHeld", () => {
  it("burns STUN that was sent to the vault by itself, whoever calls", async () => {
    const m = await market();
    await expect(send(m.stranger, m.vault, "burnHeld")).to.be.revertedWithCustomError(m.vault, "NothingToBurn");
    await mined(m.owner, m.token, "transfer", m.vaultAt, 7n * STUN);
    await expect(send(m.stranger, m.vault, "burnHeld")).to.changeTokenBalance(m.token, m.vault, -7n * STUN);
    expect(await read<bigint>(m.vault, "burned")).to.equal(7n * STUN);
  });

  it("is not needed for a sale: what lies there is neither burned by it nor counted as received", async () => {
    const m = await ready();
    await mined(m.owner, m.token, "transfer", m.vaultAt, 7n * STUN);
    const out = await quote(m, m.unit);
    await mined(m.stranger, m.vault, "buyback", m.at, m.unit);
    expect(await read<bigint>(m.vault, "burned")).to.equal(out);
    expect(await read<bigint>(m.token, "balanceOf", m.vaultAt)).to.equal(7n * STUN);
  });
});
