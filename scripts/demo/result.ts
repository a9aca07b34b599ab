/** Where each unit of a job's price went, in base units of STUN (1e-18). */
export interface JobParts {
  price: bigint;
  provider: bigint;
  royalty: bigint;
  referral: bigint;
  burn: bigint;
  buyback: bigint;
  treasury: bigint;
  /** What of the budget and the dispute stake went back to the payer. */
  returned: bigint;
}

export interface JobReport {
  jobId: string;
  chain: string;
  specHash: string;
  outputHash: string;
  outputBytes: number;
  units: bigint;
  instructions: bigint;
  /** Members of the committee whose signatures settled it. */
  signers: string[];
  verdict: string;
  parts: JobParts;
  /** What happened when, unix seconds of the chain. */
  timeline: { event: string; time: bigint }[];
}

export interface EpochReportResult {
  chain: string;
  epoch: bigint;
  pot: bigint;
  total: bigint;
  root: string;
  claimed: bigint;
  /** Reports that the guardian vetoed before this one was accepted. */
  vetoed: number;
  /** Seconds of work that counted, of jobs and of channels. */
  seconds: bigint;
}

/** A payment channel from its deposit to its end. */
export interface PaidChannel {
  chain: string;
  channelId: string;
  deposit: bigint;
  /** Tasks that one voucher paid for. */
  tasks: number;
  parts: Omit<JobParts, "returned">;
  returned: bigint;
}

/** An action of governance, enacted through governor, timelock and LayerZero. */
export interface GovernanceReport {
  title: string;
  proposal: string;
  changes: { chain: string; what: string; before: string; after: string }[];
  steps: string[];
}

/** One rule seen at work. */
export interface CaseReport {
  chain: string;
  title: string;
  saw: string;
  /** What it burned there, base units. */
  burned: bigint;
}

/** The supply identity, in 1e-18 STUN: home + burned at home = cap, and locked = Σ (remote + in flight + held + burned). */
export interface SupplyReport {
  cap: bigint;
  home: bigint;
  locked: bigint;
  remote: Record<string, bigint>;
  inFlight: Record<string, bigint>;
  held: Record<string, bigint>;
  burned: Record<string, bigint>;
  /** True when the identity holds to the last unit. */
  holds: boolean;
}

export interface ChainReport {
  name: string;
  eid: number;
  vm: "evm" | "solana" | "ton";
  token: string;
}

/** What the protocol has and the journey does not show, and where it is shown. */
export const NOT_SHOWN =
  "fees in other assets sold through Uniswap, and jobs settled by a proof (`npm test -- --suite evm`); on Solana and TON there is the token alone";

/** What `npm run demo -- --json` prints. */
export interface DemoResult {
  chains: ChainReport[];
  supply: SupplyReport;
  /** The job and the day's rewards on Base; `home` has those of the home chain. */
  job: JobReport;
  epoch: EpochReportResult;
  home: { job: JobReport; epoch: EpochReportResult };
  channels: PaidChannel[];
  /** What happens when somebody fails, is stopped, or only waits. */
  cases: CaseReport[];
  governance: GovernanceReport[];
  /** Path of the HTML report, relative to the working directory. */
  report: string;
}

/** JSON with every integer as a decimal string: base units do not fit a double. */
export function toJson(result: DemoResult): string {
  return JSON.stringify(result, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value), 2);
}
