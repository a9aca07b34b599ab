import { expect } from "chai";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { lockMultiplier, rewardAtRate, stakeRate, stakeReward } from "../../../model";
import { DAY, mined, nextAt, now, read, send, STUN } from "../kit";
import { Random } from "../random";
import { balanceOf, bondOf, MAX_LOCK, MIN_LOCK, positionOf, staking } from "./fixture";

const STEPS = 1_500;
const EXIT_DELAY = 7n * DAY;

interface Expected {
  owner: HardhatEthersSigner;
  principal: bigint;
  rate: bigint;
  start: bigint;
  end: bigint;
  multiplier: bigint;
  reserved: bigint;
  paid: bigint;
  kept: bigint;
  exiting: boolean;
}

interface Backing {
  id: bigint;
  locked: bigint;
  askedAt?: bigint;
}

/** What the rules of staking say, on the model's formulas. */
class Book {
  readonly positions = new Map<bigint, Expected>();
  readonly bonds = new Map<string, Backing>();
  balance: bigint;
  lastId = 0n;
  toBurn = 0n;

  constructor(reserve: bigint) {
    this.balance = reserve;
  }

  earned(p: Expected, at: bigint): bigint {
    const earned = rewardAtRate(p.principal, p.rate, p.end - p.start, at - p.start);
    return earned < p.reserved ? earned : p.reserved;
  }
  due(p: Expected, at: bigint): bigint {
    return p.kept + this.earned(p, at) - p.paid;
  }
  outstanding(p: Expected): bigint {
    return p.kept + p.reserved - p.paid;
  }
  free(): bigint {
    let owed = this.toBurn;
    for (const p of this.positions.values()) owed += p.principal + this.outstanding(p);
    return this.balance - owed;
  }
  votes(owner: HardhatEthersSigner): bigint {
    return [...this.positions.values()]
      .filter((p) => p.owner === owner && !p.exiting)
      .reduce((sum, p) => sum + p.principal, 0n);
  }
  terms(principal: bigint, lock: bigint, at: bigint, free: bigint): Omit<Expected, "owner"> {
    const full = stakeReward(principal, lock, lock);
    const covered = full <= free;
    return {
      principal,
      rate: covered ? stakeRate(lock) : 0n,
      start: at,
      end: at + lock,
      multiplier: lockMultiplier(lock),
      reserved: covered ? full : 0n,
      paid: 0n,
      kept: 0n,
      exiting: false,
    };
  }
  slash(p: Expected, taken: bigint, at: bigint): void {
    const earned = this.earned(p, at);
    const left = p.principal - taken;
    const rest = ((p.reserved - earned) * left) / p.principal;
    if (p.reserved > 0n) {
      p.kept += earned - p.paid;
      p.paid = 0n;
      p.reserved = rest;
      p.start = at < p.end ? at : p.end;
    }
    p.principal = left;
    this.toBurn += taken - taken / 2n;
    this.balance -= taken / 2n;
  }
}

