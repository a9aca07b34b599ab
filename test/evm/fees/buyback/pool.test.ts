import { setCode } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { averageTick, priceAt } from "../../../../model";
import { deploy, mined, moveTo, nextAt, now, read, send, STUN, ZERO } from "../../kit";
import {
  addLiquidity,
  averageOf,
  BLOCK_SECONDS,
  createPool,
  depthOf,
  FEE,
  HALF_HOUR,
  kindName,
  KINDS,
  market,
  memoryOf,
  OBSERVATIONS,
  removeLiquidity,
  reportPrice,
  SPACING,
  trade,
  type Market,
} from "./fixture";

const OTHER_FEE = 500n;

/** A second pool of the same tokens, at another fee. */
async function otherPool(m: Market): Promise<Market> {
  const tokens: [string, string] = [await m.token.getAddress(), m.at];
  const pool = await createPool(m.owner, m.factory, tokens, m.fair, m.first, OTHER_FEE);
  return { ...m, pool };
}

describe("BuybackVault: setPool", () => {
  it("names the factory's pool of the asset, STUN and a fee", async () => {
    const m = await market();
    const { pool, unit } = await read<{ pool: string; unit: bigint }>(m.vault, "marketOf", m.at);
    expect([pool, unit]).to.deep.equal([await m.pool.getAddress(), m.unit]);
    await expect(send(m.owner, m.vault, "setPool", m.at, 0n))
      .to.emit(m.vault, "PoolSet")
      .withArgs(m.at, ZERO);
    await expect(send(m.owner, m.vault, "setPool", m.at, FEE))
      .to.emit(m.vault, "PoolSet")
      .withArgs(m.at, pool);
  });

  it("is the owner's alone", async () => {
    const m = await market();
    await expect(send(m.stranger, m.vault, "setPool", m.at, FEE)).to.be.revertedWithCustomError(
      m.vault,
      "OwnableUnauthorizedAccount",
    );
  });

  it("refuses a pool that the factory does not know", async () => {
    const m = await market();
    await expect(send(m.owner, m.vault, "setPool", m.at, OTHER_FEE))
      .to.be.revertedWithCustomError(m.vault, "NoPool")
      .withArgs(m.at);
    const foreign = await deploy("HostileToken", 6n);
    await expect(send(m.owner, m.vault, "setPool", await foreign.getAddress(), FEE)).to.be.revertedWithCustomError(
      m.vault,
      "NoPool",
    );
  });

  it("refuses STUN, and an asset of more than 18 decimals", async () => {
    const m = await market();
    for (const asset of [m.token, await deploy("HostileToken", 19n)]) {
      const at = await asset.getAddress();
      await expect(send(m.owner, m.vault, "setPool", at, FEE))
        .to.be.revertedWithCustomError(m.vault, "AssetUnfit")
        .withArgs(at);
    }
  });

  it("refuses a pool that is not initialized, or stores fewer prices than 30 minutes have blocks", async () => {
    const m = await market();
    const tokens = [m.at, await m.token.getAddress()] as const;
    await mined(m.owner, m.factory, "createPool", ...tokens, 10_000n);
    const raw = await read<string>(m.factory, "getPool", ...tokens, 10_000n);
    await expect(send(m.owner, m.vault, "setPool", m.at, 10_000n))
      .to.be.revertedWithCustomError(m.vault, "PoolMemoryTooShort")
      .withArgs(raw, 0n, OBSERVATIONS);
    const other = await otherPool(m);
    const at = await other.pool.getAddress();
    await expect(send(m.owner, m.vault, "setPool", m.at, OTHER_FEE))
      .to.be.revertedWithCustomError(m.vault, "PoolMemoryTooShort")
      .withArgs(at, 1n, OBSERVATIONS);
    await mined(m.stranger, other.pool, "increaseObservationCardinalityNext", OBSERVATIONS - 1n);
    await addLiquidity(other, 2n);
    await expect(send(m.owner, m.vault, "setPool", m.at, OTHER_FEE))
      .to.be.revertedWithCustomError(m.vault, "PoolMemoryTooShort")
      .withArgs(at, OBSERVATIONS - 1n, OBSERVATIONS);
  });

  it("refuses a pool that is younger than 30 minutes", async () => {
    const m = await otherPool(await market());
    const begin = await now();
    await mined(m.stranger, m.pool, "increaseObservationCardinalityNext", OBSERVATIONS);
    await addLiquidity(m, 2n);
    await nextAt(begin + HALF_HOUR - 1n);
    await expect(send(m.owner, m.vault, "setPool", m.at, OTHER_FEE))
      .to.be.revertedWithCustomError(m.vault, "NoAverage")
      .withArgs(await m.pool.getAddress());
    await nextAt(begin + HALF_HOUR);
    await mined(m.owner, m.vault, "setPool", m.at, OTHER_FEE);
  });

  it("lets sales go on in another pool when one is given up", async () => {
    const m = await otherPool(await market());
    await mined(m.stranger, m.pool, "increaseObservationCardinalityNext", OBSERVATIONS);
    await addLiquidity(m, 2n);
    await moveTo((await now()) + HALF_HOUR);
    await mined(m.owner, m.vault, "setPool", m.at, OTHER_FEE);
    await reportPrice(m);
    await expect(send(m.stranger, m.vault, "buyback", m.at, m.unit)).to.changeTokenBalance(m.asset, m.pool, m.unit);
  });

  it("takes no more than the removal of an asset that answers nothing any more", async () => {
    const m = await market();
    await setCode(m.at, "0x");
    await mined(m.owner, m.vault, "setPool", m.at, 0n);
    expect((await read<{ pool: string }>(m.vault, "marketOf", m.at)).pool).to.equal(ZERO);
  });
});

