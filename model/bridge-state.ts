// The ledger of the whole bridge: what it holds, what can happen to it and what an action causes. The rules are in bridge.ts.
import { CLOSED, configure, type Bucket } from "./bucket";
import { amount, sum } from "./check";
import { SUPPLY_STUN } from "./constants";
import { refuse } from "./machine";
import { NEVER_PAUSED, type Pause } from "./pause";

// Source: protocol, Token and bridge; economics, Supply over all chains.

/** Name of the home chain in the ledger. */
export const HOME = "home";
/** Base units of the ledger for each STUN: everything is counted in 1e-18 STUN. */
export const LEDGER_UNIT = 10n ** 18n;
/** The smallest amount that crosses: 6 shared decimals. */
export const DUST = 10n ** 12n;
/** Upper bound of a remote's mint cap. */
export const MAX_MINT_CAP = 300_000_000n * LEDGER_UNIT;
/** The whole supply. */
export const SUPPLY = SUPPLY_STUN * LEDGER_UNIT;

/** A path's limits at one of its ends, in that chain's base units. */
export interface Limits {
  out: Bucket;
  in: Bucket;
}

/** One remote chain. */
export interface Remote {
  /** 1e-18 STUN in one base unit: 1 with 18 decimals, 1e9 with 9. */
  unit: bigint;
  supply: bigint;
  /** Burned by holders directly. */
  burned: bigint;
  /** Held entries that the timelock voided, at either end: at home still locked, on the remote never minted. */
  voided: bigint;
  /** Messages without a burn or a lock behind them: a fault of the remote or of its path. */
  forged: bigint;
  cap: bigint;
  pause: Pause;
  /** Limits at the remote's own end. */
  limits: Limits;
  /** Limits at home's end of this path. */
  homeLimits: Limits;
  /** What home's adapter lets come back from here; what is held at home is still part of it. */
  outstanding: bigint;
}

/** A message on its way. */
export interface BridgePacket {
  from: string;
  to: string;
  sender: string;
  recipient: string;
  amount: bigint;
  /** Set on the first leg of remote to remote: where the forwarder sends it on. */
  onward: { to: string; recipient: string } | null;
}

/** What arrived and could not be credited: owed to its recipient on `chain`. */
export interface HeldEntry {
  chain: string;
  /** The remote of the path. */
  remote: string;
  /** Empty when the message named nobody who can receive, until the timelock names somebody. */
  recipient: string;
  amount: bigint;
  /** As in BridgePacket: each released part is sent on by itself. */
  onward: BridgePacket["onward"];
  sender: string;
  /** Parts released so far. */
  parts: number;
}

/** The ledger of the whole bridge. Amounts in 1e-18 STUN. */
export interface BridgeState {
  home: {
    burned: bigint;
    /** Tokens in the adapter's account; donations included. */
    balance: bigint;
    /** Sum of outstanding. */
    locked: bigint;
    pause: Pause;
  };
  remotes: Record<string, Remote>;
  /** Undelivered messages by GUID. */
  packets: Record<string, BridgePacket>;
  held: Record<string, HeldEntry>;
  /** First legs that arrived at the forwarder and wait for the second, by GUID. */
  composed: Record<string, BridgePacket>;
  /** Tokens at the forwarder whose onward leg could not be paid, by user. */
  waiting: Record<string, bigint>;
  /** Balances of users by chain. */
  balances: Record<string, Record<string, bigint>>;
  /** Messages ever sent: a GUID never comes back. */
  nonce: bigint;
}

/** Who acts. */
export type BridgeActor = "anyone" | "guardian" | "timelock";

