// A payer's deposit, 40 of 100 STUN of which are promised by a voucher that the provider holds and has not redeemed.
import { expect } from "chai";
import { id, type BaseContract } from "ethers";
import { channelIdOf, signVoucher, type Channel, type Voucher } from "../../../chains/evm/channels";
import { approve, deploy, mined, now, read, STUN } from "../kit";
import { chainId, EID, MODEL, world, type World } from "../escrow/fixture";
import { at } from "./jobs";
import { DAY, type Mood, type Outcome, type Party, type Row } from "./table";

/** The longest close delay that a channel can have. */
const DELAY = 7n * DAY;
const DEPOSIT = 100n * STUN;
const PROMISED = 40n * STUN;

interface Street extends World {
  channels: BaseContract;
  channel: Channel;
  voucher: Voucher;
  channelId: string;
}

async function opened(): Promise<Street> {
  const w = await world();
  const [token, registry] = [await w.token.getAddress(), await w.registry.getAddress()];
  const powers = [w.owner.address, w.guardian.address];
  const channels = await deploy("PaymentChannels", ...powers, token, registry, w.treasury.address, EID);
  await approve(w.token, w.payer, channels);
  const channel: Channel = {
    payer: w.payer.address,
    provider: w.provider.address,
    signer: w.payer.address,
    asset: token,
    modelId: MODEL,
    closeDelay: DELAY,
    nonce: 0n,
  };
  await mined(w.payer, channels, "open", channel, DEPOSIT, false);
  const street = await channels.getAddress();
  const channelId = channelIdOf(EID, street, channel);
  const promise = { channelId, cumulative: PROMISED, receiptsRoot: id("receipts") };
  const voucher = await signVoucher(w.payer, { chainId: await chainId(), channels: street }, promise);
  return { ...w, channels, channel, voucher, channelId };
}

async function closing(): Promise<Street> {
  const s = await opened();
  await mined(s.payer, s.channels, "close", s.channel);
  return s;
}

async function usurp(s: Street): Promise<void> {
  await mined(s.owner, s.channels, "setFeeTargets", s.owner.address, s.owner.address);
  await mined(s.owner, s.channels, "setGuardian", s.owner.address);
  await mined(s.owner, s.channels, "pause", 7n * DAY);
}

const redeem = (s: Street): Promise<unknown> => mined(s.provider, s.channels, "redeem", s.channel, s.voucher);

/** The payer closes, or has closed; the provider redeems or not; a stranger ends the channel when it can. */
async function finished(s: Street, provider: "at once" | "in the last second" | "never"): Promise<void> {
  let { closesAt } = await read<{ closesAt: bigint }>(s.channels, "channelOf", s.channelId);
  if (closesAt === 0n) {
    await mined(s.payer, s.channels, "close", s.channel);
    ({ closesAt } = await read<{ closesAt: bigint }>(s.channels, "channelOf", s.channelId));
  }
  if (provider === "at once") await redeem(s);
  if (provider === "in the last second") {
    await at(closesAt - 1n);
    await redeem(s);
  }
  await at(closesAt);
  await mined(s.stranger, s.channels, "finish", s.channel);
}

async function run(s: Street, end: (s: Street) => Promise<void>, usurped = false): Promise<Outcome> {
  const token = await s.token.getAddress();
  const balance = (who: { address: string }): Promise<bigint> => read<bigint>(s.token, "balanceOf", who.address);
  const before = await Promise.all([s.provider, s.payer, s.owner, s.guardian, s.stranger].map(balance));
  const start = await now();
  await end(s);
  const seconds = (await now()) - start;
  for (const who of [s.provider, s.payer]) {
    const credit = await read<bigint>(s.channels, "creditOf", token, who.address);
    if (credit > 0n) await mined(s.stranger, s.channels, "withdraw", token, who.address);
  }
  if ((await read<bigint>(s.channels, "referralOf", token, s.provider.address)) > 0n) {
    await mined(s.stranger, s.channels, "sweepReferral", token, s.provider.address);
    await mined(s.stranger, s.channels, "sweepRoyalty", token, MODEL);
    await mined(s.stranger, s.channels, "sweepFees", token);
  }
  expect(await balance({ address: await s.channels.getAddress() }), "nothing is left").to.equal(0n);
  const after = await Promise.all([s.provider, s.payer, s.owner, s.guardian, s.stranger].map(balance));
  const [provider, payer, owner, guardian, stranger] = after.map((amount, i) => amount - before[i]!);
  expect(guardian! + stranger!).to.equal(0n);
  expect(owner! <= (usurped ? (PROMISED * 96n) / 10_000n : 0n)).to.equal(true);
  expect(payer! >= DEPOSIT - PROMISED, "the payer has what it did not promise").to.equal(true);
  return { seconds, to: provider! > 0n ? "provider and payer" : "payer" };
}

function rowOf(state: string, covers: readonly string[], place: () => Promise<Street>): Row {
  const worst: Row["worst"] = {
    guardian: "pauses entries for 7 days",
    bridge: "forges governance's messages to a remote chain, and with them does as a hostile governance",
    payer: "closes without a word, and a provider asleep wakes in the last second of the delay",
    provider: "redeems what it was promised, and neither closes nor answers",
    governance: "names itself guardian and pauses, and takes the treasury's part of fees",
  };
  return {
    state,
    covers,
    bound: DELAY + 60n,
    worst,
    async alone() {
      return run(await place(), (s) => finished(s, "never"));
    },
    async run(party: Party, mood: Mood) {
      const s = await place();
      const usurped = mood === "hostile" && (party === "governance" || party === "bridge");
      if (usurped) await usurp(s);
      if (mood === "hostile" && party === "guardian") await mined(s.guardian, s.channels, "pause", 7n * DAY);
      if (party === "provider") return run(s, () => finished(s, mood === "silent" ? "never" : "at once"));
      if (party === "payer" && mood === "hostile") return run(s, () => finished(s, "in the last second"));
      return run(
        s,
        async () => {
          await redeem(s);
          await mined(s.provider, s.channels, "close", s.channel);
        },
        usurped,
      );
    },
  };
}

export const channelRows: readonly Row[] = [
  rowOf("channel: open", ["PaymentChannels.State.deposit", "PaymentChannels.State.redeemed"], opened),
  rowOf("channel: the payer has closed", ["PaymentChannels.State.closesAt"], closing),
];
