import { setCode, setStorageAt } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { splitPrice } from "../../../model";
import { id, toBeHex } from "ethers";
import { deploy, GAS_SCALE, HOUR, mined, nestedWord, read, send, STUN, ZERO } from "../kit";
import { creditOf, MODEL, named, posted, submitted, termsIn, world, after, type World } from "../escrow/fixture";

const PLAIN = 0n;
const TAKES_FEE = 1n;
const RETURNS_FALSE = 2n;
const RETURNS_NOTHING = 3n;
const REENTERS = 4n;
const BURNS_GAS = 5n;
const RETURNS_BOMB = 6n;

/** A world in which one job of 80 units was paid, in STUN or in the stable asset. */
async function paid(inStable = false): Promise<World & { asset: string }> {
  const w = await world();
  const asset = await (inStable ? w.stable : w.token).getAddress();
  const price = inStable ? { asset, unitPrice: 1_000_000n, budget: 100_000_000n } : {};
  const job = await submitted(w, price, 80n);
  await mined(w.payer, w.escrow, "acceptResult", job.nonce, job.terms, job.submission);
  return { ...w, asset };
}

/** What the contract owes in an asset beyond what is locked in jobs. */
async function owed(w: World, asset: string, accounts: { address: string }[]): Promise<bigint> {
  let sum = 0n;
  for (const { address } of accounts) {
    sum += await read<bigint>(w.escrow, "creditOf", asset, address);
    sum += await read<bigint>(w.escrow, "referralOf", asset, address);
  }
  const [toBurn, toTreasury] = await read<[bigint, bigint]>(w.escrow, "feesOf", asset);
  return sum + toBurn + toTreasury + (await read<bigint>(w.escrow, "royaltyOf", asset, MODEL));
}

describe("PartsLedger: what is booked", () => {
  for (const inStable of [false, true]) {
    it(`adds up to what came in, with a fee of ${inStable ? 300 : 200} BPS`, async () => {
      const w = await paid(inStable);
      const token = inStable ? w.stable : w.token;
      const balance = await read<bigint>(token, "balanceOf", w.at);
      expect(await owed(w, w.asset, [w.payer, w.provider])).to.equal(balance);
      const price = inStable ? 80_000_000n : 80n * STUN;
      const split = splitPrice(price, inStable ? 300n : 200n, { model: true, referrer: true });
      expect(await creditOf(w, w.provider, token)).to.equal(split.provider);
      const fees = await read<bigint>(w.escrow, "feesPaidOf", w.provider.address, w.asset);
      expect(fees, "in 1e-6 of the asset").to.equal(inStable ? split.fee : split.fee / 10n ** 12n);
    });
  }
});

describe("PartsLedger: fees that a provider's work has paid", () => {
  it("stop at the largest count and leave credit and referral right", async () => {
    const w = await paid();
    const most = 2n ** 62n - 1n;
    const [credit, referral] = [
      await creditOf(w, w.provider),
      await read<bigint>(w.escrow, "referralOf", w.asset, w.provider.address),
    ];
    const keys = [w.asset, w.provider.address] as const;
    const { slot, word } = await nestedWord(w.escrow, keys, (account) => account % 2n ** 96n === credit);
    const full = (word & ~(most << 192n)) | ((most - 1n) << 192n);
    await setStorageAt(w.at, slot, toBeHex(full, 32));
    const job = await submitted(w, {}, 80n);
    await mined(w.payer, w.escrow, "acceptResult", job.nonce, job.terms, job.submission);
    expect(await read<bigint>(w.escrow, "feesPaidOf", w.provider.address, w.asset)).to.equal(most);
    expect(await creditOf(w, w.provider)).to.equal(2n * credit);
    expect(await read<bigint>(w.escrow, "referralOf", w.asset, w.provider.address)).to.equal(2n * referral);
  });
});

