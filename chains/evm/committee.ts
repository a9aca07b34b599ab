// What a committee signs on EVM chains, and how its signatures reach a contract.
import { concat, recoverAddress } from "ethers";
import { committeeDigest, type CommitteeType, type Hex, type StructMessage } from "../../model";

/** The committee of one EVM chain, as signatures name it. */
export interface CommitteeOfChain {
  chainId: bigint;
  /** The committee contract. */
  committee: string;
  /** Version of the members that sign. */
  version: bigint;
}

/** The digest over `message` for the module `target`; the message's first two members are filled in here. */
export function digestFor(of: CommitteeOfChain, target: string, type: CommitteeType, message: StructMessage): Hex {
  const domain = { chainId: of.chainId, verifyingContract: of.committee };
  return committeeDigest(domain, type, { target, version: of.version, ...message });
}

/** Signatures of 65 bytes in the order that contracts ask for: ascending signer. */
export function packSignatures(digest: string, signatures: readonly string[]): string {
  const order = (signature: string): bigint => BigInt(recoverAddress(digest, signature));
  return concat([...signatures].sort((a, b) => (order(a) < order(b) ? -1 : 1)));
}
