import { expect } from "chai";
import { deploy, mined, moveTo, now, read, send, STUN } from "../../kit";
import { BLOCK_SECONDS, market, openMarket, reportPrice, type Market } from "./fixture";

const TAKES_FEE = 1n;
const RETURNS_FALSE = 2n;
const REENTERS = 4n;
const BURNS_GAS = 5n;

/** A market, and a second asset in the same vault that behaves. */
async function ready(): Promise<Market> {
  const m = await market();
  await reportPrice(m);
  return m;
}

describe("BuybackVault: hostile assets", () => {
  for (const [mode, name] of [
    [TAKES_FEE, "takes a fee"],
    [RETURNS_FALSE, "answers false"],
    [BURNS_GAS, "burns all gas"],
  ] as const) {
    it(`one that ${name} cannot be sold, and nothing of it or of the limit is lost`, async () => {
      const m = await ready();
      await mined(m.owner, m.asset, "setMode", mode);
      await expect(send(m.stranger, m.vault, "buyback", m.at, m.unit)).to.be.rejectedWith(
        /revert|out of gas|invalid opcode/,
      );
      await mined(m.owner, m.asset, "setMode", 0n);
      const { available } = await read<{ available: bigint }>(m.vault, "marketOf", m.at);
      expect(available).to.equal(10_000n * m.unit);
      expect(await read<bigint>(m.asset, "balanceOf", m.vaultAt)).to.equal(50_000n * m.unit);
      await mined(m.stranger, m.vault, "buyback", m.at, m.unit);
    });
  }

  it("one that freezes the vault stops its own sale and no other", async () => {
    const m = await ready();
    await mined(m.owner, m.asset, "freeze", m.vaultAt, true);
    await expect(send(m.stranger, m.vault, "buyback", m.at, m.unit)).to.be.revertedWithCustomError(m.asset, "Frozen");
    const second = await openMarket(m, await deploy("HostileToken", 8n), 8n);
    const other = { ...second, vault: m.vault, vaultAt: m.vaultAt };
    // The same vault, another asset: its factory is another one, so the pool is made at the first.
    await mined(m.owner, m.factory, "createPool", other.at, await m.token.getAddress(), 3_000n);
    const pool = m.pool.attach(
      await read<string>(m.factory, "getPool", other.at, await m.token.getAddress(), 3_000n),
    ) as typeof m.pool;
    const { sqrtPriceX96 } = await read<{ sqrtPriceX96: bigint }>(second.pool, "slot0");
    await mined(m.owner, pool, "initialize", sqrtPriceX96);
    await mined(m.owner, pool, "increaseObservationCardinalityNext", 151n);
    await mined(m.owner, second.trader, "mint", await pool.getAddress(), -887_220n, 887_220n, 10n ** 15n);
    await moveTo((await now()) + 1_800n);
    await mined(m.owner, m.vault, "setPool", other.at, 3_000n);
    await mined(m.owner, other.asset, "mint", m.vaultAt, other.unit);
    await reportPrice({ ...other, pool });
    await mined(m.stranger, m.vault, "buyback", other.at, other.unit / 1_000n);
  });

  for (const [method, args, error] of [
    ["buyback", (m: Market): unknown[] => [m.at, m.unit], "ReentrancyGuardReentrantCall"],
    ["burnHeld", (): unknown[] => [], "ReentrancyGuardReentrantCall"],
    ["uniswapV3SwapCallback", (m: Market): unknown[] => [m.unit, -1n, "0x"], "NotOwed"],
  ] as const) {
    it(`one that calls ${method} while it is sold gets nothing done`, async () => {
      const m = await ready();
      await mined(m.owner, m.token, "transfer", m.vaultAt, STUN);
      const data = m.vault.interface.encodeFunctionData(method, args(m));
      await mined(m.owner, m.asset, "setCall", m.vaultAt, data);
      await mined(m.owner, m.asset, "setMode", REENTERS);
      await mined(m.stranger, m.vault, "buyback", m.at, m.unit);
      expect(await read<boolean>(m.asset, "reentered")).to.equal(false);
      const answer = await read<string>(m.asset, "answer");
      expect(answer.slice(0, 10)).to.equal(m.vault.interface.getError(error)?.selector);
      expect(await read<bigint>(m.asset, "balanceOf", m.vaultAt)).to.equal(49_999n * m.unit);
      expect(await read<bigint>(m.token, "balanceOf", m.vaultAt)).to.equal(STUN);
    });
  }
});

describe("BuybackVault: swap callback", () => {
  it("pays nobody when no sale runs", async () => {
    const m = await ready();
    await expect(send(m.stranger, m.vault, "uniswapV3SwapCallback", m.unit, -1n, "0x"))
      .to.be.revertedWithCustomError(m.vault, "NotOwed")
      .withArgs(m.stranger.address, m.unit);
  });

  it("pays a pool once in a sale, no more than is sold, and not for too little STUN", async () => {
    const m = await ready();
    const greedy = await deploy("GreedyPool");
    const [stun, committee, pool] = await Promise.all(
      [m.token, m.committee, greedy].map((contract) => contract.getAddress()),
    );
    const vault = await deploy("BuybackVault", m.owner.address, stun, committee, pool, BLOCK_SECONDS);
    const vaultAt = await vault.getAddress();
    await mined(m.owner, vault, "setPool", m.at, 3_000n);
    await mined(m.owner, m.asset, "mint", vaultAt, 10n * m.unit);
    const own = { ...m, vault, vaultAt };
    // Tick 0 is one base unit for one.
    await reportPrice(own, 10n ** 18n);
    await mined(m.owner, greedy, "ask", 1n, 1n);
    await expect(send(m.stranger, vault, "buyback", m.at, m.unit))
      .to.be.revertedWithCustomError(vault, "NotOwed")
      .withArgs(pool, m.unit + 1n);
    await mined(m.owner, greedy, "ask", 0n, 2n);
    await expect(send(m.stranger, vault, "buyback", m.at, m.unit))
      .to.be.revertedWithCustomError(vault, "NotOwed")
      .withArgs(pool, m.unit);
    await mined(m.owner, greedy, "ask", 0n, 1n);
    await expect(send(m.stranger, vault, "buyback", m.at, m.unit))
      .to.be.revertedWithCustomError(vault, "TooLittleReceived")
      .withArgs(m.at, 0n, (m.unit * 98n) / 100n);
    await mined(m.owner, greedy, "ask", 0n, 0n);
    await expect(send(m.stranger, vault, "buyback", m.at, m.unit)).to.be.revertedWithCustomError(
      vault,
      "TooLittleReceived",
    );
  });
});
