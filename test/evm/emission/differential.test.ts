import { expect } from "chai";
import { ZeroHash } from "ethers";
import { emitted, pot, spendable } from "../../../model";
import { RewardBook } from "../../../chains/evm/emission";
import { DAY, mined, nextAt, now, read, send } from "../kit";
import { Random } from "../random";
import { BUDGET, closesAt, emission, REPEAT_DELAY, signed, statusOf, VETO_TIME } from "./fixture";

const STEPS = 700;

interface Accepted {
  book?: RewardBook;
  root: string;
}

describe("EmissionVault against the rules", () => {
  it(`agrees to the last unit after each of ${STEPS} random calls`, async () => {
    const state = await emission();
    const { vault, token, guardian, owner, stranger } = state;
    const random = new Random("emission");
    const accounts = [state.alice.address, state.bob.address, state.stranger.address];
    const earned = new Map(accounts.map((account) => [account, 0n]));
    const paid = new Map(accounts.map((account) => [account, 0n]));
    const roots: Accepted[] = [];
    let pending: (Accepted & { total: bigint; since: bigint; earnedBefore: Map<string, bigint> }) | undefined;
    let vetoedAt: bigint | undefined;
    let [epoch, carry, sum, out, vetoes] = [0n, 0n, 0n, 0n, 14n];

    const settle = (at: bigint): void => {
      if (!pending || at < pending.since + VETO_TIME) return;
      roots.push(pending);
      sum += pending.total;
      pending = undefined;
    };

    for (let step = 0; step < STEPS; step++) {
      const at = (await now()) + random.between(1n, random.oneIn(3n) ? 2n * DAY : DAY / 4n);
      await nextAt(at);
      const action = random.pick(["report", "report", "claim", "claim", "veto", "settle", "refill"]);
      if (action === "report") {
        const grown = new Map([...earned]);
        const most = spendable(BUDGET, epoch, carry);
        let total = 0n;
        for (const account of accounts) {
          const part = random.between(0n, most / 4n);
          grown.set(account, (grown.get(account) ?? 0n) + part);
          total += part;
        }
        const book = new RewardBook([...grown].map(([account, cumulative]) => ({ account, cumulative })));
        const before = roots.length + (pending && at >= pending.since + VETO_TIME ? 1 : 0);
        const last = before === roots.length ? roots[roots.length - 1]?.root : pending?.root;
        const given = { epoch, root: book.root, total, previousRoot: last ?? ZeroHash, datasetHash: ZeroHash };
        const call = send(stranger, vault, "report", ...(await signed(state, given)));
        const tooEarly =
          (pending && at < pending.since + VETO_TIME) ||
          (vetoedAt !== undefined && at < vetoedAt + REPEAT_DELAY) ||
          at < closesAt(state, epoch);
        if (tooEarly) await expect(call, `step ${step}`).to.be.revertedWithCustomError(vault, "TooEarly");
        else {
          await (await call).wait();
          settle(at);
          pending = { book, root: book.root, total, since: at, earnedBefore: new Map(earned) };
          grown.forEach((cumulative, account) => earned.set(account, cumulative));
          vetoedAt = undefined;
          carry += pot(BUDGET, epoch) - total;
          epoch += 1n;
        }
      } else if (action === "veto") {
        const call = send(guardian, vault, "veto");
        if (!pending || at >= pending.since + VETO_TIME) {
          await expect(call, `step ${step}`).to.be.revertedWithCustomError(vault, "NothingToVeto");
        } else if (vetoes === 0n) {
          await expect(call, `step ${step}`).to.be.revertedWithCustomError(vault, "NoVetoLeft");
        } else {
          await (await call).wait();
          epoch -= 1n;
          carry += pending.total - pot(BUDGET, epoch);
          pending.earnedBefore.forEach((cumulative, account) => earned.set(account, cumulative));
          pending = undefined;
          vetoedAt = at;
          vetoes -= 1n;
        }
      } else if (action === "settle") {
        const call = send(stranger, vault, "settle");
        if (!pending || at < pending.since + VETO_TIME) {
          await expect(call, `step ${step}`).to.be.revertedWithCustomError(vault, "NotClaimableYet");
        } else {
          await (await call).wait();
          settle(at);
        }
      } else if (action === "refill") {
        await mined(owner, vault, "refillVetoes");
        vetoes = 14n;
      } else {
        const count = BigInt(roots.length);
        const index = random.between(count > 70n ? count - 70n : 0n, count);
        const account = random.pick(accounts);
        const entry = roots[Number(index)] ?? pending;
        if (!entry?.book) continue;
        const args = entry.book.claim(account, index);
        const call = send(stranger, vault, "claim", ...args);
        const ripe = index < count || (pending !== undefined && at >= pending.since + VETO_TIME);
        const known = index === count && ripe ? count + 1n : count;
        const before = paid.get(account) ?? 0n;
        if (!ripe) await expect(call, `step ${step}`).to.be.revertedWithCustomError(vault, "NotClaimableYet");
        else if (index + 64n < known) {
          await expect(call, `step ${step}`).to.be.revertedWithCustomError(vault, "RootNotHeld");
        } else if (args[1] <= before) {
          await expect(call, `step ${step}`).to.be.revertedWithCustomError(vault, "NothingToClaim");
        } else {
          await (await call).wait();
          if (index === count) settle(at);
          paid.set(account, args[1]);
          out += args[1] - before;
        }
      }
      const actual = await statusOf(state);
      expect(
        [actual.nextEpoch, actual.carry, actual.accepted, actual.paid, actual.roots, actual.vetoesLeft],
        `step ${step}, ${action}`,
      ).to.deep.equal([epoch, carry, sum, out, BigInt(roots.length), vetoes]);
      expect(actual.pendingTotal).to.equal(pending?.total ?? 0n);
      expect(await read<bigint>(token, "balanceOf", await vault.getAddress())).to.equal(BUDGET - out);
      expect(out <= sum && sum + (pending?.total ?? 0n) + carry === emitted(BUDGET, epoch), `step ${step}`).to.equal(
        true,
      );
    }
  });
});
