// The compose message that makes a transfer between two remotes one action: see contracts/token/StunForwarder.sol.
import { AbiCoder, ZeroAddress } from "ethers";

export interface ForwardInstruction {
  readonly dstEid: number;
  /** Recipient there, 32 bytes. */
  readonly to: string;
  /** Wei that the executor is asked to attach for the second leg. */
  readonly nativeFee: bigint;
  /** Unix seconds after which anyone may give up an underpaid second leg. */
  readonly deadline: bigint;
  /** An address of the user at home, who can claim what was not sent on. */
  readonly claimant?: string;
  /** Adds what waits at home for the same sender. */
  readonly collect?: boolean;
}

/** The six words of an instruction, 0x-prefixed. */
export function encodeForward(order: ForwardInstruction): string {
  return AbiCoder.defaultAbiCoder().encode(
    ["uint32", "bytes32", "uint256", "uint256", "address", "bool"],
    [order.dstEid, order.to, order.nativeFee, order.deadline, order.claimant ?? ZeroAddress, order.collect ?? false],
  );
}
