import { expect } from "chai";
import {
  checkStakePool,
  claimable,
  freeReserve,
  newStakePool,
  outstandingReward,
  stakeVotes,
  stepStake,
  type StakeAction,
} from "../../../model";
import { agree, type Meanings } from "../agree";
import { DAY, nextAt, now, read, send, STUN } from "../kit";
import { Random } from "../random";
import { balanceOf, bondOf, MAX_LOCK, MIN_LOCK, positionOf, RESERVE, staking } from "./fixture";

const STEPS = 1_500;

const MEANINGS: Meanings = {
  BELOW_MINIMUM: ["InvalidPrincipal", "InvalidLock"],
  ABOVE_MAXIMUM: ["InvalidLock"],
  INSUFFICIENT: ["RewardUnavailable", "InsufficientBond"],
  NOT_FOUND: ["UnknownPosition"],
  WRONG_STATE: ["Exiting", "NotBonded", "ExitNotRequested", "BondLocked", "ProviderExiting"],
  ALREADY_USED: ["AlreadyBonded"],
  TOO_EARLY: ["Locked", "ExitDelay"],
  NOTHING_TO_DO: ["NothingEarned", "NothingSlashed"],
  PAUSED: ["EntryPaused"],
};

describe("VotingStaking against the model", () => {
  it(`agrees to the last unit after each of ${STEPS} random calls`, async () => {
    const state = await staking("VotingStaking");
    const { staking: contract, escrow, alice, bob } = state;
    const address = await contract.getAddress();
    const random = new Random("staking");
    const at0 = await now();
    let pool = stepStake(newStakePool(STUN), { type: "addReserve", at: at0, amount: RESERVE }).state;
    const lockOf = (): bigint =>
      random.oneIn(20n) ? MAX_LOCK + 1n : random.oneIn(2n) ? MIN_LOCK : random.between(MIN_LOCK - 1n, MAX_LOCK);

    for (let step = 0; step < STEPS; step++) {
      const at = (await now()) + random.between(1n, random.oneIn(4n) ? 60n * DAY : DAY);
      await nextAt(at);
      const owner = random.pick([alice, bob]);
      const by = owner.address;
      const own = Object.entries(pool.positions).filter(([, p]) => p.owner === by);
      const id = own.length && !random.oneIn(20n) ? random.pick(own)[0] : String(random.between(1n, pool.lastId + 1n));
      const type = random.pick<StakeAction["type"]>([
        ...(own.length > 6 ? [] : (["open"] as const)),
        ...(["renew", "claim", "bond", "bond", "requestExit", "unbond", "exit", "exit"] as const),
        ...(["lockBond", "lockBond", "unlockBond", "slashBond", "collectSlashed", "addReserve"] as const),
      ]);
      const minReward = random.oneIn(3n) ? 1n : 0n;
      const amount = random.between(1n, 2_000n * STUN);
      const as = { at, owner: by, id };
      let action: StakeAction;
      let call;
      switch (type) {
        case "open": {
          const principal = random.between(STUN - 10n, 50_000n * STUN);
          action = { type, at, owner: by, principal, lock: lockOf(), minReward };
          call = send(owner, contract, "open", principal, action.lock, minReward);
          break;
        }
        case "renew":
          action = { type, ...as, add: amount, lock: lockOf(), minReward };
          call = send(owner, contract, "renew", id, amount, action.lock, minReward);
          break;
        case "bond":
          action = { type, ...as, escrow: escrow.address };
          call = send(owner, contract, "bond", id, escrow.address);
          break;
        case "lockBond":
          action = { type, at, escrow: escrow.address, provider: by, amount };
          call = send(escrow, contract, type, by, amount);
          break;
        case "unlockBond":
          action = { type, at, escrow: escrow.address, provider: by, amount };
          call = send(escrow, contract, type, by, amount);
          break;
        case "slashBond": {
          const slash = random.between(0n, 2_000n * STUN);
          action = { type, at, escrow: escrow.address, provider: by, locked: amount, slash };
          call = send(escrow, contract, type, by, amount, slash);
          break;
        }
        case "collectSlashed":
          action = { type, at, escrow: escrow.address };
          call = send(owner, contract, type, escrow.address);
          break;
        case "addReserve":
          action = { type, at, amount: amount / 1_000n + 1n };
          call = send(owner, contract, type, action.amount);
          break;
        default:
          action = { type, ...as };
          call = send(owner, contract, type, id);
      }
      const label = `step ${step}, ${type} ${id}`;
      pool = await agree(label, contract, pool, () => stepStake(pool, action), call, MEANINGS);
      checkStakePool(pool);

      const seen = await now();
      const expected = pool.positions[id];
      if (expected?.owner === by) {
        const actual = await positionOf(state, owner, BigInt(id));
        expect(
          [actual.principal, actual.rate, actual.start, actual.end, actual.multiplier, actual.exiting],
          label,
        ).to.deep.equal([
          expected.principal,
          expected.rate,
          expected.start,
          expected.end,
          expected.multiplier,
          expected.exiting,
        ]);
        expect([actual.reserved, actual.claimable], label).to.deep.equal([
          outstandingReward(expected),
          claimable(expected, seen),
        ]);
      }
      const held = pool.bonds[by];
      const bond = await bondOf(state, owner);
      expect([bond.id, bond.principal, bond.locked, bond.exitRequestedAt], label).to.deep.equal([
        BigInt(held?.id ?? 0),
        (held && pool.positions[held.id]?.principal) ?? 0n,
        held?.locked ?? 0n,
        held?.exitRequestedAt ?? 0n,
      ]);
      expect(await read<bigint>(contract, "getVotes", by), label).to.equal(stakeVotes(pool, by));
      expect(await read<bigint>(contract, "freeReserve"), label).to.equal(freeReserve(pool));
      const left = pool.slashed[escrow.address] ?? { toBurn: 0n, owed: 0n };
      expect(await read<bigint[]>(contract, "slashedAt", escrow.address), label).to.deep.equal([
        left.toBurn,
        left.owed,
      ]);
      expect(await read<bigint>(contract, "slashesOf", escrow.address, by), label).to.equal(
        pool.slashes[escrow.address]?.[by] ?? 0n,
      );
      expect(await read<bigint>(contract, "burned"), label).to.equal(pool.burned);
      expect(await balanceOf(state, address), label).to.equal(pool.balance);
    }
  });
});
