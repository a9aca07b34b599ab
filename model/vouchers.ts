import { accountWord, bytes32, keccak, toHex, uintWord, type Bytes, type Hex } from "./bytes";
import type { Integer } from "./check";
import { typedDataDigest, type Domain, type StructType } from "./eip712";

// Source: protocol, A job, Channels.

/** What names a payment channel; the chain keeps only its id and sums. */
export interface ChannelTerms {
  payer: Bytes;
  provider: Bytes;
  /** Key that signs vouchers for the payer. */
  signer: Bytes;
  asset: Bytes;
  /** Zero for none. */
  modelId: Bytes;
  /** Seconds. */
  closeDelay: Integer;
  /** Number that the module gave out at opening. */
  nonce: Integer;
}

/** The payer's promise: all that the channel pays with it, earlier ones included, and for which receipts. */
export interface Voucher {
  channelId: Bytes;
  /** Base units. */
  cumulative: bigint;
  receiptsRoot: Bytes;
}

const VOUCHER: StructType = [
  { name: "channelId", type: "bytes32" },
  { name: "cumulative", type: "uint128" },
  { name: "receiptsRoot", type: "bytes32" },
];

/** Id of a channel: keccak256(abi.encode(uint32 eid, module, channel)). Errors: INVALID_BYTES, ABOVE_MAXIMUM, NEGATIVE. */
export function channelId(eid: Integer, module: Bytes, channel: ChannelTerms): Hex {
  return toHex(
    keccak(
      uintWord("eid", eid, 32),
      accountWord("module", module),
      accountWord("payer", channel.payer),
      accountWord("provider", channel.provider),
      accountWord("signer", channel.signer),
      accountWord("asset", channel.asset),
      bytes32("modelId", channel.modelId),
      uintWord("closeDelay", channel.closeDelay, 32),
      uintWord("nonce", channel.nonce, 64),
    ),
  );
}

/** The EIP-712 digest of a voucher, in the domain of the channels: name "STUN Channels", version "1". Errors: as the members. */
export function voucherDigest(domain: Pick<Domain, "chainId" | "verifyingContract">, voucher: Voucher): Hex {
  return typedDataDigest({ name: "STUN Channels", version: "1", ...domain }, "Voucher", VOUCHER, { ...voucher });
}
