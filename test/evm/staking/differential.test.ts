import {
  EXIT_DELAY,
  NEVER_PAUSED,
  checkStakePool,
  claimable,
  freeReserve,
  isPaused,
  newStakePool,
  outstandingReward,
  stakeVotes,
  stepStake,
  uncollected,
  type StakeAction,
  type StakePool,
  type Pause,
} from "../../../model";
import { Differential, latest, type Call, type Fact, type Meanings } from "../differential";
import { DAY, deploy, STUN, ZERO } from "../kit";
import { PAUSE_KINDS, PAUSE_MEANINGS, PAUSE_REFUSALS, pauseFacts, randomPause } from "../pauses";
import { MAX_LOCK, MIN_LOCK, RESERVE, sendAs, staking, type Staking } from "./fixture";

/** Calls in one world: beyond that its clock would leave the 32 bits of some times. */
const WORLD = 1_000;

const MEANINGS: Meanings = {
  ...PAUSE_MEANINGS,
  BELOW_MINIMUM: ["InvalidPrincipal", "InvalidLock", "InvalidPause"],
  ABOVE_MAXIMUM: ["InvalidLock", "InvalidPause"],
  INSUFFICIENT: ["RewardUnavailable", "InsufficientBond"],
  NOT_FOUND: ["UnknownPosition"],
  WRONG_STATE: ["Exiting", "NotBonded", "ExitNotRequested", "BondLocked", "ProviderExiting"],
  ALREADY_USED: ["AlreadyBonded"],
  TOO_EARLY: ["Locked", "ExitDelay", "PauseCooldown"],
  NOTHING_TO_DO: ["NothingEarned", "NothingSlashed"],
  PAUSED: ["EntryPaused"],
};

const KINDS = [
  ...["open", "renew", "claim", "bond", "requestExit", "unbond", "exit", "lockBond", "unlockBond", "slashBond"],
  ...["collectSlashed", "addReserve", "delegate", ...PAUSE_KINDS],
] as const;

/** The world of the other tests with a second escrow. */
interface World extends Staking {
  other: { address: string };
}

type Made = { action: StakeAction; call: Call };

/** What a call is to be, at a moment that was chosen for it. */
interface Wish {
  type: "exit" | "unbond";
  owner: string;
  id: string;
  /** The first second at which it can work. */
  from: bigint;
}

/** Exits and ends of bonds that become possible after `at`. */
function wishes(pool: StakePool, at: bigint): Wish[] {
  return Object.entries(pool.positions)
    .flatMap(([id, { owner, end }]): Wish[] => {
      const bond = pool.bonds[owner];
      const asked = bond?.id === id ? bond.exitRequestedAt : null;
      const left: Wish[] = asked === null ? [] : [{ type: "unbond", owner, id, from: asked + EXIT_DELAY }];
      return [{ type: "exit", owner, id, from: end }, ...left];
    })
    .filter(({ from }) => from > at)
    .sort((a, b) => (a.from < b.from ? -1 : 1));
}

/** A random call and the action that it is. */
function random(
  run: Differential,
  world: World,
  pool: StakePool,
  paused: boolean,
  at: bigint,
  wish: Wish | null,
): Made {
  const { random } = run;
  const { staking: to, escrow, other, alice, bob } = world;
  // an escrow reaches no bond but its own
  const by = (random.oneIn(5n) ? other : escrow).address;
  const owner = wish?.owner ?? random.pick([alice, bob]).address;
  const own = Object.entries(pool.positions).filter(([, position]) => position.owner === owner);
  const drawn = own.length && !random.oneIn(20n) ? random.pick(own)[0] : String(random.between(1n, pool.lastId + 1n));
  const id = wish?.id ?? drawn;
  const bonded = pool.bonds[owner]?.id;
  const kind = random.pick<StakeAction["type"]>([
    ...(own.length > 5 ? [] : (["open"] as const)),
    ...(["renew", "claim", "bond", "bond", "requestExit", "unbond", "exit", "exit"] as const),
    ...(["lockBond", "lockBond", "unlockBond", "slashBond", "collectSlashed", "addReserve", "delegate"] as const),
  ]);
  const type = wish?.type ?? kind;
  const lock = random.oneIn(20n)
    ? random.pick([MAX_LOCK + 1n, MIN_LOCK - 1n])
    : random.oneIn(2n)
      ? MIN_LOCK
      : random.between(MIN_LOCK, MAX_LOCK);
  const minReward = random.oneIn(3n) ? random.pick([1n, 100_000n * STUN]) : 0n;
  const amount = random.between(1n, 2_000n * STUN);
  const made = (action: StakeAction, from: string, ...args: unknown[]): Made => ({
    action,
    call: { kind: action.type, at, from, to, method: action.type, args },
  });
  switch (type) {
    case "open": {
      // large ones use the reserve up
      const most = random.oneIn(3n) ? 1_000_000n * STUN : 50_000n * STUN;
      const principal = random.oneIn(9n) ? STUN - random.between(0n, 1n) : random.between(STUN, most);
      return made({ type, at, owner, principal, lock, minReward, paused }, owner, principal, lock, minReward);
    }
    case "renew": {
      const add = random.oneIn(3n) ? 0n : amount;
      return made({ type, at, owner, id, add, lock, minReward }, owner, id, add, lock, minReward);
    }
    case "bond":
      return made({ type, at, owner, id, escrow: by }, owner, id, by);
    case "lockBond":
    case "unlockBond":
      return made({ type, at, escrow: by, provider: owner, amount }, by, owner, amount);
    case "slashBond": {
      const slash = random.between(0n, 2_000n * STUN);
      const action = { type, at, escrow: by, provider: owner, locked: amount, slash };
      return made(action, by, owner, amount, slash);
    }
    case "collectSlashed":
      return made({ type, at, escrow: by }, owner, by);
    case "addReserve":
      return made({ type, at, amount: amount / 1_000n + 1n }, owner, amount / 1_000n + 1n);
    case "delegate": {
      const target = random.pick([alice.address, bob.address, world.stranger.address, ZERO]);
      return made({ type, at, owner, to: target === ZERO ? "" : target }, owner, target);
    }
    default: {
      // leaving is of the bonded position or of nothing
      const leaving = type === "requestExit" || type === "unbond";
      const which = leaving && bonded !== undefined && !random.oneIn(4n) ? bonded : id;
      return made({ type, at, owner, id: which }, owner, which);
    }
  }
}

