import { expect } from "chai";
import fc from "fast-check";
import {
  DAY,
  DUST,
  HOME,
  MAX_MINT_CAP,
  ModelError,
  SUPPLY,
  burnedOn,
  checkBridge,
  checkSupply,
  newBridge,
  publishedSupply,
  removeDust,
  stepBridge,
  supplyOf,
  type BridgeAction,
  type BridgeState,
} from "../../model";
import { expectError } from "./expect-error";
import { holds } from "./seed";

const STUN = 10n ** 18n;
const T0 = 1_800_000_000n;
const WIDE = { capacity: 1_000_000n * STUN, window: DAY };

function fresh(): BridgeState {
  return newBridge({ alice: SUPPLY - 1_000n * STUN, bob: 1_000n * STUN }, [
    { name: "base", decimals: 18, cap: MAX_MINT_CAP, limit: WIDE },
    { name: "solana", decimals: 9, cap: 1_000_000n * STUN, limit: WIDE },
  ]);
}

/** Runs the actions one after the other and checks every rule after each. */
function run(state: BridgeState, ...actions: BridgeAction[]): BridgeState {
  return actions.reduce((current, action) => {
    const next = stepBridge(current, action).state;
    checkBridge(next);
    return next;
  }, state);
}

function send(from: string, to: string, amount: bigint, sender = "alice", at = T0): BridgeAction {
  return { type: "send", at, from, to, sender, recipient: sender, amount, minAmount: 0n };
}

function guidOf(state: BridgeState): string {
  return Object.keys(state.packets).at(-1) ?? "";
}

const deliver = (guid: string, at = T0): BridgeAction => ({ type: "deliver", at, guid });
const limit = (end: "home" | "remote", direction: "out" | "in", capacity: bigint, remote = "base"): BridgeAction => ({
  type: "setLimit",
  at: T0,
  by: "timelock",
  remote,
  end,
  direction,
  capacity,
  window: DAY,
});
const pause = (chain: string, at = T0): BridgeAction => ({ type: "pause", at, by: "guardian", chain, duration: DAY });

/** A state in which alice has `amount` on the remote. */
function crossed(amount: bigint, remote = "base"): BridgeState {
  const sent = run(fresh(), send(HOME, remote, amount));
  return run(sent, deliver(guidOf(sent)));
}