/** Everything that can happen to the bridge. `at` is the time of the chain where it happens, in unix seconds. */
export type BridgeAction =
  | {
      type: "send";
      at: bigint;
      from: string;
      to: string;
      sender: string;
      recipient: string;
      amount: bigint;
      minAmount: bigint;
    }
  | {
      type: "sendThroughHome";
      at: bigint;
      from: string;
      to: string;
      /** The user on the source chain, who is also who the tokens wait for at home. */
      sender: string;
      recipient: string;
      amount: bigint;
      minAmount: bigint;
    }
  | { type: "deliver"; at: bigint; guid: string }
  /** A delivery that reverts: out of gas, or executed in vain. The message stays deliverable. */
  | { type: "failDelivery"; at: bigint; guid: string }
  /** The forwarder's second leg; `paid` false when the fee it was given does not cover it. */
  | { type: "compose"; at: bigint; guid: string; paid: boolean }
  | { type: "collectWaiting"; at: bigint; user: string }
  | { type: "release"; at: bigint; guid: string; maxAmount: bigint }
  | { type: "assign"; at: bigint; by: BridgeActor; guid: string; recipient: string }
  | { type: "void"; at: bigint; by: BridgeActor; guid: string }
  | { type: "burn"; at: bigint; chain: string; holder: string; amount: bigint }
  | { type: "donate"; at: bigint; sender: string; amount: bigint }
  | { type: "forge"; at: bigint; from: string; to: string; recipient: string; amount: bigint }
  | { type: "pause"; at: bigint; by: BridgeActor; chain: string; duration: bigint }
  | { type: "unpause"; at: bigint; by: BridgeActor; chain: string }
  | { type: "setCap"; at: bigint; by: BridgeActor; remote: string; cap: bigint }
  | {
      type: "setLimit";
      at: bigint;
      by: BridgeActor;
      remote: string;
      end: "home" | "remote";
      direction: "out" | "in";
      /** Base units of the chain at that end. */
      capacity: bigint;
      window: bigint;
    };

/** Why a delivery is held: nobody can receive it; the end is paused; its limit is used up; home has less outstanding for the
 * sender's chain, or the remote would exceed its mint cap. */
export type HoldReason = "recipient" | "paused" | "limit" | "room";

/** What an action caused. */
export type BridgeEffect =
  | { type: "sent"; guid: string; from: string; to: string; amount: bigint }
  | { type: "credited"; chain: string; user: string; amount: bigint }
  | { type: "held"; guid: string; chain: string; recipient: string; amount: bigint; reason: HoldReason }
  | { type: "composed"; guid: string; amount: bigint }
  | { type: "waiting"; guid: string; user: string; amount: bigint }
  | { type: "voided"; guid: string; amount: bigint }
  | { type: "burned"; chain: string; amount: bigint };

/** A remote as it is declared. */
export interface RemoteConfig {
  name: string;
  decimals: 18 | 9;
  /** 1e-18 STUN. */
  cap: bigint;
  /** The limit of all four directions, in 1e-18 STUN and seconds; without it the path is closed. */
  limit?: { capacity: bigint; window: bigint };
}

/**
 * The bridge after deployment: the whole supply at home, in `holders`.
 * Errors: MISMATCH when the holders do not add up to the supply, ALREADY_USED for a remote twice, ABOVE_MAXIMUM for a cap.
 */
export function newBridge(holders: Readonly<Record<string, bigint>>, remotes: readonly RemoteConfig[]): BridgeState {
  const total = sum(Object.values(holders));
  if (total !== SUPPLY) {
    refuse("MISMATCH", `The holders have ${total}: they must have the whole supply of ${SUPPLY}.`, { total, SUPPLY });
  }
  const state: BridgeState = {
    home: { burned: 0n, balance: 0n, locked: 0n, pause: NEVER_PAUSED },
    remotes: {},
    packets: {},
    held: {},
    composed: {},
    waiting: {},
    balances: { [HOME]: { ...holders } },
    nonce: 0n,
  };
  for (const { name, decimals, cap, limit } of remotes) {
    if (name === HOME || name in state.remotes) {
      refuse("ALREADY_USED", `The chain '${name}' is named twice: give each remote its own name.`, { name });
    }
    const unit = 10n ** BigInt(18 - decimals);
    const bucket = (end: bigint): Bucket =>
      limit ? configure(CLOSED, limit.capacity / end, limit.window, 0n) : CLOSED;
    state.balances[name] = {};
    state.remotes[name] = {
      unit,
      supply: 0n,
      burned: 0n,
      voided: 0n,
      forged: 0n,
      cap: amount("cap", cap, 0n, MAX_MINT_CAP),
      pause: NEVER_PAUSED,
      limits: { out: bucket(unit), in: bucket(unit) },
      homeLimits: { out: bucket(1n), in: bucket(1n) },
      outstanding: 0n,
    };
  }
  return state;
}

/** What crosses of an amount: multiples of 1e-6 STUN; the rest stays with the sender. Units: 1e-18 STUN. */
export function removeDust(value: bigint): bigint {
  return value - (value % DUST);
}