/** Everything that the model knows of a pool, as the contract says it. */
function factsOf(run: Differential, world: World, pool: StakePool, at: bigint): Fact[] {
  const { staking: contract, token, escrow, other, alice, bob, stranger } = world;
  const facts: Fact[] = [];
  const add = (...fact: Parameters<Differential["fact"]>): void => void facts.push(run.fact(...fact));
  const positions = Object.entries(pool.positions);
  for (const [id, p] of positions) {
    const held = pool.bonds[p.owner];
    const bondedTo = held?.id === id ? held.escrow : 0n;
    add(
      contract,
      "positionOf",
      [p.owner, id],
      [
        ...[
          p.principal,
          p.rate,
          p.start,
          p.end,
          p.multiplier,
          bondedTo,
          outstandingReward(p),
          claimable(p, at),
          p.exiting,
        ],
      ],
    );
  }
  for (const { address } of [alice, bob]) {
    const held = pool.bonds[address];
    const principal = (held && pool.positions[held.id]?.principal) ?? 0n;
    const bond = [held?.id ?? 0, principal, held?.locked ?? 0, held?.exitRequestedAt ?? 0];
    add(contract, "bondOf", [address], [held?.escrow ?? 0n, ...bond]);
    // an id that was never given out, or is gone
    if (!pool.positions[pool.lastId.toString()]) add(contract, "positionOf", [address, pool.lastId], null);
    add(contract, "delegates", [address], [pool.delegates[address] || 0n]);
  }
  for (const { address } of [alice, bob, stranger]) add(contract, "getVotes", [address], [stakeVotes(pool, address)]);
  const principal = positions.reduce((sum, [, p]) => sum + p.principal, 0n);
  const promised = positions.reduce((sum, [, p]) => sum + outstandingReward(p), 0n);
  add(contract, "totals", [], [principal + uncollected(pool), promised]);
  add(contract, "freeReserve", [], [freeReserve(pool)]);
  for (const { address } of [escrow, other]) {
    const left = pool.slashed[address] ?? { toBurn: 0n, owed: 0n };
    add(contract, "slashedAt", [address], [left.toBurn, left.owed]);
    for (const who of [alice, bob]) {
      add(contract, "slashesOf", [address, who.address], [pool.slashes[address]?.[who.address] ?? 0n]);
    }
  }
  add(contract, "burned", [], [pool.burned]);
  add(token, "balanceOf", [contract.target], [pool.balance]);
  return facts;
}

describe("VotingStaking against the model", () => {
  it("agrees to the last unit, in all that it stores, after each random call", async () => {
    const refusals = [...Object.values(MEANINGS).flat(), ...PAUSE_REFUSALS];
    const run = new Differential("staking", MEANINGS, { kinds: KINDS, refusals });
    while (run.unfinished) {
      const world = { ...(await staking("VotingStaking")), other: await sendAs(await deploy("HostileEscrow")) };
      await run.begin([world.staking, world.token]);
      let at = await latest();
      let pause: Pause = NEVER_PAUSED;
      let pool = stepStake(newStakePool(STUN), { type: "addReserve", at, amount: RESERVE }).state;
      for (let i = 0; i < WORLD && run.unfinished; i++) {
        at += run.random.between(1n, run.random.oneIn(4n) ? 60n * DAY : DAY);
        if (run.random.oneIn(25n)) {
          pause = await randomPause(run, world, world.staking, pause, at);
        } else {
          // the second from which something works, and the one before
          const wish = run.random.oneIn(8n) ? (wishes(pool, at)[0] ?? null) : null;
          if (wish) at = wish.from - run.random.between(0n, 1n);
          const { action, call } = random(run, world, pool, isPaused(pause, at), at, wish);
          pool = (await run.step(call, () => stepStake(pool, action)))?.state ?? pool;
          checkStakePool(pool);
        }
        await run.compare([...factsOf(run, world, pool, at), ...pauseFacts(run, world.staking, pause)]);
      }
    }
    run.finish();
  });
});
