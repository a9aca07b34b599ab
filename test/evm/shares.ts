/**
 * Calls that each differential test of the EVM makes at least in one run; total.ts adds up what was really done. Accepted and refused
 * calls count alike: each was foretold by the model.
 */
export const SHARES = {
  vesting: 2_000,
  emission: 2_600,
  staking: 4_000,
  bridge: 160,
  buyback: 1_000,
  committee: 1_500,
  governance: 400,
  treasury: 1_000,
  registry: 1_500,
  incentives: 800,
  jobs: 3_500,
  channels: 3_000,
} as const;

/** What all of them make at least, in one run of the EVM's tests. */
export const LEAST_CALLS = 20_000;

/** A differential test. */
export type Share = keyof typeof SHARES;