describe("model: bridge", () => {
  it("moves tokens to a remote and back, to the unit", () => {
    let state = crossed(100n * STUN);
    expect(state.balances.base?.alice).to.equal(100n * STUN);
    expect(state.remotes.base?.outstanding).to.equal(100n * STUN);
    state = run(state, send("base", HOME, 100n * STUN));
    state = run(state, deliver(guidOf(state)));
    expect(state.home.locked).to.equal(0n);
    expect(state.balances[HOME]?.alice).to.equal(SUPPLY - 1_000n * STUN);
  });

  it("leaves what is below 6 decimals with the sender", () => {
    const state = crossed(5n * DUST + 7n);
    expect(state.balances.base?.alice).to.equal(5n * DUST);
    expect(state.home.balance).to.equal(5n * DUST);
    expect(removeDust(DUST - 1n)).to.equal(0n);
    expectError("BELOW_MINIMUM", () => stepBridge(state, send(HOME, "base", DUST - 1n)));
    expectError("MISMATCH", () => stepBridge(state, send("solana", HOME, 10n ** 9n + 1n)));
  });

  it("refuses a send that would arrive as less than the sender asked for", () => {
    const action = { ...send(HOME, "base", DUST + 1n), minAmount: DUST + 1n } as BridgeAction;
    expectError("MISMATCH", () => stepBridge(fresh(), action));
    run(fresh(), { ...action, minAmount: DUST } as BridgeAction);
  });

  it("delivers each message once, in any order", () => {
    let state = run(fresh(), send(HOME, "base", STUN), send(HOME, "base", 2n * STUN));
    const [first, second] = Object.keys(state.packets) as [string, string];
    state = run(state, deliver(second), deliver(first));
    expect(state.balances.base?.alice).to.equal(3n * STUN);
    expectError("ALREADY_USED", () => stepBridge(state, deliver(first)));
    expectError("ALREADY_USED", () => stepBridge(state, { type: "failDelivery", at: T0, guid: first }));
  });

  it("keeps a lost or failing message deliverable, and counts it in flight", () => {
    let state = run(fresh(), send(HOME, "base", STUN));
    state = run(state, { type: "failDelivery", at: T0, guid: guidOf(state) });
    expect(supplyOf(state).remotes[0]?.inFlight).to.equal(STUN);
    state = run(state, deliver(guidOf(state), T0 + 365n * DAY));
    expect(state.balances.base?.alice).to.equal(STUN);
  });

  it("has no path between remotes but the forwarder's", () => {
    const state = crossed(10n * STUN);
    expectError("NOT_ALLOWED", () => stepBridge(state, send("base", "solana", STUN)));
    expectError("NOT_ALLOWED", () => stepBridge(state, send(HOME, HOME, STUN)));
    expectError("NOT_FOUND", () => stepBridge(state, send(HOME, "nowhere", STUN)));
  });

  it("refuses the zero recipient at the source", () => {
    const action = { ...send(HOME, "base", STUN), recipient: "" } as BridgeAction;
    expectError("NOT_ALLOWED", () => stepBridge(fresh(), action));
  });

  it("goes from remote to remote in one action, and waits at home when the second leg is not paid", () => {
    const through: BridgeAction = {
      type: "sendThroughHome",
      at: T0,
      from: "base",
      to: "solana",
      sender: "alice",
      recipient: "carol",
      amount: 3n * STUN,
      minAmount: 0n,
    };
    const sent = run(crossed(10n * STUN), through);
    const guid = guidOf(sent);
    const arrived = run(sent, deliver(guid));
    expect(arrived.composed[guid]?.amount).to.equal(3n * STUN);

    let paid = run(arrived, { type: "compose", at: T0, guid, paid: true });
    paid = run(paid, deliver(guidOf(paid)));
    expect(paid.balances.solana?.carol).to.equal(3n * STUN);

    let held = run(sent, pause(HOME), deliver(guid), { type: "release", at: T0 + DAY, guid, maxAmount: STUN });
    held = run(held, { type: "compose", at: T0 + DAY, guid: `${guid}/1`, paid: true });
    expect(held.held[guid]?.amount).to.equal(2n * STUN);
    expect(held.remotes.solana?.outstanding).to.equal(STUN);

    let waits = run(arrived, { type: "compose", at: T0, guid, paid: false });
    expect(waits.waiting.alice).to.equal(3n * STUN);
    waits = run(waits, { type: "collectWaiting", at: T0, user: "alice" });
    expectError("NOTHING_TO_DO", () => stepBridge(waits, { type: "collectWaiting", at: T0, user: "alice" }));
    expectError("NOT_FOUND", () => stepBridge(waits, { type: "compose", at: T0, guid, paid: true }));
    expectError("NOT_ALLOWED", () => stepBridge(waits, { ...through, to: "base" }));
    expectError("NOT_ALLOWED", () => stepBridge(waits, { ...through, to: HOME }));
    expectError("NOT_ALLOWED", () => stepBridge(waits, { ...through, recipient: "" }));
  });

  it("refuses above the limit at the source and makes room again by time and by opposite flow", () => {
    let state = run(fresh(), limit("home", "out", 10n * STUN));
    expectError("LIMIT_EXCEEDED", () => stepBridge(state, send(HOME, "base", 11n * STUN)));
    state = run(state, send(HOME, "base", 10n * STUN));
    expectError("LIMIT_EXCEEDED", () => stepBridge(state, send(HOME, "base", STUN)));
    expect(run(state, send(HOME, "base", 5n * STUN, "alice", T0 + DAY / 2n)).home.locked).to.equal(15n * STUN);
    state = run(state, deliver(guidOf(state)), send("base", HOME, 4n * STUN));
    state = run(state, deliver(guidOf(state)));
    expect(run(state, send(HOME, "base", 4n * STUN)).home.locked).to.equal(10n * STUN);
    expectError("LIMIT_EXCEEDED", () => stepBridge(state, send(HOME, "base", 4n * STUN + DUST)));
  });

  it("holds what arrives above the limit and pays it out in parts, by anyone", () => {
    let state = run(fresh(), limit("remote", "in", 10n * STUN, "base"), send(HOME, "base", 25n * STUN));
    const guid = guidOf(state);
    state = run(state, deliver(guid));
    expect(state.held[guid]?.amount).to.equal(25n * STUN);
    const part = (maxAmount: bigint, at: bigint): BridgeAction => ({ type: "release", at, guid, maxAmount });
    state = run(state, part(25n * STUN, T0));
    expect(state.balances.base?.alice).to.equal(10n * STUN);
    expectError("LIMIT_EXCEEDED", () => stepBridge(state, part(STUN, T0)));
    expectError("LIMIT_EXCEEDED", () => stepBridge(state, part(DUST - 1n, T0 + DAY)));
    expectError("BELOW_MINIMUM", () => stepBridge(state, part(0n, T0 + DAY)));
    state = run(state, part(10n * STUN, T0 + DAY), part(50n * STUN, T0 + 2n * DAY));
    expect(state.balances.base?.alice).to.equal(25n * STUN);
    expectError("NOT_FOUND", () => stepBridge(state, part(1n, T0 + 3n * DAY)));
  });

  it("holds what arrives at a paused end, and refuses new sends there", () => {
    let state = crossed(10n * STUN);
    state = run(state, send("base", HOME, 4n * STUN), pause(HOME));
    const guid = guidOf(state);
    state = run(state, deliver(guid));
    expect(state.held[guid]?.amount).to.equal(4n * STUN);
    expect(state.remotes.base?.outstanding).to.equal(10n * STUN);
    expectError("PAUSED", () => stepBridge(state, send(HOME, "base", STUN)));
    expectError("PAUSED", () => stepBridge(state, { type: "release", at: T0, guid, maxAmount: STUN }));
    state = run(state, { type: "release", at: T0 + DAY, guid, maxAmount: 4n * STUN });
    expect(state.remotes.base?.outstanding).to.equal(6n * STUN);
    expectError("TOO_EARLY", () => stepBridge(state, pause(HOME, T0 + 2n * DAY)));
    run(state, pause(HOME, T0 + 31n * DAY));
  });

  it("never mints above the cap: the rest is held until there is room", () => {
    let state = run(fresh(), { type: "setCap", at: T0, by: "timelock", remote: "base", cap: 3n * STUN });
    state = run(state, send(HOME, "base", 2n * STUN), send(HOME, "base", 2n * STUN));
    const [first, second] = Object.keys(state.packets) as [string, string];
    state = run(state, deliver(first), deliver(second));
    expect(state.remotes.base?.supply).to.equal(2n * STUN);
    state = run(state, { type: "release", at: T0, guid: second, maxAmount: 2n * STUN });
    expect(state.remotes.base?.supply).to.equal(3n * STUN);
    expect(state.held[second]?.amount).to.equal(STUN);
    expectError("LIMIT_EXCEEDED", () => stepBridge(state, { type: "release", at: T0, guid: second, maxAmount: STUN }));
    expectError("ABOVE_MAXIMUM", () =>
      stepBridge(state, { type: "setCap", at: T0, by: "timelock", remote: "base", cap: MAX_MINT_CAP + 1n }),
    );
  });

  it("bounds a faulty remote by what went there", () => {
    const forge = (amount: bigint): BridgeAction => ({
      type: "forge",
      at: T0,
      from: "base",
      to: HOME,
      recipient: "thief",
      amount,
    });
    let state = run(crossed(10n * STUN), forge(11n * STUN));
    const guid = guidOf(state);
    state = run(state, deliver(guid), { type: "release", at: T0, guid, maxAmount: 11n * STUN });
    expect(state.balances[HOME]?.thief).to.equal(10n * STUN);
    expect(state.home.locked).to.equal(0n);
    expectError("LIMIT_EXCEEDED", () => stepBridge(state, { type: "release", at: T0, guid, maxAmount: STUN }));
  });

  it("keeps what names nobody until the timelock names its recipient, once", () => {
    const named = { type: "forge", at: T0, from: HOME, to: "base", recipient: "", amount: STUN } as const;
    let state = run(fresh(), named);
    const guid = guidOf(state);
    const give = (by: "timelock" | "guardian", recipient: string): BridgeAction => ({
      type: "assign",
      at: T0,
      by,
      guid,
      recipient,
    });
    state = run(state, deliver(guid));
    expectError("NOT_ALLOWED", () => stepBridge(state, { type: "release", at: T0, guid, maxAmount: STUN }));
    expectError("WRONG_PARTY", () => stepBridge(state, give("guardian", "bob")));
    expectError("NOT_ALLOWED", () => stepBridge(state, give("timelock", "")));
    state = run(state, give("timelock", "bob"));
    expectError("NOT_ALLOWED", () => stepBridge(state, give("timelock", "carol")));
    state = run(state, { type: "release", at: T0, guid, maxAmount: STUN });
    expect(state.balances.base?.bob).to.equal(STUN);
  });

  it("lets the timelock void a held entry: at home the tokens still back the remote", () => {
    let state = run(crossed(10n * STUN), pause(HOME), {
      type: "forge",
      at: T0,
      from: "base",
      to: HOME,
      recipient: "thief",
      amount: 10n * STUN,
    });
    const guid = guidOf(state);
    state = run(state, deliver(guid));
    expectError("WRONG_PARTY", () => stepBridge(state, { type: "void", at: T0, by: "guardian", guid }));
    state = run(state, { type: "void", at: T0, by: "timelock", guid });
    expect(state.remotes.base?.outstanding).to.equal(10n * STUN);
    state = run(state, send("base", HOME, 10n * STUN, "alice", T0 + DAY));
    state = run(state, deliver(guidOf(state), T0 + DAY));
    expect(state.balances[HOME]?.alice).to.equal(SUPPLY - 1_000n * STUN);
    expect(state.balances[HOME]?.thief).to.equal(undefined);
  });

  it("voids an entry held on a remote too: it stays locked at home and counts as burned", () => {
    let state = run(fresh(), pause("base"), send(HOME, "base", STUN));
    const guid = guidOf(state);
    state = run(state, deliver(guid), { type: "void", at: T0, by: "timelock", guid });
    expect(publishedSupply(supplyOf(state))).to.equal(SUPPLY - STUN);
  });

  it("keeps what a remote burns locked at home and takes it off the published supply", () => {
    const state = run(
      crossed(10n * STUN),
      { type: "burn", at: T0, chain: "base", holder: "alice", amount: 3n },
      { type: "burn", at: T0, chain: HOME, holder: "bob", amount: 5n },
      { type: "donate", at: T0, sender: "bob", amount: 2n },
    );
    const snapshot = supplyOf(state);
    checkSupply(snapshot);
    expect(snapshot.locked).to.equal(10n * STUN);
    expect(snapshot.adapterBalance).to.equal(10n * STUN + 2n);
    expect(publishedSupply(snapshot)).to.equal(SUPPLY - 8n);
    expect(snapshot.remotes.map(burnedOn)).to.deep.equal([3n, 0n]);
    expectError("MISMATCH", () =>
      stepBridge(crossed(STUN, "solana"), { type: "burn", at: T0, chain: "solana", holder: "alice", amount: 3n }),
    );
  });

  it("gives each power to its holder alone", () => {
    const state = fresh();
    const owned: BridgeAction[] = [
      { type: "setCap", at: T0, by: "anyone", remote: "base", cap: 1n },
      { ...limit("home", "in", 1n), by: "guardian" } as BridgeAction,
      { type: "pause", at: T0, by: "timelock", chain: HOME, duration: 1n },
      { type: "pause", at: T0, by: "anyone", chain: HOME, duration: 1n },
      { type: "unpause", at: T0, by: "anyone", chain: HOME },
      { type: "void", at: T0, by: "anyone", guid: "x" },
    ];
    for (const action of owned) expectError("WRONG_PARTY", () => stepBridge(state, action));
    expectError("ABOVE_MAXIMUM", () => stepBridge(state, { ...pause(HOME), duration: 7n * DAY + 1n } as BridgeAction));
    const paused = run(state, pause(HOME), { type: "unpause", at: T0, by: "timelock", chain: HOME });
    run(paused, send(HOME, "base", STUN));
  });

  it("lets nothing through a path without limits: sends are refused, arrivals held", () => {
    let state = newBridge({ alice: SUPPLY }, [{ name: "base", decimals: 18, cap: MAX_MINT_CAP }]);
    expectError("LIMIT_EXCEEDED", () => stepBridge(state, send(HOME, "base", DUST)));
    state = run(state, limit("home", "out", STUN), send(HOME, "base", STUN));
    const guid = guidOf(state);
    state = run(state, deliver(guid), limit("remote", "in", STUN), { type: "release", at: T0, guid, maxAmount: STUN });
    expect(state.balances.base?.alice).to.equal(STUN);
  });

  it("refuses a deployment that does not distribute the whole supply, or names a chain twice", () => {
    expectError("MISMATCH", () => newBridge({ alice: 1n }, []));
    const remote = { name: "base", decimals: 18, cap: 0n } as const;
    expectError("ALREADY_USED", () => newBridge({ alice: SUPPLY }, [remote, remote]));
    expectError("ALREADY_USED", () => newBridge({ alice: SUPPLY }, [{ ...remote, name: HOME }]));
    expectError("ABOVE_MAXIMUM", () => newBridge({ alice: SUPPLY }, [{ ...remote, cap: MAX_MINT_CAP + 1n }]));
  });

  it("finds each way in which a supply can be wrong", () => {
    const good = supplyOf(crossed(10n * STUN));
    const [base, solana] = good.remotes;
    if (base === undefined || solana === undefined) throw new Error("the bridge has two remotes");
    const wrong = [
      { ...good, homeSupply: good.homeSupply + 1n },
      { ...good, locked: good.locked + 1n },
      { ...good, adapterBalance: good.locked - 1n },
      { ...good, remotes: [{ ...base, supply: base.supply + 1n }, solana] },
      { ...good, remotes: [{ ...base, supply: base.supply + 1n, burned: -1n }, solana] },
    ];
    for (const snapshot of wrong) expectError("INVARIANT_BROKEN", () => checkSupply(snapshot));
    const state = crossed(10n * STUN);
    expectError("INVARIANT_BROKEN", () => checkBridge({ ...state, balances: { ...state.balances, base: {} } }));
  });

  it("holds every rule through random transfers, faults, pauses, limits, burns and forgeries", () => {
    const chains = fc.constantFrom(HOME, "base", "solana");
    const users = fc.constantFrom("alice", "bob", "carol");
    const amounts = fc.oneof(
      fc.bigInt({ min: 1n, max: 2_000n }).map((n) => n * 10n ** 15n),
      fc.bigInt({ min: 0n, max: 30n * STUN }),
      fc.bigInt({ min: 1n, max: 30n }).map((n) => n * STUN),
    );
    const action = fc.record({
      kind: fc.nat(19),
      from: chains,
      to: chains,
      user: users,
      amount: amounts,
      pick: fc.nat(1_000),
      wait: fc.bigInt({ min: 0n, max: DAY }),
      flag: fc.boolean(),
    });
    let applied = 0;
    holds(
      fc.property(fc.array(action, { minLength: 20, maxLength: 60 }), fc.boolean(), (list, faulty) => {
        let state = fresh();
        let at = T0;
        for (const a of list) {
          at += a.wait;
          const before = JSON.stringify(state, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value));
          const next = randomAction(state, a, at, faulty);
          try {
            state = stepBridge(state, next).state;
            applied++;
          } catch (error) {
            if (!(error instanceof ModelError) || error.code === "INVARIANT_BROKEN") throw error;
            const after = JSON.stringify(state, (_, value: unknown) =>
              typeof value === "bigint" ? `${value}` : value,
            );
            expect(after).to.equal(before);
          }
          checkBridge(state);
          for (const [name, remote] of Object.entries(state.remotes)) {
            expect(remote.supply <= MAX_MINT_CAP, name).to.equal(true);
          }
        }
      }),
      80,
    );
    expect(applied).to.be.greaterThan(300);
  });
});

