// One payment channel: a deposit, work without a transaction for each task, one voucher for all of it, and the end.
import { ZeroHash } from "ethers";
import { channelIdOf, signVoucher, type Channel } from "../../chains/evm/channels";
import { StunError } from "../../chains/errors";
import { localWallet } from "../../localnet/keys";
import { splitPrice } from "../../model";
import type { ContentStore } from "../../oracle/content";
import { encodeReceipts, type Receipt } from "../../oracle/receipts";
import { reexecute } from "../../oracle/reexecute";
import { encodeSpec } from "../../oracle/spec";
import { act, view, type Task, type Workplace } from "./job";
import type { PaidChannel } from "./result";

const STUN = 10n ** 18n;
const DEPOSIT = 500n * STUN;
const PRICE_OF_TASK = 40n * STUN;
const TASKS = 3;
const SECONDS_OF_TASK = 600n;
const CLOSE_DELAY = 86_400n;

/** Opens a channel, has the task done a few times, redeems one voucher for all, closes and pays everyone out. */
export async function runChannel(place: Workplace, task: Task, content: ContentStore): Promise<PaidChannel> {
  const { addresses, chain } = place;
  const [payer, provider] = [localWallet("payer").address, localWallet("provider").address];
  const stun = addresses.token!;
  const channels = view(place, "channels", "PaymentChannels");
  const channel: Channel = {
    payer,
    provider,
    signer: payer,
    asset: stun,
    modelId: ZeroHash,
    closeDelay: CLOSE_DELAY,
    nonce: (await channels.getFunction("nextNonce")()) as bigint,
  };
  await act(place, "payer", "token", "StunOFT", "approve", addresses.channels, DEPOSIT);
  await act(place, "payer", "channels", "PaymentChannels", "open", channel, DEPOSIT, false);

  const receipts = await work(place, task, content);
  const cumulative = BigInt(receipts.length) * PRICE_OF_TASK;
  const channelId = channelIdOf(chain.eid, addresses.channels!, channel);
  const receiptsRoot = content.put(encodeReceipts(receipts));
  const at = { chainId: BigInt(chain.chainId), channels: addresses.channels! };
  const voucher = await signVoucher(chain.signer("payer"), at, { channelId, cumulative, receiptsRoot });
  await act(place, "provider", "channels", "PaymentChannels", "redeem", channel, voucher);
  await act(place, "provider", "channels", "PaymentChannels", "close", channel);

  const token = view(place, "token", "StunOFT");
  const paid = async (who: string, method: string, ...args: unknown[]): Promise<bigint> => {
    const before = (await token.getFunction("balanceOf")(who)) as bigint;
    await act(place, "keeper", "channels", "PaymentChannels", method, ...args);
    return ((await token.getFunction("balanceOf")(who)) as bigint) - before;
  };
  const expected = splitPrice(cumulative, 200n, { model: false, referrer: true });
  const supply = (await token.getFunction("totalSupply")()) as bigint;
  const got = {
    provider: await paid(provider, "withdraw", stun, provider),
    referral: await paid(localWallet("referrer").address, "sweepReferral", stun, provider),
    treasury: await paid(addresses.treasury!, "sweepFees", stun),
  };
  const burned = supply - ((await token.getFunction("totalSupply")()) as bigint);
  const returned = await paid(payer, "withdraw", stun, payer);
  for (const [part, amount] of Object.entries({ ...got, burn: burned - expected.buyback })) {
    const wanted = expected[part as keyof typeof expected];
    if (amount !== wanted) {
      throw new StunError(`The ${part} part of the channel is ${amount}, not ${wanted} as the model says.`);
    }
  }
  const { royalty, referral, burn, buyback, treasury } = expected;
  const parts = { price: cumulative, provider: expected.provider, royalty, referral, burn, buyback, treasury };
  return { chain: chain.name, channelId, deposit: DEPOSIT, tasks: receipts.length, parts, returned };
}

/** The provider does the task again and again; no transaction is needed for it. */
async function work({ chain }: Workplace, task: Task, content: ContentStore): Promise<Receipt[]> {
  const spec = encodeSpec({ module: content.put(task.module), input: content.put(task.input) });
  const specHash = content.put(spec);
  const { outputHash, units } = await reexecute(content, specHash, task.maxUnits);
  const receipts: Receipt[] = [];
  for (let i = 0; i < TASKS; i++) {
    const from = await chain.now();
    await chain.advance(SECONDS_OF_TASK);
    receipts.push({ specHash, outputHash, units, from, to: from + SECONDS_OF_TASK });
  }
  return receipts;
}