describe("VotingStaking against the rules", () => {
  it(`agrees to the last unit after each of ${STEPS} random calls`, async () => {
    const state = await staking("VotingStaking");
    const { staking: contract, escrow, alice, bob } = state;
    const address = await contract.getAddress();
    const random = new Random("staking");
    const book = new Book(await balanceOf(state, address));
    const lockOf = (): bigint => (random.oneIn(3n) ? MIN_LOCK : random.between(MIN_LOCK, MAX_LOCK));

    for (let step = 0; step < STEPS; step++) {
      const at = (await now()) + random.between(1n, random.oneIn(4n) ? 60n * DAY : DAY);
      await nextAt(at);
      const owner = random.pick([alice, bob]);
      const own = [...book.positions].filter(([, p]) => p.owner === owner);
      const action = own.length
        ? random.pick(["open", "renew", "claim", "exit", "bond", "ask", "unbond", "lock", "unlock", "slash", "burn"])
        : "open";
      const [id, p] = own.length ? random.pick(own) : [0n, undefined];
      const bond = book.bonds.get(owner.address);
      const refused = (call: Promise<unknown>, error: string): Promise<void> =>
        expect(call).to.be.revertedWithCustomError(contract, error);

      if (action === "open" || !p) {
        const principal = random.between(STUN, 50_000n * STUN);
        const lock = lockOf();
        const made = book.terms(principal, lock, at, book.free());
        const wantsRate = random.oneIn(2n);
        if (own.length > 6) {
          await refused(send(owner, contract, "open", STUN - 1n, lock, 0n), "InvalidPrincipal");
        } else if (wantsRate && made.rate === 0n) {
          await refused(send(owner, contract, "open", principal, lock, 1n), "RewardUnavailable");
        } else {
          await mined(owner, contract, "open", principal, lock, wantsRate ? 1n : 0n);
          book.lastId += 1n;
          book.balance += principal;
          book.positions.set(book.lastId, { owner, ...made });
        }
      } else if (action === "renew") {
        const lock = lockOf();
        const add = random.between(0n, 100n * STUN);
        if (p.exiting) await refused(send(owner, contract, "renew", id, add, lock, 0n), "Exiting");
        else if (lock < p.end - at) await refused(send(owner, contract, "renew", id, add, lock, 0n), "InvalidLock");
        else if (p.principal + add < STUN)
          await refused(send(owner, contract, "renew", id, add, lock, 0n), "InvalidPrincipal");
        else {
          const due = book.due(p, at);
          const free = book.free() + book.outstanding(p) - due;
          await mined(owner, contract, "renew", id, add, lock, 0n);
          Object.assign(p, book.terms(p.principal + add, lock, at, free));
          book.balance += add - due;
        }
      } else if (action === "claim") {
        const due = book.due(p, at);
        if (due === 0n) await refused(send(owner, contract, "claim", id), "NothingEarned");
        else {
          await mined(owner, contract, "claim", id);
          p.paid += due - p.kept;
          p.kept = 0n;
          book.balance -= due;
        }
      } else if (action === "exit" || action === "unbond") {
        const isBonded = bond?.id === id;
        const expected =
          action === "exit" && at < p.end
            ? "Locked"
            : action === "unbond" && !isBonded
              ? "NotBonded"
              : !isBonded
                ? undefined
                : bond?.askedAt === undefined
                  ? "ExitNotRequested"
                  : at < bond.askedAt + EXIT_DELAY
                    ? "ExitDelay"
                    : bond.locked > 0n
                      ? "BondLocked"
                      : undefined;
        if (expected) await refused(send(owner, contract, action, id), expected);
        else {
          await mined(owner, contract, action, id);
          if (isBonded) book.bonds.delete(owner.address);
          p.exiting = false;
          if (action === "exit") {
            book.balance -= p.principal + book.due(p, at);
            book.positions.delete(id);
          }
        }
      } else if (action === "bond") {
        if (p.exiting) await refused(send(owner, contract, "bond", id, escrow.address), "Exiting");
        else if (bond) await refused(send(owner, contract, "bond", id, escrow.address), "AlreadyBonded");
        else {
          await mined(owner, contract, "bond", id, escrow.address);
          book.bonds.set(owner.address, { id, locked: 0n });
        }
      } else if (action === "ask") {
        if (p.exiting) await refused(send(owner, contract, "requestExit", id), "Exiting");
        else if (bond?.id !== id) await refused(send(owner, contract, "requestExit", id), "NotBonded");
        else {
          await mined(owner, contract, "requestExit", id);
          p.exiting = true;
          bond.askedAt = at;
        }
      } else if (action === "lock") {
        const backing = bond && book.positions.get(bond.id);
        const amount = random.between(0n, 2_000n * STUN);
        if (bond?.askedAt !== undefined)
          await refused(send(escrow, contract, "lockBond", owner.address, amount), "ProviderExiting");
        else if (!bond || !backing || amount > backing.principal - bond.locked)
          await refused(send(escrow, contract, "lockBond", owner.address, amount + 1n), "InsufficientBond");
        else {
          await mined(escrow, contract, "lockBond", owner.address, amount);
          bond.locked += amount;
        }
      } else if (action === "unlock") {
        const amount = random.between(0n, 3_000n * STUN);
        await mined(escrow, contract, "unlockBond", owner.address, amount);
        if (bond) bond.locked -= amount < bond.locked ? amount : bond.locked;
      } else if (action === "slash") {
        const freed = random.between(0n, 2_000n * STUN);
        const asked = random.between(0n, 2_000n * STUN);
        await mined(escrow, contract, "slashBond", owner.address, freed, asked);
        const backing = bond && book.positions.get(bond.id);
        if (bond && backing) {
          const really = freed < bond.locked ? freed : bond.locked;
          const taken = asked < really ? asked : really;
          bond.locked -= really;
          if (taken > 0n) book.slash(backing, taken, at);
        }
      } else if (book.toBurn === 0n) {
        await refused(send(bob, contract, "burnSlashed"), "NothingToBurn");
      } else {
        await mined(bob, contract, "burnSlashed");
        book.balance -= book.toBurn;
        book.toBurn = 0n;
      }

      for (const [number, e] of book.positions) {
        if (e.owner !== owner) continue;
        const actual = await positionOf(state, owner, number);
        const seen = await now();
        expect(
          [actual.principal, actual.rate, actual.end, actual.multiplier, actual.reserved, actual.exiting],
          `step ${step}, ${action}, position ${number}`,
        ).to.deep.equal([e.principal, e.rate, e.end, e.multiplier, book.outstanding(e), e.exiting]);
        expect(actual.claimable, `step ${step}, ${action}, position ${number}`).to.equal(book.due(e, seen));
      }
      const backing = book.bonds.get(owner.address);
      const actualBond = await bondOf(state, owner);
      expect([actualBond.id, actualBond.locked], `step ${step}, ${action}`).to.deep.equal([
        backing?.id ?? 0n,
        backing?.locked ?? 0n,
      ]);
      expect(actualBond.principal).to.equal((backing && book.positions.get(backing.id)?.principal) ?? 0n);
      expect(await read<bigint>(contract, "getVotes", owner.address)).to.equal(book.votes(owner));
      expect(await read<bigint>(contract, "freeReserve"), `step ${step}, ${action}`).to.equal(book.free());
      expect(await balanceOf(state, address)).to.equal(book.balance);
    }
  });
});