describe("PartsLedger: withdraw", () => {
  it("pays a whole credit to its owner, whoever calls, once", async () => {
    const w = await paid();
    const credit = await creditOf(w, w.provider);
    await expect(send(w.stranger, w.escrow, "withdraw", w.asset, w.provider.address)).to.changeTokenBalances(
      w.token,
      [w.escrow, w.provider, w.stranger],
      [-credit, credit, 0n],
    );
    await expect(send(w.stranger, w.escrow, "withdraw", w.asset, w.provider.address))
      .to.be.revertedWithCustomError(w.escrow, "NothingOwed")
      .withArgs(w.asset, w.provider.address);
  });

  it("lets an owner whom the asset refuses take its credit to another address, and only the owner", async () => {
    const w = await paid(true);
    const credit = await creditOf(w, w.provider, w.stable);
    await mined(w.owner, w.stable, "freeze", w.provider.address, true);
    await expect(send(w.stranger, w.escrow, "withdraw", w.asset, w.provider.address))
      .to.be.revertedWithCustomError(w.escrow, "PushFailed")
      .withArgs(w.asset, w.provider.address, credit);
    expect(await creditOf(w, w.provider, w.stable)).to.equal(credit);
    await expect(send(w.stranger, w.escrow, "withdrawTo", w.asset, w.stranger.address)).to.be.revertedWithCustomError(
      w.escrow,
      "NothingOwed",
    );
    await expect(send(w.provider, w.escrow, "withdrawTo", w.asset, w.rescuer.address)).to.changeTokenBalance(
      w.stable,
      w.rescuer,
      credit,
    );
  });
});

