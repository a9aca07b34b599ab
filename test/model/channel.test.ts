import { expect } from "chai";
import { AbiCoder, TypedDataEncoder, keccak256 } from "ethers";
import fc from "fast-check";
import {
  CLOSE_DELAY,
  DAY,
  ModelError,
  channelId,
  checkChannel,
  openChannel,
  stepChannel,
  voucherDigest,
  type Channel,
  type ChannelAction,
} from "../../model";
import { expectError } from "./expect-error";
import { holds } from "./seed";

const T0 = 1_800_000_000n;

function channel(deposit = 1_000_000n, closeDelay?: bigint): Channel {
  const delay = closeDelay === undefined ? {} : { closeDelay };
  return openChannel({ payer: "payer", provider: "provider", deposit, hasCreator: true, hasReferrer: true, ...delay });
}

function run(state: Channel, ...actions: ChannelAction[]): Channel {
  return actions.reduce((current, action) => {
    const next = stepChannel(current, action).state;
    checkChannel(next);
    return next;
  }, state);
}

const redeem = (cumulative: bigint, at = T0): ChannelAction => ({ type: "redeem", by: "provider", at, cumulative });
const close = (by: "payer" | "provider" | "anyone", at = T0): ChannelAction => ({ type: "close", by, at });
const finish = (at: bigint): ChannelAction => ({ type: "finish", by: "anyone", at });

