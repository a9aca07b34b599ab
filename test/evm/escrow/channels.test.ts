import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { id, ZeroHash, type BaseContract } from "ethers";
import { channelIdOf, signVoucher, type Channel, type Voucher } from "../../../chains/evm/channels";
import type { TypedDataSigner } from "../../../chains/evm/escrow";
import { checkChannel, openChannel, splitPrice, stepChannel, type ChannelAction } from "../../../model";
import { approve, DAY, deploy, HOUR, mined, nextAt, now, read, send, STUN, ZERO } from "../kit";
import { Random } from "../random";
import { chainId, EID, MODEL, world, type World } from "./fixture";

interface Street extends World {
  channels: BaseContract;
  street: string;
}

async function setUp(): Promise<Street> {
  const w = await world();
  const token = await w.token.getAddress();
  const registry = await w.registry.getAddress();
  const [owner, guardian, treasury] = [w.owner.address, w.guardian.address, w.treasury.address];
  const channels = await deploy("PaymentChannels", owner, guardian, token, registry, treasury, EID);
  await mined(w.owner, channels, "setAsset", await w.stable.getAddress(), true);
  for (const asset of [w.token, w.stable]) await approve(asset, w.payer, channels);
  return { ...w, channels, street: await channels.getAddress() };
}

const street = (): Promise<Street> => loadFixture(setUp);

/** A channel of 100 STUN whose vouchers the rescuer's key signs. */
async function channelIn(s: Street, change: Partial<Channel> = {}): Promise<Channel> {
  return {
    payer: s.payer.address,
    provider: s.provider.address,
    signer: s.rescuer.address,
    asset: await s.token.getAddress(),
    modelId: MODEL,
    closeDelay: DAY,
    nonce: await read<bigint>(s.channels, "nextNonce"),
    ...change,
  };
}

async function opened(s: Street, change: Partial<Channel> = {}, deposit = 100n * STUN): Promise<Channel> {
  const channel = await channelIn(s, change);
  await mined(s.payer, s.channels, "open", channel, deposit, false);
  return channel;
}

async function voucher(
  s: Street,
  channel: Channel,
  cumulative: bigint,
  by: TypedDataSigner = s.rescuer,
  at = { chainId: 0n, channels: s.street },
): Promise<Voucher> {
  const channelId = channelIdOf(EID, s.street, channel);
  const chain = at.chainId === 0n ? await chainId() : at.chainId;
  return signVoucher(by, { ...at, chainId: chain }, { channelId, cumulative, receiptsRoot: id("receipts") });
}

async function redeem(s: Street, channel: Channel, cumulative: bigint): Promise<bigint> {
  return (await mined(s.provider, s.channels, "redeem", channel, await voucher(s, channel, cumulative))).gasUsed;
}

async function credit(s: Street, account: { address: string }): Promise<bigint> {
  return read<bigint>(s.channels, "creditOf", await s.token.getAddress(), account.address);
}

describe("PaymentChannels: open", () => {
  it("takes the deposit and stores one word under the id of the channel", async () => {
    const s = await street();
    const channel = await channelIn(s);
    await expect(send(s.payer, s.channels, "open", channel, 100n * STUN, false)).to.changeTokenBalance(
      s.token,
      s.channels,
      100n * STUN,
    );
    const channelId = channelIdOf(EID, s.street, channel);
    expect(await read(s.channels, "channelIdOf", channel)).to.equal(channelId);
    expect(await read(s.channels, "channelOf", channelId)).to.deep.equal([100n * STUN, 0n, 0n]);
    const again = await opened(s);
    expect(channelIdOf(EID, s.street, again)).to.not.equal(channelId);
  });

  it("fills in payer and number itself, whatever the caller writes there", async () => {
    const s = await street();
    const channel = await channelIn(s);
    await mined(s.payer, s.channels, "open", { ...channel, payer: s.stranger.address, nonce: 77n }, STUN, false);
    expect(await read(s.channels, "channelOf", channelIdOf(EID, s.street, channel))).to.deep.equal([STUN, 0n, 0n]);
  });

  it("refuses a delay outside 1 hour to 7 days, a deposit below one step, a missing party and a foreign asset", async () => {
    const s = await street();
    const good = await channelIn(s);
    for (const closeDelay of [HOUR - 1n, 7n * DAY + 1n]) {
      await expect(send(s.payer, s.channels, "open", { ...good, closeDelay }, STUN, false))
        .to.be.revertedWithCustomError(s.channels, "InvalidCloseDelay")
        .withArgs(closeDelay, HOUR, 7n * DAY);
    }
    await expect(send(s.payer, s.channels, "open", good, 999n, false))
      .to.be.revertedWithCustomError(s.channels, "DepositTooSmall")
      .withArgs(999n, 1_000n);
    for (const missing of [{ provider: ZERO }, { signer: ZERO }]) {
      await expect(
        send(s.payer, s.channels, "open", { ...good, ...missing }, STUN, false),
      ).to.be.revertedWithCustomError(s.channels, "IncompleteChannel");
    }
    await expect(
      send(s.payer, s.channels, "open", { ...good, asset: s.stranger.address }, STUN, false),
    ).to.be.revertedWithCustomError(s.channels, "AssetNotAllowed");
  });

  it("is the only thing that the guardian's pause stops", async () => {
    const s = await street();
    const channel = await opened(s);
    await mined(s.guardian, s.channels, "pause", DAY);
    await expect(send(s.payer, s.channels, "open", channel, STUN, false)).to.be.revertedWithCustomError(
      s.channels,
      "EntryPaused",
    );
    await redeem(s, channel, STUN);
    await mined(s.payer, s.channels, "close", channel);
    await mined(s.provider, s.channels, "close", channel);
    await mined(s.stranger, s.channels, "withdraw", channel.asset, s.payer.address);
  });
});