describe("PartsLedger: sweeps", () => {
  it("pay referrer and creator, whoever calls", async () => {
    const w = await paid();
    const { referral, royalty } = splitPrice(80n * STUN, 200n, { model: true, referrer: true });
    await expect(send(w.stranger, w.escrow, "sweepReferral", w.asset, w.provider.address)).to.changeTokenBalance(
      w.token,
      w.referrer,
      referral,
    );
    await expect(send(w.stranger, w.escrow, "sweepRoyalty", w.asset, MODEL)).to.changeTokenBalance(
      w.token,
      w.creator,
      royalty,
    );
    for (const [method, key] of [
      ["sweepReferral", w.provider.address],
      ["sweepRoyalty", MODEL],
      ["sweepRoyalty", id("unknown model")],
    ] as const) {
      await expect(send(w.stranger, w.escrow, method, w.asset, key)).to.be.revertedWithCustomError(
        w.escrow,
        "NothingOwed",
      );
    }
  });

  it("of a referral find its referrer in the registry, or leave it booked", async () => {
    const w = await paid();
    const booked = await read<bigint>(w.escrow, "referralOf", w.asset, w.provider.address);
    // no call of the registry takes a referrer away: only this makes it
    const { slot } = await nestedWord(
      w.registry,
      [w.provider.address],
      (known) => known % 2n ** 160n === BigInt(w.referrer.address),
    );
    await setStorageAt(await w.registry.getAddress(), slot, toBeHex(0n, 32));
    await expect(send(w.stranger, w.escrow, "sweepReferral", w.asset, w.provider.address))
      .to.be.revertedWithCustomError(w.escrow, "NothingOwed")
      .withArgs(w.asset, ZERO);
    expect(await read<bigint>(w.escrow, "referralOf", w.asset, w.provider.address)).to.equal(booked);
  });

  it("book to a credit what cannot be pushed", async () => {
    const w = await paid(true);
    const { referral } = splitPrice(80_000_000n, 300n, { model: true, referrer: true });
    await mined(w.owner, w.stable, "freeze", w.referrer.address, true);
    await expect(send(w.stranger, w.escrow, "sweepReferral", w.asset, w.provider.address))
      .to.emit(w.escrow, "PartSwept")
      .withArgs(w.asset, w.referrer.address, referral, false);
    expect(await creditOf(w, w.referrer, w.stable)).to.equal(referral);
  });

  it("burn the burn and buyback parts of a STUN fee and pay the treasury", async () => {
    const w = await paid();
    const { burn, buyback, treasury } = splitPrice(80n * STUN, 200n, { model: true, referrer: true });
    const supply = await read<bigint>(w.token, "totalSupply");
    const sweep = send(w.stranger, w.escrow, "sweepFees", w.asset);
    await expect(sweep).to.changeTokenBalance(w.token, w.treasury, treasury);
    await expect(sweep)
      .to.emit(w.escrow, "Burned")
      .withArgs(burn + buyback, burn + buyback);
    expect(await read<bigint>(w.token, "totalSupply")).to.equal(supply - burn - buyback);
    expect(await read<bigint>(w.escrow, "burned")).to.equal(burn + buyback);
    await expect(send(w.stranger, w.escrow, "sweepFees", w.asset)).to.be.revertedWithCustomError(
      w.escrow,
      "NothingOwed",
    );
  });

  it("burn nothing of a fee that is too small to have a burned part", async () => {
    const w = await world();
    const job = await submitted(w, { unitPrice: 1n, budget: 100n }, 50n);
    await mined(w.payer, w.escrow, "acceptResult", job.nonce, job.terms, job.submission);
    const asset = await w.token.getAddress();
    expect(await read<[bigint, bigint]>(w.escrow, "feesOf", asset)).to.deep.equal([0n, 1n]);
    const sweep = send(w.stranger, w.escrow, "sweepFees", asset);
    await expect(sweep).to.changeTokenBalance(w.token, w.treasury, 1n);
    await expect(sweep).to.emit(w.escrow, "FeesSwept").withArgs(asset, 1n, 0n).and.not.to.emit(w.escrow, "Burned");
    expect(await read<[bigint, bigint]>(w.escrow, "feesOf", asset)).to.deep.equal([0n, 0n]);
  });

  it("keep the buyback part of another asset until there is a vault, and then send it there", async () => {
    const w = await paid(true);
    const { burn, buyback, treasury } = splitPrice(80_000_000n, 300n, { model: true, referrer: true });
    await expect(send(w.stranger, w.escrow, "sweepFees", w.asset)).to.changeTokenBalance(
      w.stable,
      w.treasury,
      treasury,
    );
    expect(await read<[bigint, bigint]>(w.escrow, "feesOf", w.asset)).to.deep.equal([burn + buyback, 0n]);
    await mined(w.owner, w.escrow, "setFeeTargets", w.treasury.address, w.rescuer.address);
    await expect(send(w.stranger, w.escrow, "sweepFees", w.asset)).to.changeTokenBalance(
      w.stable,
      w.rescuer,
      burn + buyback,
    );
  });

  it("keep booked what the treasury cannot receive", async () => {
    const w = await paid(true);
    await mined(w.owner, w.stable, "freeze", w.treasury.address, true);
    const before = await read<[bigint, bigint]>(w.escrow, "feesOf", w.asset);
    await mined(w.stranger, w.escrow, "sweepFees", w.asset);
    expect(await read<[bigint, bigint]>(w.escrow, "feesOf", w.asset)).to.deep.equal(before);
  });

  it("keep booked what the buyback vault cannot receive", async () => {
    const w = await paid(true);
    await mined(w.owner, w.escrow, "setFeeTargets", w.treasury.address, w.rescuer.address);
    await mined(w.owner, w.stable, "freeze", w.rescuer.address, true);
    const [toBurn] = await read<[bigint, bigint]>(w.escrow, "feesOf", w.asset);
    await mined(w.stranger, w.escrow, "sweepFees", w.asset);
    expect(await read<[bigint, bigint]>(w.escrow, "feesOf", w.asset)).to.deep.equal([toBurn, 0n]);
    await mined(w.owner, w.stable, "freeze", w.rescuer.address, false);
    await expect(send(w.stranger, w.escrow, "sweepFees", w.asset)).to.changeTokenBalance(w.stable, w.rescuer, toBurn);
  });

  it("keep what a job that settles meanwhile books", async function () {
    if (GAS_SCALE > 1n) {
      process.stdout.write("      skipped: a settlement of instrumented code does not fit into the gas of a push\n");
      return this.skip();
    }
    const w = await paid(true);
    const unitPrice = 1_000_000n;
    const job = await submitted(w, { asset: w.asset, unitPrice, budget: 100n * unitPrice }, 80n);
    await after(w, job, job.terms.challengeSeconds);
    const settle = [w.payer.address, job.nonce, job.terms, job.submission];
    await mined(w.owner, w.stable, "setCall", w.at, w.escrow.interface.encodeFunctionData("settle", settle));
    await mined(w.owner, w.stable, "setMode", REENTERS);
    await mined(w.stranger, w.escrow, "sweepFees", w.asset);
    expect(await read<boolean>(w.stable, "reentered")).to.equal(true);
    const { burn, buyback, treasury } = splitPrice(80n * unitPrice, 300n, { model: true, referrer: true });
    expect(await read<[bigint, bigint]>(w.escrow, "feesOf", w.asset)).to.deep.equal([2n * (burn + buyback), treasury]);
  });
});

