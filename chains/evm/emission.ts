// The daily report of an emission vault, as the committee signs it and as a claim uses it.
import { rewardProof, rewardRoot, type Hex, type RewardEntry } from "../../model";
import { digestFor, type CommitteeOfChain } from "./committee";

/** One epoch's report; the order and names are those of `IEmissionVault.Report`. */
export interface EpochReport {
  epoch: bigint;
  root: string;
  /** Base units that this epoch adds to the cumulative amounts. */
  total: bigint;
  previousRoot: string;
  datasetHash: string;
}

/** What members of the committee sign for the vault at `vault`. */
export function epochReportDigest(of: CommitteeOfChain, vault: string, report: EpochReport): Hex {
  return digestFor(of, vault, "EpochReport", { ...report });
}

/** All rewards of one chain up to an epoch: its root and each account's claim. */
export class RewardBook {
  readonly root: Hex;

  /** Cumulative amounts, one entry an account. */
  constructor(private readonly entries: readonly RewardEntry[]) {
    this.root = rewardRoot(entries);
  }

  /** Arguments of `EmissionVault.claim` for an account, against the accepted root number `index`. */
  claim(account: string, index: bigint): [account: string, cumulative: bigint, index: bigint, proof: Hex[]] {
    const at = this.entries.findIndex((entry) => String(entry.account).toLowerCase() === account.toLowerCase());
    const entry = this.entries[at];
    if (!entry) throw new Error(`Account ${account} has earned nothing by root ${this.root}: it has no claim.`);
    return [account, entry.cumulative, index, rewardProof(this.entries, at)];
  }
}
