import { amount } from "./check";
import { DAY } from "./constants";
import { MAX_FEE_BPS, STUN_FEE_BPS, splitPrice, splitStep, type Split } from "./fees";
import { mustEqual, mustNotExceed, only, refuse, transition, type Step } from "./machine";

/** The least by which a redemption advances, in base units: below it a part of the split could shrink. */
export const MIN_REDEEM = 1_000n;
/** Bounds of the time from the payer's close to the end, and what clients propose, in seconds. */
export const CLOSE_DELAY = { min: 3_600n, max: 7n * DAY, usual: DAY } as const;

/** A payment channel from one payer to one provider. Amounts in base units of the asset. */
export interface Channel {
  readonly payer: string;
  readonly provider: string;
  readonly inStun: boolean;
  readonly hasCreator: boolean;
  readonly hasReferrer: boolean;
  readonly deposit: bigint;
  readonly closeDelay: bigint;
  state: "open" | "closing" | "closed";
  /** The largest cumulative amount that was redeemed. */
  redeemed: bigint;
  /** When the payer asked to close. */
  closingAt: bigint | null;
  /** What the channel still holds. */
  held: bigint;
  /** All parts that were ever paid. */
  paid: Split;
  returned: bigint;
}

/** Who acts on a channel. */
export type ChannelActor = "payer" | "provider" | "anyone";

/** What can happen to a channel. A voucher is the payer's signature over a cumulative amount. */
export type ChannelAction =
  | { type: "redeem"; by: ChannelActor; at: bigint; cumulative: bigint }
  /** The payer's begins the delay; the provider's ends the channel at once. */
  | { type: "close"; by: ChannelActor; at: bigint }
  /** After the delay: the rest returns to the payer. */
  | { type: "finish"; by: ChannelActor; at: bigint };

/** What an action causes. */
export type ChannelEffect =
  | { type: "redeemed"; cumulative: bigint; parts: Split }
  | { type: "closing"; endsAt: bigint }
  | { type: "closed"; returned: bigint };

const NOTHING = splitPrice(0n, 0n, { model: false, referrer: false });

/**
 * A channel with its deposit, which is made once.
 * Errors: BELOW_MINIMUM for a deposit below one redemption or a delay below 1 hour, ABOVE_MAXIMUM above 7 days, NEGATIVE.
 */
export function openChannel(options: {
  payer: string;
  provider: string;
  deposit: bigint;
  closeDelay?: bigint;
  inStun?: boolean;
  hasCreator?: boolean;
  hasReferrer?: boolean;
}): Channel {
  const { payer, provider, closeDelay = CLOSE_DELAY.usual } = options;
  amount("closeDelay", closeDelay, CLOSE_DELAY.min, CLOSE_DELAY.max);
  amount("deposit", options.deposit, MIN_REDEEM, (1n << 96n) - 1n);
  return {
    payer,
    provider,
    inStun: options.inStun ?? true,
    hasCreator: options.hasCreator ?? false,
    hasReferrer: options.hasReferrer ?? false,
    deposit: options.deposit,
    closeDelay,
    state: "open",
    redeemed: 0n,
    closingAt: null,
    held: options.deposit,
    paid: NOTHING,
    returned: 0n,
  };
}

/**
 * One action of a channel. Redeeming is possible until the end, so a payer who closes cannot outrun a voucher.
 * Errors: WRONG_STATE when closed; WRONG_PARTY; BELOW_MINIMUM for a step below 1,000 base units; INSUFFICIENT for more than the
 * deposit; TOO_EARLY before the delay is over; ALREADY_USED when the payer has closed before. Source: protocol, A job, Channels.
 */
