// Source: economics, head and Supply and distribution.

/** Basis points of one whole. */
export const BPS = 10_000n;
/** Seconds of a day. */
export const DAY = 86_400n;
/** Seconds of a year: 365 days. */
export const YEAR = 365n * DAY;
/** Shortest duration of the protocol, in seconds. */
export const MIN_DURATION = 600n;
/** The whole supply, in whole STUN. */
export const SUPPLY_STUN = 1_000_000_000n;
/** Largest value of a uint256, the widest amount of any chain. */
export const MAX_UINT256 = (1n << 256n) - 1n;
