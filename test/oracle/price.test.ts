import { expect } from "chai";
import { BrowserProvider, Wallet, type JsonRpcApiProvider } from "ethers";
import hre from "hardhat";
import {
  checkProposal,
  poolSource,
  priceOfQuote,
  quoteSource,
  readPrice,
  reportArguments,
  signPrice,
  type Price,
  type PriceSource,
} from "../../oracle/price";
import { keySigner } from "../../oracle/signer";
import { kindName, KINDS, market } from "../evm/fees/buyback/fixture";
import { mined, now, read } from "../evm/kit";

const T = 1_800_000_000n;
const RULES = { minSources: 2, maxAge: 300n, maxSpreadBps: 200n };

const says = (name: string, price: bigint, time = T): PriceSource => ({ name, read: async () => ({ price, time }) });
const fails: PriceSource = { name: "broken", read: () => Promise.reject(new Error("no answer")) };

describe("oracle: a price from sources", () => {
  it("is their median, of the time of the oldest", async () => {
    const three = [says("a", 1_000n, T - 5n), says("b", 1_010n), says("c", 1_005n, T - 9n)];
    expect(await readPrice(three, RULES, T)).to.deep.equal({ price: 1_005n, time: T - 9n });
    expect((await readPrice(three.slice(0, 2), RULES, T)).price, "the lower of two").to.equal(1_000n);
  });

  it("leaves out what fails, is zero or negative, stale, or from the future", async () => {
    const good = [says("a", 1_000n), says("b", 1_001n, T - 300n)];
    const bad = [fails, says("zero", 0n), says("negative", -5n), says("old", 9n, T - 301n), says("ahead", 9n, T + 1n)];
    expect(await readPrice([...bad, ...good], RULES, T)).to.deep.equal({ price: 1_000n, time: T - 300n });
    for (const source of bad) {
      await expect(readPrice([source, says("a", 1_000n)], RULES, T)).to.be.rejectedWith(
        /^1 of 2 sources have a price \(\w+: .+\): 2 are needed\.$/,
      );
    }
    await expect(readPrice([], { ...RULES, minSources: 0 }, T)).to.be.rejectedWith("0 of 0 sources");
  });

  it("is none when the sources disagree", async () => {
    await readPrice([says("a", 1_000n), says("b", 1_020n)], RULES, T);
    await expect(readPrice([says("a", 1_000n), says("b", 1_021n)], RULES, T)).to.be.rejectedWith(
      "The sources say 1000 to 1021, further apart than 200 basis points",
    );
  });

  it("takes a market's quote in STUN for one unit, whatever the asset's decimals", async () => {
    expect(priceOfQuote("10", 18)).to.equal(10n ** 19n);
    expect(priceOfQuote("10", 6)).to.equal(10n ** 31n);
    expect(priceOfQuote("0.000000000000000000123", 18)).to.equal(0n);
    expect(priceOfQuote("12.5", 8)).to.equal(125n * 10n ** 27n);
    for (const text of ["", "-1", "1e5", "1.", ".5", "NaN", "0x10", "1,5", " 1", "1".repeat(21)]) {
      expect(() => priceOfQuote(text, 6), text).to.throw("is no price");
    }
    for (const decimals of [-1, 19, 0.5]) expect(() => priceOfQuote("1", decimals)).to.throw("are no decimals");
    const source = quoteSource("market", 6, async () => ({ stun: "10", time: T }));
    expect(await source.read()).to.deep.equal({ price: 10n ** 31n, time: T });
  });
});

describe("oracle: a price that another member proposes", () => {
  const own: Price = { price: 1_000n, time: T };

  it("is signed when it is near to what this one sees", () => {
    for (const price of [990n, 1_000n, 1_010n]) checkProposal({ price, time: T }, own, 110n, T + 3_600n);
  });

  it("is refused when it is far, zero, negative, ahead or too old for the vault", () => {
    for (const price of [980n, 1_020n, 10n ** 15n]) {
      expect(() => checkProposal({ price, time: T }, own, 110n, T)).to.throw("they differ by more than 110");
    }
    for (const price of [0n, -1_000n]) {
      expect(() => checkProposal({ price, time: T }, own, 110n, T)).to.throw("it must be positive");
    }
    expect(() => checkProposal({ ...own, time: T + 1n }, own, 110n, T)).to.throw("it must not be ahead");
    expect(() => checkProposal(own, own, 110n, T + 3_601n)).to.throw("older than an hour");
  });
});

describe("oracle: a report in the vault", () => {
  const keys = ["11", "22", "33"].map((byte) => `0x${byte.repeat(32)}`);

  for (const kind of KINDS.slice(0, 2)) {
    it(`is read from the pool and a market, signed by three, and taken, for ${kindName(kind)}`, async () => {
      const m = await market(kind);
      const members = keys.map((key) => new Wallet(key).address).sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
      await mined(m.owner, m.committee, "setMembers", members, 2n);
      const provider = new BrowserProvider(hre.network.provider) as JsonRpcApiProvider;
      const time = await now();
      const sources = [
        poolSource(provider, m.vaultAt, m.at),
        quoteSource("market", Number(kind.decimals), async () => ({ stun: "10.0005", time })),
      ];
      const price = await readPrice(sources, RULES, time);
      const report = { ...price, vault: m.vaultAt, asset: m.at };
      const of = {
        chainId: (await provider.getNetwork()).chainId,
        committee: await m.committee.getAddress(),
        version: await read<bigint>(m.committee, "version"),
      };
      const signatures = await Promise.all(keys.map((key) => signPrice(keySigner(key), of, report)));
      await mined(m.stranger, m.vault, "report", ...reportArguments(of, report, signatures));
      await mined(m.stranger, m.vault, "buyback", m.at, m.unit);
    });
  }
});
