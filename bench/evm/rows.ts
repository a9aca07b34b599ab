// The operations that are compared: what each may cost, what it cannot cost less than, and who else does it.

/** A number that a peer publishes itself; its contracts are in no package registry. */
export interface Published {
  who: string;
  gas: number;
  source: string;
}

/** A number that is measured here, by the peer's own artifact. */
export interface Measured {
  who: string;
  /** Name of the measurement, see peers/. */
  measure: string;
}

export interface Row {
  /** Name of the measurements of ours and of the floor. */
  id: string;
  operation: string;
  /** What the transaction finds and leaves. */
  state: string;
  /** Most that ours may cost: gas, or a part of the floor in BPS. */
  ceiling: { gas: number } | { bpsOfFloor: number };
  peers: (Published | Measured)[];
}

/** Gas of a storage slot that was zero, above one that was not. */
export const FRESH_SLOT = 17_100;

const WARM = "tokens and credits already non-zero";
const JOB = "paid in STUN, with a model and its royalty; tokens and credits already non-zero";
const IEXEC = "iExec PoCo 6.1.0";
const BOOST = "iExec PoCo Boost 6.1.0";
const SABLIER = "Sablier Lockup 4.0.1";
const WALLET = "OpenZeppelin VestingWallet 5.7";
const DISTRIBUTOR = "Uniswap MerkleDistributor 1.0.1 (pays once, one root)";
const REWARDS = "StakingRewards (liquidity-staker 1.0.2; no votes, no bond)";
const boundless = (what: string, gas: number, file = "BoundlessMarketBasicTest"): Published => ({
  who: `Boundless ${what}`,
  gas,
  source: `boundless-xyz/boundless, contracts/snapshots/${file}.json at 3835bc4`,
});

export const ROWS: readonly Row[] = [
  {
    id: "job.create",
    operation: "create + fund + assign by signed offer, bond locked",
    state: `${JOB}; the job's two slots are fresh, an offer was used before`,
    ceiling: { gas: 120_000 },
    peers: [
      { who: `${IEXEC} matchOrders`, measure: "iexec.match" },
      { who: `${BOOST} matchOrdersBoost`, measure: "boost.match" },
      boundless("lockinRequest", 149_434),
    ],
  },
  {
    id: "job.settle",
    operation: "settle one job, 3-of-5, parts credited",
    state: `${JOB}, a referrer; 80 of 100 units, so that the payer is credited too; signed by the first three of five members (each one that is passed over adds some 100 gas)`,
    ceiling: { gas: 88_000 },
    peers: [
      { who: `${IEXEC} contributeAndFinalize (1 signature)`, measure: "iexec.settle" },
      { who: `${BOOST} pushResultBoost (1 signature)`, measure: "boost.settle" },
      boundless("fulfill, a locked request", 116_712),
    ],
  },
  {
    id: "job.batch",
    operation: "each further job of a batch of 50",
    state: `${JOB}; one payer, every job of another provider and another model`,
    ceiling: { gas: 32_000 },
    peers: [
      { who: `${IEXEC} initializeArray of 50, alone`, measure: "iexec.initialize" },
      boundless("fulfill, batch of 64, its cheapest version", 41_829, "BoundlessMarketLegacyViaFallbackBench"),
    ],
  },
  {
    id: "channel.redeem",
    operation: "channel redeem with full fee split",
    state: `${JOB}, a referrer; not the first redeem`,
    ceiling: { gas: 65_000 },
    peers: [
      { who: "HOPR HoprChannels 1.91.24 redeemTicket (no fees)", measure: "hopr.redeem" },
      { who: "Raiden 0.50.2 setTotalWithdraw (no fees)", measure: "raiden.withdraw" },
    ],
  },
  {
    id: "job.slash.reopen",
    operation: "slash on a missed deadline, job reopened",
    state: `${JOB}; not the first slash`,
    ceiling: { gas: 75_000 },
    peers: [
      { who: `${IEXEC} claim`, measure: "iexec.slash" },
      { who: `${BOOST} claimBoost`, measure: "boost.slash" },
      boundless("slash", 101_892),
    ],
  },
  {
    id: "job.slash.refund",
    operation: "slash on a missed deadline, payer refunded",
    state: `${JOB}; not the first slash`,
    ceiling: { gas: 75_000 },
    peers: [
      { who: `${IEXEC} claim`, measure: "iexec.slash" },
      { who: `${BOOST} claimBoost`, measure: "boost.slash" },
      boundless("slash", 101_892),
    ],
  },
  {
    id: "vesting.claim.later",
    operation: "vesting claim, later",
    state: WARM,
    ceiling: { gas: 48_000 },
    peers: [
      { who: `${SABLIER} withdraw`, measure: "sablier.claim.later" },
      { who: `${WALLET} release`, measure: "wallet.claim.later" },
    ],
  },
  {
    id: "vesting.claim.first",
    operation: "vesting claim, first",
    state: "the beneficiary holds no tokens: one fresh slot (a second one in VestingWallet)",
    ceiling: { gas: 66_000 },
    peers: [
      { who: `${SABLIER} withdraw`, measure: "sablier.claim.first" },
      { who: `${WALLET} release`, measure: "wallet.claim.first" },
    ],
  },
  {
    id: "vesting.grant",
    operation: "vesting grant, alone",
    state: "not the first grant; the grant's slots are fresh",
    ceiling: { gas: 121_000 },
    peers: [
      { who: `${SABLIER} createWithDurationsLL`, measure: "sablier.grant" },
      { who: `${WALLET} deployment`, measure: "wallet.grant" },
    ],
  },
  {
    id: "vesting.grant.batch",
    operation: "vesting grant, each of 50",
    state: "not the first grant; the grants' slots are fresh",
    ceiling: { gas: 53_000 },
    peers: [{ who: `${SABLIER} SablierBatchLockup`, measure: "sablier.grant.batch" }],
  },
  {
    id: "claim.later",
    operation: "cumulative claim at depth 17, later",
    state: `${WARM}; the report was accepted before`,
    ceiling: { gas: 66_000 },
    peers: [{ who: DISTRIBUTOR, measure: "distributor.later" }],
  },
  {
    id: "claim.first",
    operation: "cumulative claim at depth 17, first",
    state: "the account holds no tokens and was never paid: two fresh slots; the report was accepted before",
    ceiling: { gas: 101_000 },
    peers: [{ who: DISTRIBUTOR, measure: "distributor.first" }],
  },
  {
    id: "stake.open",
    operation: "stake open",
    state: "a remote chain's staking, without votes; not the first position; the position's two slots are fresh",
    ceiling: { bpsOfFloor: 11_200 },
    peers: [{ who: `${REWARDS} stake`, measure: "rewards.open" }],
  },
  {
    id: "stake.claim",
    operation: "stake claim",
    state: `${WARM}; the first claim of its position`,
    ceiling: { bpsOfFloor: 11_200 },
    peers: [{ who: `${REWARDS} getReward`, measure: "rewards.claim" }],
  },
  {
    id: "stake.exit",
    operation: "stake exit",
    state: `${WARM}; not bonded, and its reward was claimed before`,
    ceiling: { bpsOfFloor: 11_200 },
    peers: [{ who: `${REWARDS} exit`, measure: "rewards.exit" }],
  },
];
