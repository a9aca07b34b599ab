import { expect } from "chai";
import {
  checkVault,
  newVault,
  paidToAccount,
  spendable,
  stepVault,
  type RewardEntry,
  type Vault,
  type VaultAction,
} from "../../../model";
import { RewardBook } from "../../../chains/evm/emission";
import { agree, type Meanings } from "../agree";
import { DAY, mined, nextAt, now, read, send, STUN } from "../kit";
import { Random } from "../random";
import { BUDGET, emission, signed, statusOf, VETO_TIME } from "./fixture";

const STEPS = 1_000;
const NONE = `0x${"00".repeat(32)}`;

const MEANINGS: Meanings = {
  TOO_EARLY: ["TooEarly", "NotClaimableYet", "PauseCooldown"],
  TOO_LATE: ["NothingToVeto"],
  MISMATCH: ["WrongEpoch", "WrongPreviousRoot", "InvalidProof"],
  LIMIT_EXCEEDED: ["TotalTooLarge", "NoVetoLeft", "AboveAccepted"],
  INSUFFICIENT: ["Unfunded"],
  NOT_FOUND: ["RootNotHeld"],
  NOTHING_TO_DO: ["NothingToVeto", "NotClaimableYet", "NothingToClaim", "NothingReceived"],
  WRONG_PARTY: ["NotGuardian", "OwnableUnauthorizedAccount"],
  PAUSED: ["EntryPaused"],
  NOT_ALLOWED: ["OnlyOnOtherChains"],
};

describe("EmissionVault against the model", () => {
  it(`agrees to the last unit after each of ${STEPS} random calls`, async () => {
    const state = await emission();
    const { vault, token, guardian, owner, stranger } = state;
    const address = await vault.getAddress();
    const random = new Random("emission");
    const accounts = [state.alice.address, state.bob.address, state.stranger.address];
    let model = newVault({ budget: BUDGET, start: state.start, home: true });
    model = stepVault(model, { type: "fund", at: state.start, amount: BUDGET }).state;
    /** The tree of each root that was ever reported. */
    const books = new Map<string, RewardBook>();
    const history: RewardEntry[][] = [];
    let reported: { root: string; entries: RewardEntry[] } | undefined;
    let latest: RewardEntry[] = accounts.map((account) => ({ account, cumulative: 0n }));

    const bookOf = (m: Vault, index: bigint): RewardBook | undefined => {
      const oldest = m.rootCount - BigInt(m.roots.length);
      const waiting = m.waiting.kind === "report" ? m.waiting.root : undefined;
      return books.get(m.roots[Number(index - oldest)] ?? waiting ?? "");
    };

    for (let step = 0; step < STEPS; step++) {
      const at = (await now()) + random.between(1n, random.oneIn(3n) ? 2n * DAY : DAY / 4n);
      await nextAt(at);
      const type = random.pick(["report", "report", "report", "claim", "claim", "claim", "veto", "settle", "rare"]);
      let action: VaultAction;
      let call;
      if (type === "report") {
        const most = spendable(BUDGET, model.nextEpoch, model.carry);
        let total = 0n;
        const honest = !random.oneIn(8n);
        const entries = latest.map(({ account, cumulative }) => {
          const part = random.between(0n, most / (honest ? 4n : 2n));
          total += part;
          return { account, cumulative: cumulative + part * (honest ? 1n : 3n) };
        });
        const book = new RewardBook(entries);
        books.set(book.root, book);
        // Mostly the report that is due; sometimes one for another epoch or after another root.
        const ripe = model.waiting.kind === "report" && at >= model.waiting.since + VETO_TIME;
        const due = ripe && model.waiting.kind === "report" ? model.waiting.root : (model.roots.at(-1) ?? NONE);
        const given = {
          epoch: model.nextEpoch + (random.oneIn(15n) ? 1n : 0n),
          root: book.root,
          total,
          previousRoot: random.oneIn(15n) ? book.root : due,
          datasetHash: NONE,
        };
        action = { type, by: "committee", at, ...given };
        call = send(stranger, vault, "report", ...(await signed(state, given)));
        reported = { root: book.root, entries };
      } else if (type === "claim") {
        const index = random.between(model.rootCount > 68n ? model.rootCount - 68n : 0n, model.rootCount + 1n);
        const book = bookOf(model, index) ?? [...books.values()].at(-1);
        if (!book) continue;
        const [account, cumulative, , proof] = book.claim(random.pick(accounts), index);
        const wrong = random.oneIn(15n) ? 1n : 0n;
        action = { type, at, account, cumulative: cumulative + wrong, index, proof };
        call = send(stranger, vault, "claim", account, cumulative + wrong, index, proof);
      } else if (type === "veto") {
        const may = !random.oneIn(10n);
        action = { type, by: may ? "guardian" : "anyone", at };
        call = send(may ? guardian : stranger, vault, "veto");
      } else if (type === "settle") {
        action = { type, at };
        call = send(stranger, vault, "settle");
      } else if (random.oneIn(3n)) {
        action = { type: "refillVetoes", by: "timelock", at };
        call = send(owner, vault, "refillVetoes");
      } else if (random.oneIn(2n)) {
        const amount = random.between(0n, 1_000n * STUN);
        if (amount % 2n === 0n) {
          await mined(owner, token, "transfer", address, amount);
          model = stepVault(model, { type: "fund", at, amount }).state;
        }
        action = { type: "receiveCarry", at: await now() };
        call = send(stranger, vault, "receiveCarry");
      } else {
        const duration = random.between(1n, DAY);
        action = { type: "pause", by: "guardian", at, duration };
        call = send(guardian, vault, "pause", duration);
      }
      const label = `step ${step}, ${type}`;
      const before = model.nextEpoch;
      model = await agree(label, vault, model, () => stepVault(model, action), call, MEANINGS);
      checkVault(model);
      if (reported && model.nextEpoch > before) {
        history.push(latest);
        latest = reported.entries;
      } else if (model.nextEpoch < before) {
        latest = history.pop() ?? latest;
      }
      reported = undefined;

      const actual = await statusOf(state);
      expect(
        [actual.nextEpoch, actual.carry, actual.accepted, actual.paid, actual.roots, actual.vetoesLeft],
        label,
      ).to.deep.equal([
        ...[model.nextEpoch, model.carry, model.accepted, model.paid, model.rootCount, model.vetoesLeft],
      ]);
      const { waiting } = model;
      expect([actual.waiting, actual.pendingTotal, actual.pendingRoot], label).to.deep.equal([
        waiting.kind === "report" ? 1n : waiting.kind === "repeat" ? 2n : 0n,
        waiting.kind === "report" ? waiting.total : 0n,
        waiting.kind === "report" ? waiting.root : NONE,
      ]);
      const account = random.pick(accounts);
      expect(await read<bigint>(vault, "paidTo", account), label).to.equal(paidToAccount(model, account));
      expect(await read<bigint>(token, "balanceOf", address), label).to.equal(model.balance);
    }
  });
});