export function stepChannel(channel: Channel, action: ChannelAction): Step<Channel, ChannelEffect> {
  return transition<Channel, ChannelEffect>(channel, (draft, emit) => {
    if (draft.state === "closed") refuse("WRONG_STATE", "The channel is closed: open another.", { state: draft.state });
    switch (action.type) {
      case "redeem":
        only(action.by, "provider");
        return redeem(draft, action.cumulative, emit);
      case "close":
        only(action.by, "payer", "provider");
        if (action.by === "provider") return end(draft, emit);
        if (draft.closingAt !== null) {
          refuse("ALREADY_USED", `The payer closed at ${draft.closingAt}: finish when the delay is over.`, {
            closingAt: draft.closingAt,
          });
        }
        draft.state = "closing";
        draft.closingAt = action.at;
        return emit({ type: "closing", endsAt: action.at + draft.closeDelay });
      case "finish": {
        if (draft.closingAt === null)
          return refuse("WRONG_STATE", "Nobody has closed the channel.", { state: draft.state });
        const earliest = draft.closingAt + draft.closeDelay;
        if (action.at < earliest) {
          refuse("TOO_EARLY", `It is ${action.at}: the channel can end from ${earliest} on.`, {
            at: action.at,
            earliest,
          });
        }
        return end(draft, emit);
      }
    }
  });
}

/** The fee of a channel's asset, in basis points. */
export function channelFeeBps(channel: Pick<Channel, "inStun">): bigint {
  return channel.inStun ? STUN_FEE_BPS : MAX_FEE_BPS;
}

/** What entered a channel is held, was paid in parts, or went back. Errors: INVARIANT_BROKEN. */
export function checkChannel(channel: Channel): void {
  const { burn, buyback, treasury, royalty, referral, provider } = channel.paid;
  const paid = burn + buyback + treasury + royalty + referral + provider;
  mustEqual("deposit = held + paid + returned", channel.deposit, channel.held + paid + channel.returned);
  mustEqual("paid = redeemed", paid, channel.redeemed);
  const who = { model: channel.hasCreator, referrer: channel.hasReferrer };
  const whole = splitPrice(channel.redeemed, channelFeeBps(channel), who);
  for (const part of ["burn", "buyback", "treasury", "royalty", "referral", "provider"] as const) {
    mustEqual(`the steps of ${part} add up to one split`, channel.paid[part], whole[part]);
  }
  mustNotExceed("redeemed ≤ deposit", channel.redeemed, channel.deposit);
  if (channel.state === "closed") mustEqual("a closed channel holds nothing", channel.held, 0n);
}

type Emit = (effect: ChannelEffect) => void;

function redeem(channel: Channel, cumulative: bigint, emit: Emit): void {
  amount("cumulative", cumulative);
  if (cumulative > channel.deposit) {
    refuse("INSUFFICIENT", `The voucher of ${cumulative} is above the deposit of ${channel.deposit}.`, {
      cumulative,
      deposit: channel.deposit,
    });
  }
  if (cumulative < channel.redeemed + MIN_REDEEM) {
    refuse(
      "BELOW_MINIMUM",
      `The voucher of ${cumulative} is not ${MIN_REDEEM} above the ${channel.redeemed} redeemed.`,
      {
        cumulative,
        redeemed: channel.redeemed,
      },
    );
  }
  const who = { model: channel.hasCreator, referrer: channel.hasReferrer };
  const parts = splitStep(channel.redeemed, cumulative, channelFeeBps(channel), who);
  channel.held -= cumulative - channel.redeemed;
  channel.redeemed = cumulative;
  channel.paid = {
    fee: channel.paid.fee + parts.fee,
    royalty: channel.paid.royalty + parts.royalty,
    referral: channel.paid.referral + parts.referral,
    provider: channel.paid.provider + parts.provider,
    burn: channel.paid.burn + parts.burn,
    buyback: channel.paid.buyback + parts.buyback,
    treasury: channel.paid.treasury + parts.treasury,
  };
  emit({ type: "redeemed", cumulative, parts });
}

function end(channel: Channel, emit: Emit): void {
  channel.state = "closed";
  channel.returned = channel.held;
  channel.held = 0n;
  emit({ type: "closed", returned: channel.returned });
}
