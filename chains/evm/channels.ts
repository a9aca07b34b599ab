// The data of payment channels: ids and signed vouchers, as PaymentChannels takes them.
import { AbiCoder, Signature, keccak256, type TypedDataDomain, type TypedDataField } from "ethers";
import type { TypedDataSigner } from "./escrow";

/** A channel; `payer` and `nonce` are given by the contract at opening. */
export interface Channel {
  payer: string;
  provider: string;
  /** Address of the key that signs vouchers. */
  signer: string;
  asset: string;
  /** Zero for none. */
  modelId: string;
  /** Seconds, 3,600 to 604,800. */
  closeDelay: bigint;
  nonce: bigint;
}

/** A signed voucher. */
export interface Voucher {
  /** All that the channel pays with this voucher, in base units. */
  cumulative: bigint;
  receiptsRoot: string;
  r: string;
  vs: string;
}

const CHANNEL =
  "tuple(address payer,address provider,address signer,address asset,bytes32 modelId,uint32 closeDelay,uint64 nonce)";

/** EIP-712 type of a voucher. */
export const VOUCHER_TYPES: Record<string, TypedDataField[]> = {
  Voucher: [
    { name: "channelId", type: "bytes32" },
    { name: "cumulative", type: "uint128" },
    { name: "receiptsRoot", type: "bytes32" },
  ],
};

/** Domain of the vouchers that a channel contract takes. */
export function voucherDomain(chainId: bigint, channels: string): TypedDataDomain {
  return { name: "STUN Channels", version: "1", chainId, verifyingContract: channels };
}

/** The id of a channel on the chain with LayerZero endpoint id `eid`. */
export function channelIdOf(eid: number, channels: string, channel: Channel): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(["uint32", "address", CHANNEL], [eid, channels, channel]));
}

/** Signs a voucher with the key that the channel names. */
export async function signVoucher(
  signer: TypedDataSigner,
  at: { chainId: bigint; channels: string },
  voucher: { channelId: string; cumulative: bigint; receiptsRoot: string },
): Promise<Voucher> {
  const { channelId, cumulative, receiptsRoot } = voucher;
  const domain = voucherDomain(at.chainId, at.channels);
  const signed = Signature.from(
    await signer.signTypedData(domain, VOUCHER_TYPES, { channelId, cumulative, receiptsRoot }),
  );
  return { cumulative, receiptsRoot, r: signed.r, vs: signed.yParityAndS };
}