describe("PartsLedger: settings", () => {
  it("are the owner's alone", async () => {
    const w = await world();
    const asset = await w.stable.getAddress();
    for (const [method, args] of [
      ["setAsset", [asset, false]],
      ["setFeeTargets", [w.stranger.address, ZERO]],
    ] as const) {
      await expect(send(w.stranger, w.escrow, method, ...args)).to.be.revertedWithCustomError(
        w.escrow,
        "OwnableUnauthorizedAccount",
      );
    }
    await expect(send(w.owner, w.escrow, "setFeeTargets", ZERO, ZERO)).to.be.revertedWithCustomError(
      w.escrow,
      "ZeroAddress",
    );
    await expect(send(w.owner, w.escrow, "setAsset", await w.token.getAddress(), true)).to.be.revertedWithCustomError(
      w.escrow,
      "AssetUnfit",
    );
  });

  it("refuse an asset of more than 18 decimals, whose units the counters could not hold", async () => {
    const w = await world();
    const [fit, unfit] = [await deploy("HostileToken", 18n), await deploy("HostileToken", 19n)];
    await mined(w.owner, w.escrow, "setAsset", await fit.getAddress(), true);
    await expect(send(w.owner, w.escrow, "setAsset", await unfit.getAddress(), true))
      .to.be.revertedWithCustomError(w.escrow, "AssetUnfit")
      .withArgs(await unfit.getAddress());
  });

  it("refuse an asset that answers nothing any more", async () => {
    const w = await world();
    const asset = await w.stable.getAddress();
    await setCode(asset, "0x");
    await mined(w.owner, w.escrow, "setAsset", asset, false);
    expect(await read<boolean>(w.escrow, "isAllowed", asset)).to.equal(false);
  });

  it("that refuse an asset let jobs that are paid in it go on", async () => {
    const w = await world();
    const asset = await w.stable.getAddress();
    const job = await submitted(w, { asset, unitPrice: 1_000_000n, budget: 100_000_000n }, 80n);
    await mined(w.owner, w.escrow, "setAsset", asset, false);
    await after(w, job, 2n * HOUR);
    await mined(w.stranger, w.escrow, "settle", ...named(w, job));
    await mined(w.stranger, w.escrow, "withdraw", asset, w.provider.address);
  });
});