interface Choice {
  kind: number;
  from: string;
  to: string;
  user: string;
  amount: bigint;
  pick: number;
  flag: boolean;
}

function randomAction(state: BridgeState, a: Choice, at: bigint, faulty: boolean): BridgeAction {
  const remote = a.from === HOME ? (a.to === HOME ? "base" : a.to) : a.from;
  const key = (record: object): string => {
    const keys = Object.keys(record);
    return keys[a.pick % Math.max(keys.length, 1)] ?? "none";
  };
  const transfer = { at, sender: a.user, recipient: a.user, amount: a.amount, minAmount: 0n };
  if (a.kind < 6) return { type: "send", ...transfer, from: a.from, to: a.from === HOME ? remote : HOME };
  if (a.kind < 11) return { type: "deliver", at, guid: key(state.packets) };
  switch (a.kind) {
    case 11:
      return { type: "sendThroughHome", ...transfer, from: remote, to: remote === "base" ? "solana" : "base" };
    case 12:
      return { type: "compose", at, guid: key(state.composed), paid: a.flag };
    case 13:
      return { type: "collectWaiting", at, user: a.user };
    case 14: {
      const guid = key(state.held);
      const most = state.held[guid]?.amount ?? 1n;
      return { type: "release", at, guid, maxAmount: a.flag ? most : most / 2n };
    }
    case 15:
      return { type: "void", at, by: "timelock", guid: key(state.held) };
    case 16:
      return { type: "burn", at, chain: a.from, holder: a.user, amount: a.amount };
    case 17:
      return { type: "pause", at, by: "guardian", chain: a.from, duration: 3_600n };
    case 18: {
      const [end, direction] = [a.pick % 2 === 0 ? "home" : "remote", a.flag ? "out" : "in"] as const;
      const unit = end === "home" ? 1n : (state.remotes[remote]?.unit ?? 1n);
      return {
        type: "setLimit",
        at,
        by: "timelock",
        remote,
        end,
        direction,
        capacity: (40n * STUN) / unit,
        window: DAY,
      };
    }
    default:
      if (!faulty) return { type: "donate", at, sender: a.user, amount: a.amount };
      return {
        type: "forge",
        at,
        from: a.flag ? remote : HOME,
        to: a.flag ? HOME : remote,
        recipient: a.pick % 3 === 0 ? "" : "thief",
        amount: a.amount,
      };
  }
}