describe("model: channel", () => {
  it("pays a cumulative voucher in parts, however often it is redeemed on the way", () => {
    const once = run(channel(), redeem(700_000n));
    const often = run(channel(), redeem(1_000n), redeem(2_001n), redeem(333_333n), redeem(700_000n));
    expect(often.paid).to.deep.equal(once.paid);
    expect(once.paid.fee).to.equal(14_000n);
    expect(once.held).to.equal(300_000n);
  });

  it("advances by at least 1,000 base units, never back, and never above the deposit", () => {
    const state = run(channel(), redeem(5_000n));
    expectError("BELOW_MINIMUM", () => stepChannel(state, redeem(5_999n)));
    expectError("BELOW_MINIMUM", () => stepChannel(state, redeem(4_000n)));
    expectError("INSUFFICIENT", () => stepChannel(state, redeem(1_000_001n)));
    expectError("NEGATIVE", () => stepChannel(state, redeem(-1n)));
    run(state, redeem(6_000n), redeem(1_000_000n));
  });

  it("returns the rest to the payer at once when the provider closes", () => {
    expect(run(channel(), redeem(400_000n), close("provider")).returned).to.equal(600_000n);
  });

  it("lets the provider redeem through the whole delay of a payer's close, to the last second and after it", () => {
    let state = run(channel(), close("payer"));
    expectError("TOO_EARLY", () => stepChannel(state, finish(T0 + DAY - 1n)));
    expectError("ALREADY_USED", () => stepChannel(state, close("payer", T0 + 1n)));
    state = run(state, redeem(10_000n, T0 + DAY + 5n), finish(T0 + DAY + 6n));
    expect(state.returned).to.equal(990_000n);
    expectError("WRONG_STATE", () => stepChannel(state, redeem(20_000n, T0 + DAY + 7n)));
    expectError("WRONG_STATE", () => stepChannel(state, close("provider")));
    expectError("WRONG_STATE", () => stepChannel(state, finish(T0 + 9n * DAY)));
  });

  it("finishes only what was closed", () =>
    expectError("WRONG_STATE", () => stepChannel(channel(), finish(T0 + 9n * DAY))));

  it("lets only the provider redeem, and only the two parties close", () => {
    expectError("WRONG_PARTY", () => stepChannel(channel(), { ...redeem(5_000n), by: "payer" }));
    expectError("WRONG_PARTY", () => stepChannel(channel(), { ...redeem(5_000n), by: "anyone" }));
    expectError("WRONG_PARTY", () => stepChannel(channel(), close("anyone")));
  });

  it("has a delay of 1 hour to 7 days and a deposit of at least one redemption", () => {
    expectError("BELOW_MINIMUM", () => channel(1_000n, CLOSE_DELAY.min - 1n));
    expectError("ABOVE_MAXIMUM", () => channel(1_000n, CLOSE_DELAY.max + 1n));
    expectError("BELOW_MINIMUM", () => channel(999n));
    run(channel(1_000n, CLOSE_DELAY.max), redeem(1_000n), close("payer"), finish(T0 + CLOSE_DELAY.max));
  });

  it("names a channel and digests a voucher as Solidity does", () => {
    const address = (byte: string): string => "0x" + byte.repeat(20);
    const terms = {
      payer: address("01"),
      provider: address("02"),
      signer: address("03"),
      asset: address("04"),
      modelId: "0x" + "05".repeat(32),
      closeDelay: 3_600n,
      nonce: 9n,
    };
    const tuple =
      "tuple(address payer,address provider,address signer,address asset,bytes32 modelId,uint32 closeDelay,uint64 nonce)";
    const encoded = AbiCoder.defaultAbiCoder().encode(["uint32", "address", tuple], [30184, address("c0"), terms]);
    const named = channelId(30184, address("c0"), terms);
    expect(named).to.equal(keccak256(encoded));
    for (const wide of [{ nonce: 1n << 64n }, { closeDelay: 1n << 32n }]) {
      expectError("ABOVE_MAXIMUM", () => channelId(30184, address("c0"), { ...terms, ...wide }));
    }
    const voucher = { channelId: named, cumulative: 77n, receiptsRoot: "0x" + "06".repeat(32) };
    const domain = { chainId: 31338n, verifyingContract: address("c0") };
    const types = {
      Voucher: [
        { name: "channelId", type: "bytes32" },
        { name: "cumulative", type: "uint128" },
        { name: "receiptsRoot", type: "bytes32" },
      ],
    };
    const expected = TypedDataEncoder.hash({ name: "STUN Channels", version: "1", ...domain }, types, voucher);
    expect(voucherDigest(domain, voucher)).to.equal(expected);
    expectError("ABOVE_MAXIMUM", () => voucherDigest(domain, { ...voucher, cumulative: 2n ** 128n }));
  });

  it("conserves its deposit through random redemptions and closes, no part ever negative", () => {
    const choice = fc.record({
      type: fc.constantFrom("redeem", "redeem", "redeem", "close", "finish"),
      by: fc.constantFrom("payer", "provider", "provider"),
      step: fc.oneof(fc.bigInt({ min: 1_000n, max: 1_100n }), fc.bigInt({ min: 0n, max: 10n ** 20n })),
      wait: fc.bigInt({ min: 0n, max: DAY }),
    });
    const options = fc.record({
      inStun: fc.boolean(),
      hasCreator: fc.boolean(),
      hasReferrer: fc.boolean(),
      deposit: fc.oneof(fc.bigInt({ min: 1_000n, max: 100_000n }), fc.bigInt({ min: 1_000n, max: 10n ** 22n })),
    });
    let redeemed = 0;
    holds(
      fc.property(options, fc.array(choice, { maxLength: 20 }), (made, list) => {
        let state = openChannel({ payer: "payer", provider: "provider", ...made });
        let at = T0;
        for (const c of list) {
          at += c.wait;
          const action =
            c.type === "redeem" ? { ...redeem(state.redeemed + c.step, at), by: c.by } : { type: c.type, by: c.by, at };
          try {
            const step = stepChannel(state, action as ChannelAction);
            state = step.state;
            checkChannel(state);
            for (const effect of step.effects) {
              if (effect.type !== "redeemed") continue;
              redeemed++;
              for (const part of Object.values(effect.parts)) expect(part >= 0n).to.equal(true);
            }
          } catch (error) {
            if (!(error instanceof ModelError) || error.code === "INVARIANT_BROKEN") throw error;
          }
        }
      }),
    );
    expect(redeemed).to.be.greaterThan(40);
  });
});