describe("PaymentChannels: redeem", () => {
  it("books the full split of what the voucher adds", async () => {
    const s = await street();
    const channel = await opened(s);
    await redeem(s, channel, 10n * STUN);
    await redeem(s, channel, 30n * STUN);
    const split = splitPrice(30n * STUN, 200n, { model: true, referrer: true });
    expect(await credit(s, s.provider)).to.equal(split.provider);
    expect(await read(s.channels, "royaltyOf", channel.asset, MODEL)).to.equal(split.royalty);
    expect(await read(s.channels, "referralOf", channel.asset, s.provider.address)).to.equal(split.referral);
    expect(await read(s.channels, "feesOf", channel.asset)).to.deep.equal([split.burn + split.buyback, split.treasury]);
    expect(await read(s.channels, "feesPaidOf", s.provider.address, channel.asset)).to.equal(split.fee / 10n ** 12n);
  });

  it("refuses a step below 1,000 base units, an older voucher and more than the deposit", async () => {
    const s = await street();
    const channel = await opened(s);
    await redeem(s, channel, STUN);
    for (const cumulative of [STUN, STUN - 1n, STUN + 999n]) {
      await expect(send(s.provider, s.channels, "redeem", channel, await voucher(s, channel, cumulative)))
        .to.be.revertedWithCustomError(s.channels, "StepTooSmall")
        .withArgs(cumulative, STUN, 1_000n);
    }
    const more = await voucher(s, channel, 100n * STUN + 1n);
    await expect(send(s.provider, s.channels, "redeem", channel, more))
      .to.be.revertedWithCustomError(s.channels, "AboveDeposit")
      .withArgs(100n * STUN + 1n, 100n * STUN);
    await redeem(s, channel, STUN + 1_000n);
  });

  it("refuses another key, chain, contract and channel, and another caller than the provider", async () => {
    const s = await street();
    const channel = await opened(s);
    const other = await opened(s);
    const here = { chainId: await chainId(), channels: s.street };
    for (const [why, wrong] of [
      ["the payer's own key", await voucher(s, channel, STUN, s.payer)],
      ["another chain", await voucher(s, channel, STUN, s.rescuer, { ...here, chainId: 1n })],
      ["another contract", await voucher(s, channel, STUN, s.rescuer, { ...here, channels: s.at })],
      ["another channel", await voucher(s, other, STUN)],
      ["nobody", { ...(await voucher(s, channel, STUN)), r: ZeroHash }],
      ["another root", { ...(await voucher(s, channel, STUN)), receiptsRoot: id("other receipts") }],
    ] as const) {
      await expect(send(s.provider, s.channels, "redeem", channel, wrong), why).to.be.revertedWithCustomError(
        s.channels,
        "InvalidVoucher",
      );
    }
    await expect(send(s.stranger, s.channels, "redeem", channel, await voucher(s, channel, STUN)))
      .to.be.revertedWithCustomError(s.channels, "NotParty")
      .withArgs(s.stranger.address);
    const fake = { ...channel, provider: s.stranger.address };
    await expect(
      send(s.stranger, s.channels, "redeem", fake, await voucher(s, fake, STUN)),
    ).to.be.revertedWithCustomError(s.channels, "UnknownChannel");
  });
});