describe("BuybackVault: a pool that everybody has left", () => {
  for (const kind of KINDS.slice(0, 2)) {
    it(`sells nothing, counts nothing and loses nothing, until another pool is named, for ${kindName(kind)}`, async () => {
      const m = await market(kind);
      await reportPrice(m);
      await removeLiquidity(m);
      for (const amount of [1n, m.unit, 10_000n * m.unit]) {
        await expect(send(m.stranger, m.vault, "buyback", m.at, amount))
          .to.be.revertedWithCustomError(m.vault, "TooLittleReceived")
          .withArgs(m.at, 0n, await read<bigint>(m.vault, "minimumOut", m.at, amount));
      }
      expect((await read<{ available: bigint }>(m.vault, "marketOf", m.at)).available).to.equal(10_000n * m.unit);
      // Without liquidity the price moves for nothing, as far as one likes: honest reports are then refused.
      await trade(m, true, 1n);
      await moveTo((await now()) + HALF_HOUR);
      await expect(reportPrice(m)).to.be.revertedWithCustomError(m.vault, "PriceAbsurd");
      expect(await read<bigint>(m.asset, "balanceOf", m.vaultAt)).to.equal(50_000n * m.unit);

      const other = await otherPool(m);
      await mined(m.stranger, other.pool, "increaseObservationCardinalityNext", OBSERVATIONS);
      await addLiquidity(other);
      await moveTo((await now()) + HALF_HOUR);
      await mined(m.owner, m.vault, "setPool", m.at, OTHER_FEE);
      await reportPrice(other);
      await mined(m.stranger, m.vault, "buyback", m.at, m.unit);
    });
  }

  it("and in which somebody offers to buy a part at a good price sells that part, and says so", async () => {
    const m = await market({ decimals: 6n, first: true });
    await reportPrice(m);
    await removeLiquidity(m);
    const { tick } = await read<{ tick: bigint }>(m.pool, "slot0");
    // Somebody offers 43,700 STUN for 3,500 units, at 1.2 to 1.3 times the price, and the price moved up to them for nothing.
    const lower = (tick / SPACING) * SPACING + 1_860n;
    const at = await m.pool.getAddress();
    await mined(m.owner, m.trader, "mint", at, lower, lower + 13n * SPACING, depthOf(m) / 10n);
    await trade(m, false, 43_500n * STUN);
    const sold = (await m.asset.getFunction("balanceOf").staticCall(m.vaultAt)) as bigint;
    const receipt = await mined(m.stranger, m.vault, "buyback", m.at, 4_200n * m.unit);
    const left = await read<bigint>(m.asset, "balanceOf", m.vaultAt);
    const event = receipt.logs.map((log) => m.vault.interface.parseLog(log)).find((log) => log?.name === "BoughtBack");
    expect(sold - left < 4_200n * m.unit && sold > left).to.equal(true);
    expect(event?.args.sold).to.equal(sold - left);
  });
});