describe("PartsLedger: hostile assets", () => {
  it("that take a fee or answer false cannot fund a job", async () => {
    const w = await world();
    const asset = await w.stable.getAddress();
    const terms = await termsIn(w, { asset, unitPrice: 1n, budget: 1_000n });
    await mined(w.owner, w.stable, "setMode", TAKES_FEE);
    await expect(send(w.payer, w.escrow, "post", terms, false))
      .to.be.revertedWithCustomError(w.escrow, "AssetTookFee")
      .withArgs(asset, 1_050n, 1_049n);
    await mined(w.owner, w.stable, "setMode", RETURNS_FALSE);
    await expect(send(w.payer, w.escrow, "post", terms, false)).to.be.revertedWithCustomError(
      w.escrow,
      "SafeERC20FailedOperation",
    );
  });

  it("that exceed what the ledger can count cannot fund a job", async () => {
    const w = await world();
    const asset = await w.stable.getAddress();
    await mined(w.owner, w.stable, "mint", w.at, 2n ** 96n - 1_000n);
    const terms = await termsIn(w, { asset, unitPrice: 1n, budget: 1_000n });
    await expect(send(w.payer, w.escrow, "post", terms, false)).to.be.revertedWithCustomError(
      w.escrow,
      "AssetTooLarge",
    );
  });

  it("that re-enter while a job is funded get nothing done", async () => {
    const w = await paid(true);
    await mined(
      w.owner,
      w.stable,
      "setCall",
      w.at,
      w.escrow.interface.encodeFunctionData("withdraw", [w.asset, w.payer.address]),
    );
    await mined(w.owner, w.stable, "setMode", REENTERS);
    await posted(w, { asset: w.asset, unitPrice: 1n, budget: 1_000n });
    expect(await read<boolean>(w.stable, "reentered")).to.equal(false);
    const guard = w.escrow.interface.getError("ReentrancyGuardReentrantCall")?.selector;
    expect(await read<string>(w.stable, "answer")).to.equal(guard);
  });

  it("that re-enter while a credit is paid cannot be paid twice", async () => {
    const w = await paid(true);
    const credit = await creditOf(w, w.provider, w.stable);
    const again = w.escrow.interface.encodeFunctionData("withdraw", [w.asset, w.provider.address]);
    await mined(w.owner, w.stable, "setCall", w.at, again);
    await mined(w.owner, w.stable, "setMode", REENTERS);
    await expect(send(w.stranger, w.escrow, "withdraw", w.asset, w.provider.address)).to.changeTokenBalance(
      w.stable,
      w.provider,
      credit,
    );
    expect(await read<boolean>(w.stable, "reentered")).to.equal(false);
  });

  it("that re-enter are refused every step that moves money", async () => {
    for (const step of ["withdrawTo", "sweepReferral", "sweepRoyalty", "sweepFees", "post"] as const) {
      const w = await paid(true);
      const price = { asset: w.asset, unitPrice: 1n, budget: 1_000n };
      const inner = {
        withdrawTo: [w.asset, w.stranger.address],
        sweepReferral: [w.asset, w.provider.address],
        sweepRoyalty: [w.asset, MODEL],
        sweepFees: [w.asset],
        post: [await termsIn(w, price), false],
      }[step];
      await mined(w.owner, w.stable, "setCall", w.at, w.escrow.interface.encodeFunctionData(step, inner));
      await mined(w.owner, w.stable, "setMode", REENTERS);
      const before = await read<[bigint, bigint]>(w.escrow, "feesOf", w.asset);
      await posted(w, price);
      expect(await read<boolean>(w.stable, "reentered"), step).to.equal(false);
      const guard = w.escrow.interface.getError("ReentrancyGuardReentrantCall")?.selector;
      expect(await read<string>(w.stable, "answer"), step).to.equal(guard);
      expect(await read<[bigint, bigint]>(w.escrow, "feesOf", w.asset)).to.deep.equal(before);
    }
  });

  it("that burn gas, answer false or return a bomb delay only themselves", async () => {
    const w = await paid(true);
    for (const mode of [RETURNS_FALSE, BURNS_GAS]) {
      await mined(w.owner, w.stable, "setMode", mode);
      await expect(send(w.stranger, w.escrow, "withdraw", w.asset, w.provider.address)).to.be.revertedWithCustomError(
        w.escrow,
        "PushFailed",
      );
      const swept = await mined(w.stranger, w.escrow, "sweepRoyalty", w.asset, MODEL);
      expect(swept.gasUsed < 400_000n, "a push has bounded gas").to.equal(true);
      await mined(w.owner, w.stable, "setMode", PLAIN);
      await mined(w.creator, w.escrow, "withdrawTo", w.asset, w.stranger.address);
      const job = await submitted(w, { asset: w.asset, unitPrice: 1_000_000n, budget: 100_000_000n }, 80n);
      await mined(w.payer, w.escrow, "acceptResult", job.nonce, job.terms, job.submission);
    }
    await mined(w.owner, w.stable, "setMode", RETURNS_BOMB);
    const bomb = await mined(w.stranger, w.escrow, "sweepReferral", w.asset, w.provider.address);
    expect(bomb.gasUsed < 400_000n).to.equal(true);
  });

  it("that answer nothing, as old tokens do, are paid", async () => {
    const w = await paid(true);
    const credit = await creditOf(w, w.provider, w.stable);
    await mined(w.owner, w.stable, "setMode", RETURNS_NOTHING);
    await expect(send(w.stranger, w.escrow, "withdraw", w.asset, w.provider.address)).to.changeTokenBalance(
      w.stable,
      w.provider,
      credit,
    );
  });

  it("frozen for one job leave every job in another asset alone", async () => {
    const w = await world();
    const asset = await w.stable.getAddress();
    const frozen = await submitted(w, { asset, unitPrice: 1_000_000n, budget: 100_000_000n }, 80n);
    const other = await submitted(w);
    await mined(w.owner, w.stable, "freeze", w.at, true);
    await after(w, other, 2n * HOUR);
    await mined(w.stranger, w.escrow, "settle", ...named(w, other));
    await mined(w.stranger, w.escrow, "withdraw", await w.token.getAddress(), w.provider.address);
    await mined(w.stranger, w.escrow, "settle", ...named(w, frozen));
    expect(await creditOf(w, w.provider, w.stable), "settled and owed, only the push waits").to.not.equal(0n);
  });
});