describe("PaymentChannels: close", () => {
  it("by the provider ends the channel at once and returns the rest to the payer", async () => {
    const s = await street();
    const channel = await opened(s);
    await redeem(s, channel, 30n * STUN);
    await mined(s.provider, s.channels, "close", channel);
    expect(await credit(s, s.payer)).to.equal(70n * STUN);
    await expect(send(s.provider, s.channels, "close", channel)).to.be.revertedWithCustomError(
      s.channels,
      "UnknownChannel",
    );
    expect(await read(s.channels, "channelOf", channelIdOf(EID, s.street, channel))).to.deep.equal([0n, 0n, 0n]);
  });

  it("by the payer leaves the provider the delay to redeem, and more while nobody has ended it", async () => {
    const s = await street();
    const channel = await opened(s);
    await expect(send(s.stranger, s.channels, "finish", channel))
      .to.be.revertedWithCustomError(s.channels, "StillOpen")
      .withArgs(0n);
    await mined(s.payer, s.channels, "close", channel);
    const closesAt = (await now()) + DAY;
    await expect(send(s.payer, s.channels, "close", channel))
      .to.be.revertedWithCustomError(s.channels, "AlreadyClosing")
      .withArgs(closesAt);
    await nextAt(closesAt - 1n);
    await expect(send(s.payer, s.channels, "finish", channel))
      .to.be.revertedWithCustomError(s.channels, "StillOpen")
      .withArgs(closesAt);
    await redeem(s, channel, 30n * STUN);
    await mined(s.stranger, s.channels, "finish", channel);
    expect(await credit(s, s.payer)).to.equal(70n * STUN);
    await expect(
      send(s.provider, s.channels, "redeem", channel, await voucher(s, channel, 50n * STUN)),
    ).to.be.revertedWithCustomError(s.channels, "UnknownChannel");
  });

  it("is for nobody else", async () => {
    const s = await street();
    await expect(send(s.stranger, s.channels, "close", await opened(s)))
      .to.be.revertedWithCustomError(s.channels, "NotParty")
      .withArgs(s.stranger.address);
  });
});

describe("PaymentChannels against the model", () => {
  const STEPS = 400;
  it(`agrees after each of ${STEPS} random actions, and the parts of all steps are those of one split`, async () => {
    const s = await street();
    const random = new Random("channels");
    const token = await s.token.getAddress();
    let channel = await opened(s);
    const fresh = (): ReturnType<typeof openChannel> =>
      openChannel({
        payer: s.payer.address,
        provider: s.provider.address,
        deposit: 100n * STUN,
        closeDelay: DAY,
        hasCreator: true,
        hasReferrer: true,
      });
    let model = fresh();
    let [providerPaid, returned] = [0n, 0n];
    for (let step = 0; step < STEPS; step++) {
      const at = (await now()) + random.between(1n, DAY / 3n);
      await nextAt(at);
      const by = random.pick(["payer", "provider", "anyone"] as const);
      const action: ChannelAction = random.pick([
        { type: "redeem", by: "provider", at, cumulative: model.redeemed + random.between(0n, STUN / 4n) },
        { type: "redeem", by: "provider", at, cumulative: model.redeemed + random.between(990n, 1_010n) },
        { type: "redeem", by, at, cumulative: random.between(0n, 101n * STUN) },
        { type: "redeem", by: "provider", at, cumulative: model.redeemed + random.between(0n, 2n * STUN) },
        ...(random.oneIn(4n) ? [{ type: "close" as const, by, at }] : []),
        { type: "finish", by, at },
      ]);
      const sender = { payer: s.payer, provider: s.provider, anyone: s.stranger }[action.by];
      const args: [string, ...unknown[]] =
        action.type === "redeem"
          ? ["redeem", channel, await voucher(s, channel, action.cumulative)]
          : [action.type, channel];
      let refused = false;
      try {
        model = stepChannel(model, action).state;
      } catch {
        refused = true;
      }
      const what = `step ${step}: ${action.type} by ${action.by}`;
      if (refused) await expect(send(sender, s.channels, ...args), what).to.be.reverted;
      else await mined(sender, s.channels, ...args);
      checkChannel(model);
      const view = await read<[bigint, bigint, bigint]>(s.channels, "channelOf", channelIdOf(EID, s.street, channel));
      const closesAt = model.closingAt === null ? 0n : model.closingAt + model.closeDelay;
      expect(view, what).to.deep.equal(
        model.state === "closed" ? [0n, 0n, 0n] : [model.deposit, model.redeemed, closesAt],
      );
      expect(await credit(s, s.provider), what).to.equal(providerPaid + model.paid.provider);
      expect(await credit(s, s.payer), what).to.equal(returned + model.returned);
      if (model.state === "closed") {
        providerPaid += model.paid.provider;
        returned += model.returned;
        channel = await opened(s);
        model = fresh();
      }
    }
    const [toBurn, toTreasury] = await read<[bigint, bigint]>(s.channels, "feesOf", token);
    const owed =
      toBurn +
      toTreasury +
      (await credit(s, s.provider)) +
      (await credit(s, s.payer)) +
      (await read<bigint>(s.channels, "royaltyOf", token, MODEL)) +
      (await read<bigint>(s.channels, "referralOf", token, s.provider.address)) +
      model.held;
    expect(await read<bigint>(s.token, "balanceOf", s.street)).to.equal(owed);
  });
});
