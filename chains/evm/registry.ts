// The tier of a GPU, as the committee attests it for the registry of one chain.
import type { Hex } from "../../model";
import { digestFor, type CommitteeOfChain } from "./committee";

/** One attestation. */
export interface TierAttestation {
  provider: string;
  /** Identity of the hardware, unique over all chains. */
  gpuId: string;
  /** 1 to 4. */
  tier: bigint;
  /** Unix seconds, at most 90 days ahead. */
  expiry: bigint;
}

/** What members of the committee sign for the registry at `registry`. */
export function tierAttestationDigest(of: CommitteeOfChain, registry: string, attestation: TierAttestation): Hex {
  return digestFor(of, registry, "TierAttestation", { ...attestation });
}
