import { expect } from "chai";
import fc from "fast-check";
import {
  DAY,
  EXIT_DELAY,
  MAX_LOCK,
  MIN_LOCK,
  ModelError,
  checkStakePool,
  claimable,
  freeReserve,
  newStakePool,
  stakeReward,
  stakeVotes,
  stepStake,
  uncollected,
  type StakeAction,
  type StakePool,
} from "../../model";
import { expectError } from "./expect-error";
import { holds } from "./seed";

const STUN = 10n ** 18n;
const T0 = 1_800_000_000n;

function run(pool: StakePool, ...actions: StakeAction[]): StakePool {
  return actions.reduce((current, action) => {
    const next = stepStake(current, action).state;
    checkStakePool(next);
    return next;
  }, pool);
}

const reserve = (amount: bigint): StakeAction => ({ type: "addReserve", at: T0, amount });
const open = (principal: bigint, lock: bigint, minReward = 0n, at = T0): StakeAction => ({
  type: "open",
  at,
  owner: "alice",
  principal,
  lock,
  minReward,
});
const own = (type: "claim" | "requestExit" | "unbond" | "exit", at: bigint, id = "1"): StakeAction => ({
  type,
  at,
  owner: "alice",
  id,
});
const renew = (at: bigint, add: bigint, lock: bigint, minReward = 0n): StakeAction => ({
  type: "renew",
  at,
  owner: "alice",
  id: "1",
  add,
  lock,
  minReward,
});
const bond: StakeAction = { type: "bond", at: T0, owner: "alice", id: "1", escrow: "escrow" };
const lockBond = (amount: bigint, escrow = "escrow"): StakeAction => ({
  type: "lockBond",
  at: T0,
  escrow,
  provider: "alice",
  amount,
});
const slash = (locked: bigint, amount: bigint, at = T0, escrow = "escrow"): StakeAction => ({
  type: "slashBond",
  at,
  escrow,
  provider: "alice",
  locked,
  slash: amount,
});

/** A pool with 1,000,000 STUN of reserve, and alice's position 1 of 1,000 STUN for 100 days, bonded. */
function staked(lock = 100n * DAY): StakePool {
  return run(newStakePool(STUN), reserve(1_000_000n * STUN), open(1_000n * STUN, lock), bond);
}

