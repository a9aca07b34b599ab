import { HOME, SUPPLY, type BridgeState } from "./bridge";
import { sum } from "./check";
import { mustEqual, mustNotExceed } from "./machine";

/** One remote as its chain and home's adapter show it, in 1e-18 STUN. */
export interface RemoteSupply {
  name: string;
  /** Counter of home's adapter. */
  outstanding: bigint;
  supply: bigint;
  /** Sent and not yet delivered, both directions. */
  inFlight: bigint;
  /** Held on the remote, and held at home for messages of it. */
  held: bigint;
  /** Burned on the remote, directly or by voiding. */
  burned: bigint;
}

/** The supply over all chains. Anybody can fill it from chains; amounts in 1e-18 STUN. */
export interface SupplySnapshot {
  homeSupply: bigint;
  homeBurned: bigint;
  locked: bigint;
  /** Tokens in the adapter's account. */
  adapterBalance: bigint;
  remotes: readonly RemoteSupply[];
}

/** What was burned on a remote, by subtraction, as anyone may burn a token directly. */
export function burnedOn(remote: Omit<RemoteSupply, "burned">): bigint {
  return remote.outstanding - remote.supply - remote.inFlight - remote.held;
}

/** What users and the market can count on: the supply at home without what was burned on remotes, which stays locked. */
export function publishedSupply(snapshot: SupplySnapshot): bigint {
  return snapshot.homeSupply - sum(snapshot.remotes.map((remote) => remote.burned));
}

/**
 * The supply identity, exact to the last unit. Errors: INVARIANT_BROKEN with the rule and both sides.
 * Source: economics, Supply over all chains.
 */
export function checkSupply(snapshot: SupplySnapshot): void {
  mustEqual("home supply = 1,000,000,000 STUN - burned at home", snapshot.homeSupply, SUPPLY - snapshot.homeBurned);
  for (const r of snapshot.remotes) {
    const accounted = r.supply + r.inFlight + r.held + r.burned;
    mustEqual(`outstanding[${r.name}] = supply + in flight + held + burned`, r.outstanding, accounted);
    for (const [part, value] of Object.entries({ ...r, name: 0n }))
      mustNotExceed(`0 ≤ ${part} of ${r.name}`, 0n, value);
  }
  mustEqual("Σ outstanding = locked", sum(snapshot.remotes.map((r) => r.outstanding)), snapshot.locked);
  mustNotExceed("locked ≤ balance of the adapter", snapshot.locked, snapshot.adapterBalance);
}

/** The supply over all chains of a modelled bridge. A forged message counts against what was burned. */
export function supplyOf(state: BridgeState): SupplySnapshot {
  const remotes = Object.entries(state.remotes).map(([name, remote]) => ({
    name,
    outstanding: remote.outstanding,
    supply: remote.supply,
    inFlight: sum(Object.values(state.packets).map((p) => (p.from === name || p.to === name ? p.amount : 0n))),
    held: sum(Object.values(state.held).map((h) => (h.remote === name ? h.amount : 0n))),
    burned: remote.burned + remote.voided - remote.forged,
  }));
  return {
    homeSupply: SUPPLY - state.home.burned,
    homeBurned: state.home.burned,
    locked: state.home.locked,
    adapterBalance: state.home.balance,
    remotes,
  };
}

/**
 * Every rule of a modelled bridge: the supply identity where no message was forged, and always that the tokens of each chain are
 * where the ledger says. Errors: INVARIANT_BROKEN.
 */
export function checkBridge(state: BridgeState): void {
  const snapshot = supplyOf(state);
  const honest = Object.values(state.remotes).every((remote) => remote.forged === 0n);
  if (honest) checkSupply(snapshot);
  mustEqual("Σ outstanding = locked", sum(snapshot.remotes.map((r) => r.outstanding)), state.home.locked);
  mustNotExceed("locked ≤ balance of the adapter", state.home.locked, state.home.balance);
  const atForwarder = sum(Object.values(state.composed).map((p) => p.amount)) + sum(Object.values(state.waiting));
  const users = sum(Object.values(state.balances[HOME] ?? {}));
  mustEqual("tokens at home = supply at home", users + state.home.balance + atForwarder, snapshot.homeSupply);
  for (const remote of snapshot.remotes) {
    const accounted = remote.supply + remote.inFlight + remote.held + remote.burned;
    mustEqual(`outstanding[${remote.name}] = supply + in flight + held + burned`, remote.outstanding, accounted);
    mustEqual(
      `balances on ${remote.name} = supply`,
      sum(Object.values(state.balances[remote.name] ?? {})),
      remote.supply,
    );
    mustNotExceed(`0 ≤ outstanding of ${remote.name}`, 0n, remote.outstanding);
  }
}