describe("BuybackVault: deployment", () => {
  it("refuses a missing address and an impossible time of a block", async () => {
    const m = await market();
    const [stun, committee, factory] = await Promise.all(
      [m.token, m.committee, m.factory].map((contract) => contract.getAddress()),
    );
    const good = [m.owner.address, stun, committee, factory, BLOCK_SECONDS];
    for (const [i, value] of [
      [1, ZERO],
      [2, ZERO],
      [3, ZERO],
      [4, 0n],
      [4, 1_801n],
    ] as const) {
      const args = good.map((arg, j) => (i === j ? value : arg));
      await expect(deploy("BuybackVault", ...args)).to.be.revertedWithCustomError(m.vault, "InvalidSetup");
    }
  });

  it("asks a pool of a chain of one block a second to remember 1,801 prices", async () => {
    const m = await market();
    const [stun, committee, factory] = await Promise.all(
      [m.token, m.committee, m.factory].map((contract) => contract.getAddress()),
    );
    const vault = await deploy("BuybackVault", m.owner.address, stun, committee, factory, 1n);
    expect(await read<bigint>(vault, "minObservations")).to.equal(1_801n);
  });

  it("takes no ether, and lets nobody but its pools have anything", async () => {
    const m = await market();
    await expect(m.stranger.sendTransaction({ to: m.vaultAt, value: 1n })).to.be.rejectedWith("revert");
    const changing = m.vault.interface.fragments
      .filter((f) => f.type === "function" && "stateMutability" in f && f.stateMutability === "nonpayable")
      .map((f) => ("name" in f ? String(f.name) : ""));
    expect(changing.sort()).to.deep.equal([
      "acceptOwnership",
      "burnHeld",
      "buyback",
      "renounceOwnership",
      "report",
      "setPool",
      "transferOwnership",
      "uniswapV3SwapCallback",
    ]);
  });
});

describe("BuybackVault: averagePrice", () => {
  for (const kind of KINDS) {
    it(`is the average of 30 minutes of trades, for ${kindName(kind)}`, async () => {
      const m = await market(kind);
      // A record of our own: which tick the pool had, from when.
      const record: { from: bigint; tick: bigint }[] = [];
      const note = async (): Promise<void> => {
        const { tick } = await read<{ tick: bigint }>(m.pool, "slot0");
        record.push({ from: await now(), tick });
      };
      await note();
      for (const [i, sellsAsset] of [true, true, false, true, false, false, true].entries()) {
        await nextAt((await now()) + 60n * BigInt(i + 1));
        await trade(m, sellsAsset, sellsAsset ? BigInt(i + 1) * 5_000n * m.unit : BigInt(i + 1) * 30_000n * STUN);
        await note();
      }
      const end = (await now()) + 700n;
      await moveTo(end);
      const begin = end - HALF_HOUR;
      let sum = 0n;
      for (const [i, { from, tick }] of record.entries()) {
        const until = record[i + 1]?.from ?? end;
        const since = from > begin ? from : begin;
        if (until > since) sum += tick * (until - since);
      }
      expect(record[0]!.from <= begin).to.equal(true);
      const expected = priceAt(averageTick(sum, HALF_HOUR, m.first));
      expect(await read<bigint>(m.vault, "averagePrice", m.at)).to.equal(expected);
    });
  }

  it("is ten STUN a unit where that is the pool's price, but for a tick of 0.01 %", async () => {
    for (const kind of KINDS) {
      const m = await market(kind);
      const average = await averageOf(m);
      const off = average > m.fair ? average - m.fair : m.fair - average;
      expect(off * 10_000n <= m.fair, kindName(kind)).to.equal(true);
    }
  });

  it("is none when trades have filled the pool's memory in less than 30 minutes", async () => {
    const m = await market();
    await reportPrice(m);
    // Two blocks a second are more than this chain has, and the only way to fill 151 places so soon.
    for (let i = 0n; i <= OBSERVATIONS; i++)
      await trade(m, i % 2n === 0n, i % 2n === 0n ? 2_000n * m.unit : 20_000n * STUN);
    expect(await memoryOf(m)).to.equal(undefined);
    for (const [method, args] of [
      ["averagePrice", [m.at]],
      ["minimumOut", [m.at, 1n]],
    ] as const) {
      await expect(read(m.vault, method, ...args)).to.be.revertedWithCustomError(m.vault, "NoAverage");
    }
    await expect(send(m.stranger, m.vault, "buyback", m.at, m.unit))
      .to.be.revertedWithCustomError(m.vault, "NoAverage")
      .withArgs(await m.pool.getAddress());
    // Anyone makes the memory longer, and half an hour later the vault sells again.
    await mined(m.stranger, m.pool, "increaseObservationCardinalityNext", 2n * OBSERVATIONS);
    await moveTo((await now()) + HALF_HOUR);
    await reportPrice(m);
    await mined(m.stranger, m.vault, "buyback", m.at, m.unit);
  });
});