describe("model: position", () => {
  it("reserves the whole reward when it opens, and pays it by the second", () => {
    const full = stakeReward(1_000n * STUN, 100n * DAY, 100n * DAY);
    let pool = staked();
    expect(freeReserve(pool)).to.equal(1_000_000n * STUN - full);
    pool = run(pool, own("claim", T0 + 50n * DAY));
    expect(pool.balance).to.equal(1_001_000n * STUN - stakeReward(1_000n * STUN, 100n * DAY, 50n * DAY));
    pool = run(pool, own("claim", T0 + 500n * DAY));
    expect(pool.balance).to.equal(1_001_000n * STUN - full);
    expectError("NOTHING_TO_DO", () => stepStake(pool, own("claim", T0 + 501n * DAY)));
  });

  it("opens at rate 0 with an empty reserve, and votes, bonds and multiplies all the same", () => {
    const pool = run(newStakePool(STUN), open(1_000n * STUN, MAX_LOCK), bond, lockBond(1_000n * STUN));
    expect(pool.positions["1"]).to.deep.include({ rate: 0n, reserved: 0n, multiplier: 20_000n });
    expect(stakeVotes(pool, "alice")).to.equal(1_000n * STUN);
  });

  it("refuses to open below the reward that was asked for", () => {
    const full = stakeReward(1_000n * STUN, 100n * DAY, 100n * DAY);
    const poor = run(newStakePool(STUN), reserve(full - 1n));
    expectError("INSUFFICIENT", () => stepStake(poor, open(1_000n * STUN, 100n * DAY, 1n)));
    const exact = run(newStakePool(STUN), reserve(full));
    run(exact, open(1_000n * STUN, 100n * DAY, full));
    expectError("INSUFFICIENT", () => stepStake(exact, open(1_000n * STUN, 100n * DAY, full + 1n)));
    expect(run(poor, open(1_000n * STUN, 100n * DAY)).positions["1"]?.rate).to.equal(0n);
  });

  it("takes at least 1 STUN and a lock of 7 to 730 days, and nothing while paused", () => {
    const pool = newStakePool(STUN);
    expectError("BELOW_MINIMUM", () => stepStake(pool, open(STUN - 1n, MIN_LOCK)));
    expectError("BELOW_MINIMUM", () => stepStake(pool, open(STUN, MIN_LOCK - 1n)));
    expectError("ABOVE_MAXIMUM", () => stepStake(pool, open(STUN, MAX_LOCK + 1n)));
    expectError("PAUSED", () => stepStake(pool, { ...open(STUN, MIN_LOCK), paused: true } as StakeAction));
  });

  it("renews with what was earned paid out, more principal and no shorter lock", () => {
    const at = T0 + 40n * DAY;
    const pool = run(staked(), renew(at, 500n * STUN, 60n * DAY));
    expect(pool.positions["1"]).to.deep.include({ principal: 1_500n * STUN, start: at, end: at + 60n * DAY, paid: 0n });
    expect(pool.balance).to.equal(1_001_500n * STUN - stakeReward(1_000n * STUN, 100n * DAY, 40n * DAY));
    expectError("BELOW_MINIMUM", () => stepStake(staked(), renew(at, 0n, 60n * DAY - 1n)));
    expectError("BELOW_MINIMUM", () => stepStake(staked(), renew(T0 + 99n * DAY, 0n, MIN_LOCK - 1n)));
    expectError("NEGATIVE", () => stepStake(staked(), renew(at, -1n, MAX_LOCK)));
  });

  it("renews out of the reserve that its old promise frees", () => {
    const full = stakeReward(1_000n * STUN, MIN_LOCK, MIN_LOCK);
    const pool = run(newStakePool(STUN), reserve(full), open(1_000n * STUN, MIN_LOCK, full));
    expect(run(pool, renew(T0, 0n, MIN_LOCK, full)).positions["1"]?.reserved).to.equal(full);
  });

  it("renews without promising again what it owes for the time before", () => {
    const full = stakeReward(1_000n * STUN, MIN_LOCK, MIN_LOCK);
    const soFar = stakeReward(1_000n * STUN, MIN_LOCK, DAY);
    const pool = run(newStakePool(STUN), reserve(full), open(1_000n * STUN, MIN_LOCK, full));
    // what is free for the new lock is the old promise less what the renewal pays
    expectError("INSUFFICIENT", () => stepStake(pool, renew(T0 + DAY, 0n, MIN_LOCK, full)));
    const { state, effects } = stepStake(pool, renew(T0 + DAY, 0n, MIN_LOCK));
    expect(state.positions["1"]?.rate).to.equal(0n);
    expect(effects).to.deep.equal([{ type: "paid", to: "alice", amount: soFar }]);
  });

  it("pays with a claim after a slash what was kept and what was earned since, once", () => {
    const at = T0 + 50n * DAY;
    const slashed = run(staked(), lockBond(1_000n * STUN), slash(1_000n * STUN, 500n * STUN, at));
    const later = at + 10n * DAY;
    const position = slashed.positions["1"] as NonNullable<(typeof slashed.positions)[string]>;
    const due = claimable(position, later);
    expect(due > position.kept).to.equal(true);
    const { state, effects } = stepStake(slashed, own("claim", later));
    expect(effects).to.deep.equal([{ type: "paid", to: "alice", amount: due }]);
    expectError("NOTHING_TO_DO", () => stepStake(state, own("claim", later)));
    const last = stepStake(run(state, own("requestExit", later)), own("exit", T0 + 100n * DAY)).effects;
    const whole = position.principal + position.kept + position.reserved - due;
    expect(last).to.deep.equal([{ type: "paid", to: "alice", amount: whole }]);
  });

  it("locks only free principal, for its own escrow, of a provider that stays", () => {
    const pool = run(staked(), lockBond(600n * STUN));
    expectError("INSUFFICIENT", () => stepStake(pool, lockBond(400n * STUN + 1n)));
    expectError("INSUFFICIENT", () => stepStake(pool, lockBond(1n, "another")));
    expectError("WRONG_STATE", () => stepStake(run(pool, own("requestExit", T0)), lockBond(1n)));
    expectError("INSUFFICIENT", () => stepStake(run(newStakePool(STUN), open(STUN, MIN_LOCK)), lockBond(1n)));
    run(pool, lockBond(400n * STUN));
  });

  it("keeps what was earned at a slash, shrinks the rest in proportion, burns half rounded up", () => {
    const at = T0 + 50n * DAY;
    const soFar = stakeReward(1_000n * STUN, 100n * DAY, 50n * DAY);
    const full = stakeReward(1_000n * STUN, 100n * DAY, 100n * DAY);
    const pool = run(staked(), lockBond(1_000n * STUN), slash(1_000n * STUN, 250n * STUN + 1n, at));
    const position = pool.positions["1"];
    expect(position).to.deep.include({ principal: 750n * STUN - 1n, kept: soFar, start: at });
    expect(position?.reserved).to.equal(((full - soFar) * (750n * STUN - 1n)) / (1_000n * STUN));
    expect(pool.slashed).to.deep.equal({ escrow: { toBurn: 125n * STUN + 1n, owed: 125n * STUN } });
    expect(pool.slashes).to.deep.equal({ escrow: { alice: 1n } });
    expect(pool.balance).to.equal(1_001_000n * STUN);
    expect(claimable(position as NonNullable<typeof position>, at)).to.equal(soFar);
    const collect = { type: "collectSlashed", at, escrow: "escrow" } as const;
    const { state: collected, effects } = stepStake(pool, collect);
    expect(collected.burned).to.equal(125n * STUN + 1n);
    expect(effects).to.deep.equal([
      { type: "burned", amount: 125n * STUN + 1n },
      { type: "paid", to: "escrow", amount: 125n * STUN },
    ]);
    expect(freeReserve(collected)).to.equal(freeReserve(pool));
    expectError("NOTHING_TO_DO", () => stepStake(collected, collect));
    expectError("NOTHING_TO_DO", () => stepStake(pool, { ...collect, escrow: "another" }));
  });

  it("never lets a slash or an unlock fail, or exceed what is locked", () => {
    const pool = run(staked(), lockBond(10n * STUN));
    expect(run(pool, slash(1_000n * STUN, 1_000n * STUN)).positions["1"]?.principal).to.equal(990n * STUN);
    expect(run(pool, slash(5n * STUN, 10n * STUN)).positions["1"]?.principal).to.equal(995n * STUN);
    expect(run(pool, slash(5n * STUN, 5n * STUN, T0, "another"))).to.deep.equal(pool);
    expect(run(pool, slash(10n * STUN, 0n)).bonds.alice?.locked).to.equal(0n);
    const unlock: StakeAction = { type: "unlockBond", at: T0, escrow: "escrow", provider: "alice", amount: 99n * STUN };
    expect(run(pool, unlock).bonds.alice?.locked).to.equal(0n);
    expect(run(pool, { ...unlock, escrow: "another" }).bonds.alice?.locked).to.equal(10n * STUN);
  });

  it("slashes a position of rate 0 to nothing without a reward to shrink", () => {
    const pool = run(newStakePool(STUN), open(STUN, MIN_LOCK), bond, lockBond(STUN), slash(STUN, STUN));
    expect(pool.positions["1"]?.principal).to.equal(0n);
    run(pool, own("requestExit", T0), own("exit", T0 + EXIT_DELAY));
  });

  it("lets a bonded position leave 7 days after its request, with its lock over and nothing locked", () => {
    const end = T0 + 100n * DAY;
    expectError("TOO_EARLY", () => stepStake(staked(), own("exit", end - 1n)));
    expectError("WRONG_STATE", () => stepStake(staked(), own("exit", end)));
    const asked = run(staked(), lockBond(STUN), own("requestExit", end - DAY));
    expect(stakeVotes(asked, "alice")).to.equal(0n);
    expectError("TOO_EARLY", () => stepStake(asked, own("exit", end + 6n * DAY - 1n)));
    expectError("WRONG_STATE", () => stepStake(asked, own("exit", end + 6n * DAY)));
    const free = run(asked, { type: "unlockBond", at: end, escrow: "escrow", provider: "alice", amount: STUN });
    const gone = run(free, own("exit", end + 6n * DAY));
    expect(gone.balance).to.equal(freeReserve(gone));
    expectError("NOT_FOUND", () => stepStake(gone, own("exit", end + 9n * DAY)));
  });

  it("lets a position without a bond leave at the end of its lock", () => {
    const pool = run(newStakePool(STUN), open(STUN, MIN_LOCK));
    expectError("WRONG_STATE", () => stepStake(pool, own("requestExit", T0)));
    expect(run(pool, own("exit", T0 + MIN_LOCK)).balance).to.equal(0n);
  });

  it("ends a bond and keeps the position, which votes again", () => {
    const pool = run(staked(), own("requestExit", T0), own("unbond", T0 + EXIT_DELAY));
    expect(stakeVotes(pool, "alice")).to.equal(1_000n * STUN);
    expectError("WRONG_STATE", () => stepStake(pool, own("unbond", T0 + EXIT_DELAY)));
    run(pool, bond);
  });

  it("bonds one position to one escrow, and changes nothing of an exiting one", () => {
    const pool = run(staked(), open(STUN, MIN_LOCK));
    expectError("ALREADY_USED", () => stepStake(pool, { ...bond, id: "2" } as StakeAction));
    const exiting = run(pool, own("requestExit", T0));
    expectError("WRONG_STATE", () => stepStake(exiting, renew(T0, 0n, MAX_LOCK)));
    expectError("WRONG_STATE", () => stepStake(exiting, own("requestExit", T0)));
    expectError("NOT_FOUND", () => stepStake(pool, { ...own("claim", T0), owner: "bob" } as StakeAction));
  });

  it("can always pay every promise, through random sequences", () => {
    const choice = fc.record({
      type: fc.constantFrom(
        "addReserve",
        "open",
        "open",
        "renew",
        "claim",
        "bond",
        "requestExit",
        "unbond",
        "exit",
        "lockBond",
        "lockBond",
        "unlockBond",
        "slashBond",
        "collectSlashed",
      ),
      owner: fc.constantFrom("alice", "bob"),
      id: fc.integer({ min: 1, max: 4 }),
      amount: fc.oneof(
        fc.bigInt({ min: 0n, max: 2_000n }).map((n) => n * STUN),
        fc.bigInt({ min: 0n, max: 2_000n * STUN }),
      ),
      slash: fc.bigInt({ min: 0n, max: 2_000n * STUN }),
      lock: fc.oneof(fc.constant(MIN_LOCK), fc.bigInt({ min: MIN_LOCK, max: MAX_LOCK })),
      ask: fc.boolean(),
      wait: fc.oneof(fc.bigInt({ min: 0n, max: DAY }), fc.bigInt({ min: 0n, max: 60n * DAY })),
    });
    let applied = 0;
    holds(
      fc.property(fc.array(choice, { minLength: 15, maxLength: 50 }), (list) => {
        let pool = newStakePool(STUN);
        let at = T0;
        for (const c of list) {
          at += c.wait;
          const action = {
            ...c,
            at,
            id: c.id.toString(),
            principal: c.amount,
            add: c.amount,
            minReward: c.ask ? 1n : 0n,
            escrow: "escrow",
            provider: c.owner,
            locked: c.amount,
          } as StakeAction;
          try {
            pool = run(pool, action);
            applied++;
          } catch (error) {
            if (!(error instanceof ModelError) || error.code === "INVARIANT_BROKEN") throw error;
          }
        }
        // everybody can leave in the end, with nothing of anybody left behind
        at += 3n * MAX_LOCK;
        for (const [id, p] of Object.entries(pool.positions)) {
          const held = pool.bonds[p.owner];
          if (held?.id === id) {
            pool = run(pool, { type: "unlockBond", at, escrow: "escrow", provider: p.owner, amount: held.locked });
            if (!p.exiting) pool = run(pool, { type: "requestExit", at, owner: p.owner, id });
          }
          pool = run(pool, { type: "exit", at: at + EXIT_DELAY, owner: p.owner, id });
        }
        expect(pool.balance).to.equal(freeReserve(pool) + uncollected(pool));
      }),
      150,
    );
    expect(applied).to.be.greaterThan(300);
  });
});
