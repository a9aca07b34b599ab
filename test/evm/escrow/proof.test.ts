import { expect } from "chai";
import { id, keccak256 } from "ethers";
import { resultHashOf } from "../../../chains/evm/escrow";
import { ORDER, proofContext, zkOutputHash, zkSpec } from "../../../chains/evm/proofs";
import { DAY, HOUR, mined, read, send, STUN } from "../kit";
import {
  after,
  assigned,
  creditOf,
  ENDING,
  GRACE,
  jobOf,
  judged,
  lockedOf,
  named,
  offered,
  open,
  placed,
  posted,
  STATE,
  termsIn,
  UNDELIVERED,
  VALID,
  verdictOn,
  VERDICT_TIME,
  WRONG,
} from "./fixture";
import {
  answered,
  pictureOf,
  proofFor,
  proofOf,
  proven,
  proving,
  withWord,
  wordAt,
  WORTH,
  zkDisputed,
  zkSubmitted,
  zkTerms,
  zkWorld,
  type ZkJob,
  type ZkWorld,
} from "./proof-fixture";

/** 80 STUN less 2 % fee, 5 % royalty and 5 % of the rest for the referrer. */
const PAID = ((80n * STUN * 93n) / 100n / 20n) * 19n;
const STAKE = 5n * STUN;
const MODULUS = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47n;

async function refused(w: ZkWorld, job: ZkJob, proof: string, error: string, ...args: unknown[]): Promise<void> {
  const [verdict] = await proving(w, job);
  const expected = expect(send(w.stranger, w.escrow, "prove", verdict, proof)).to.be.revertedWithCustomError(
    w.proofs,
    error,
  );
  await (args.length > 0 ? expected.withArgs(...args) : expected);
}

describe("JobEscrow: a proof", function () {
  before("builds the circuit when it is not in the cache", async () => {
    await zkWorld();
  });

  describe("settles", () => {
    it("a posted job, by whoever brings it, at the price of the key's units", async () => {
      const w = await zkWorld();
      const job = await zkSubmitted(w);
      const [before, stranger] = [await creditOf(w, w.provider), await creditOf(w, w.stranger)];
      await expect(send(w.stranger, w.escrow, "prove", ...(await proving(w, job))))
        .to.emit(w.escrow, "JobEnded")
        .withArgs(job.jobId, w.provider.address, ENDING.proven, 80n * STUN, (80n * STUN) / 50n, WORTH);
      expect((await creditOf(w, w.provider)) - before).to.equal(PAID);
      expect(await creditOf(w, w.payer)).to.equal(20n * STUN + STAKE);
      expect(await creditOf(w, w.stranger)).to.equal(stranger);
      expect(await lockedOf(w, w.provider)).to.equal(0n);
      expect((await jobOf(w, job)).state).to.equal(STATE.none);
    });

    it("a job created by a signed offer", async () => {
      const w = await zkWorld();
      const terms = await termsIn(w, zkTerms(w));
      const receipt = await mined(w.payer, w.escrow, "create", terms, await offered(w, terms), false);
      await proven(w, await answered(w, placed(w, receipt, terms)));
      expect(await creditOf(w, w.provider)).to.equal(PAID);
    });

    it("a disputed job, whose dispute stake then goes to the provider", async () => {
      const w = await zkWorld();
      await proven(w, await zkDisputed(w));
      expect(await creditOf(w, w.provider)).to.equal(PAID + STAKE);
      expect(await creditOf(w, w.payer)).to.equal(20n * STUN);
    });

    it("an attested job at once, inside its challenge window", async () => {
      const w = await zkWorld();
      await proven(w, await zkSubmitted(w, { attested: true }));
      expect(await creditOf(w, w.provider)).to.equal(PAID);
    });

    it("a job whose challenge window and verdict time are over, while nobody has settled it", async () => {
      const w = await zkWorld();
      for (const job of [await zkSubmitted(w), await zkDisputed(w)]) {
        const proof = await proving(w, job);
        await after(w, job, 20n * DAY);
        await mined(w.stranger, w.escrow, "prove", ...proof);
        expect((await jobOf(w, job)).state).to.equal(STATE.none);
      }
    });

    it("while the escrow is paused", async () => {
      const w = await zkWorld();
      const job = await zkSubmitted(w);
      await mined(w.guardian, w.escrow, "pause", 7n * DAY);
      await proven(w, job);
      expect(await creditOf(w, w.provider)).to.equal(PAID);
    });

    it("a rescuer's assignment, with the bounty of the one before", async () => {
      const w = await zkWorld();
      const job = await assigned(w, zkTerms(w));
      await after(w, job, HOUR + GRACE);
      await mined(w.stranger, w.escrow, "reopen", ...open(w, job));
      await mined(w.rescuer, w.escrow, "accept", ...open(w, job));
      await proven(w, await answered(w, job, WORTH, w.rescuer));
      const bounty = 50n * STUN;
      expect(await creditOf(w, w.rescuer)).to.equal((80n * STUN * 93n) / 100n + bounty);
    });

    it("by the provider's units when they are fewer than the key's", async () => {
      const w = await zkWorld();
      await proven(w, await zkSubmitted(w, {}, 40n));
      expect(await creditOf(w, w.payer)).to.equal(60n * STUN + STAKE);
      expect(await lockedOf(w, w.provider)).to.equal(0n);
    });

    it("by the key's units when the provider claims more, and slashes beyond a tenth as for a missed deadline", async () => {
      const w = await zkWorld();
      const within = await zkSubmitted(w, {}, 88n);
      await expect(send(w.stranger, w.escrow, "prove", ...(await proving(w, within)))).not.to.emit(
        w.escrow,
        "BondSlashed",
      );
      expect(await creditOf(w, w.payer)).to.equal(20n * STUN + STAKE);
      const above = await zkSubmitted(w, {}, 89n);
      await expect(send(w.stranger, w.escrow, "prove", ...(await proving(w, above))))
        .to.emit(w.escrow, "BondSlashed")
        .withArgs(above.jobId, w.provider.address, 100n * STUN, 50n * STUN);
    });
  });

  describe("is refused", () => {
    it("a second time, and after any other end of the job", async () => {
      const w = await zkWorld();
      const job = await zkSubmitted(w);
      const args = await proving(w, job);
      await proven(w, job);
      await expect(send(w.stranger, w.escrow, "prove", ...args))
        .to.be.revertedWithCustomError(w.escrow, "NotProvable")
        .withArgs(job.jobId);
      const other = await zkDisputed(w);
      const late = await proving(w, other);
      await judged(w, other, WRONG);
      await expect(send(w.stranger, w.escrow, "prove", ...late)).to.be.revertedWithCustomError(w.escrow, "NotProvable");
    });

    it("after a verdict Undelivered, also when another provider has taken the job", async () => {
      const w = await zkWorld();
      const job = await zkDisputed(w);
      const args = await proving(w, job);
      await judged(w, job, UNDELIVERED);
      const refusedNow = async (): Promise<void> =>
        expect(send(w.stranger, w.escrow, "prove", ...args)).to.be.revertedWithCustomError(w.escrow, "NotProvable");
      await refusedNow();
      await mined(w.rescuer, w.escrow, "accept", ...open(w, job));
      await refusedNow();
      await answered(w, job, WORTH, w.rescuer);
      await refusedNow();
    });

    it("for a job that is open or assigned", async () => {
      const w = await zkWorld();
      for (const job of [await posted(w, zkTerms(w)), await assigned(w, zkTerms(w))]) {
        const { attempt } = await jobOf(w, job);
        const resultHash = resultHashOf(job.jobId, attempt, w.provider.address, zkOutputHash(w.output));
        const ready = { ...job, submission: { resultHash, units: WORTH }, input: w.input, output: w.output };
        const args = await proving(w, ready, { provider: w.provider.address });
        await expect(send(w.provider, w.escrow, "prove", ...args)).to.be.revertedWithCustomError(
          w.escrow,
          "NotProvable",
        );
      }
    });

    it("for a job of another verifier, though terms, result and proof fit", async () => {
      const w = await zkWorld();
      for (const verifier of [1n, 2n]) {
        const job = await zkSubmitted(w, { verifier });
        await expect(send(w.stranger, w.escrow, "prove", ...(await proving(w, job))))
          .to.be.revertedWithCustomError(w.escrow, "NotProvable")
          .withArgs(job.jobId);
      }
    });

    it("with another outcome than Valid, or other units than the key's", async () => {
      const w = await zkWorld();
      const job = await zkSubmitted(w);
      for (const change of [{ outcome: WRONG }, { outcome: UNDELIVERED }, { outcome: 0n }, { units: WORTH - 1n }]) {
        await expect(send(w.stranger, w.escrow, "prove", ...(await proving(w, job, change))))
          .to.be.revertedWithCustomError(w.escrow, "NotProvable")
          .withArgs(job.jobId);
      }
    });

    it("with other terms, units or submission than the job's", async () => {
      const w = await zkWorld();
      const job = await zkSubmitted(w);
      const submission = { ...job.submission, units: WORTH - 1n };
      const terms = { ...job.terms, budget: job.terms.budget + 1n };
      for (const change of [{ submission }, { terms }]) {
        const forged = { ...job, ...change };
        // a proof that was made for the forged words holds, but they are not the job's
        await expect(send(w.stranger, w.escrow, "prove", ...(await proving(w, forged)))).to.be.revertedWithCustomError(
          w.escrow,
          "NotProvable",
        );
        // and the job's own proof does not hold for them
        await expect(
          send(w.stranger, w.escrow, "prove", (await proving(w, forged))[0], await proofOf(w, job)),
        ).to.be.revertedWithCustomError(w.proofs, "InvalidProof");
      }
    });

    it("when it was made for another job of the same spec, provider and output", async () => {
      const w = await zkWorld();
      const [job, other] = [await zkSubmitted(w), await zkSubmitted(w)];
      await refused(w, job, await proofOf(w, other), "InvalidProof");
    });

    it("when it was made for another provider's or another attempt's submission", async () => {
      const w = await zkWorld();
      const job = await zkSubmitted(w);
      for (const [attempt, who] of [
        [1n, w.rescuer],
        [2n, w.provider],
      ] as const) {
        const resultHash = resultHashOf(job.jobId, attempt, who.address, zkOutputHash(w.output));
        const context = proofContext(job.terms, { resultHash, units: WORTH });
        await refused(w, job, await proofFor(w, context), "InvalidProof");
        // naming that provider or attempt does not help: the result that was submitted is of this one
        const named_ = { ...(await verdictOn(w, job, VALID, WORTH)), attempt, provider: who.address };
        await expect(send(w.stranger, w.escrow, "prove", named_, await proofOf(w, job))).to.be.revertedWithCustomError(
          w.proofs,
          "OutputMismatch",
        );
      }
    });

    it("of another input than the spec's, and under another key id in the spec", async () => {
      const w = await zkWorld();
      const job = await zkSubmitted(w);
      const context = proofContext(job.terms, job.submission);
      const input = pictureOf(7);
      const proven_ = keccak256(zkSpec(w.keyId, input));
      await refused(w, job, await proofFor(w, context, input), "InputMismatch", job.terms.specHash, proven_);
      const foreign = await zkSubmitted(w, { specHash: keccak256(zkSpec(id("key"), w.input)) });
      await refused(w, foreign, await proofOf(w, foreign), "InputMismatch");
    });

    it("of another output than was submitted, and of a wrong output at all", async () => {
      const w = await zkWorld();
      const wrong = [w.output[0]! + 1n];
      const job = await answered(w, await assigned(w, zkTerms(w)), WORTH, w.provider, wrong);
      const right = await proofOf(w, job);
      await refused(w, job, right, "OutputMismatch");
      await refused(w, job, withWord(right, 11, wrong[0]!), "InvalidProof");
    });

    it("with any word of its points changed, negated or off its curve", async () => {
      const w = await zkWorld();
      const job = await zkSubmitted(w);
      const proof = await proofOf(w, job);
      for (let i = 0; i < 8; i++) {
        const value = wordAt(proof, i);
        for (const change of [value + 1n, 0n, MODULUS - value, value + MODULUS, 2n ** 256n - 1n]) {
          await refused(w, job, withWord(proof, i, change), "InvalidProof");
        }
      }
      const zero = [0, 1, 2, 3, 4, 5, 6, 7].reduce((all, i) => withWord(all, i, 0n), proof);
      await refused(w, job, zero, "InvalidProof");
    });

    it("with an input or output word that is not below the order, though it is the same number in the field", async () => {
      const w = await zkWorld();
      const aliased = w.input.map((word, i) => (i === 2 ? word + ORDER : word));
      const specHash = keccak256(zkSpec(w.keyId, aliased));
      const job = await zkSubmitted(w, { specHash });
      const proof = withWord(await proofOf(w, job), 10, aliased[2]!);
      await refused(w, job, proof, "WordOutOfField", 2n, aliased[2]);
      const output = [w.output[0]! + ORDER];
      const second = await answered(w, await assigned(w, zkTerms(w)), WORTH, w.provider, output);
      await refused(w, second, withWord(await proofOf(w, second), 11, output[0]!), "WordOutOfField", 3n, output[0]);
    });

    it("with a word too few or too many", async () => {
      const w = await zkWorld();
      const job = await zkSubmitted(w);
      const proof = await proofOf(w, job);
      const bytes = 12n * 32n;
      for (const [given, length] of [
        ["0x", 0n],
        [proof.slice(0, -64), bytes - 32n],
        [`${proof}00`, bytes + 1n],
        [proof + "00".repeat(32), bytes + 32n],
      ] as const) {
        await refused(w, job, given, "MalformedProof", length, bytes);
      }
    });

    it("under a key that was never admitted, or was removed", async () => {
      const w = await zkWorld();
      const job = await zkSubmitted(w);
      await mined(w.owner, w.proofs, "removeKey", w.keyId);
      await refused(w, job, await proofOf(w, job), "KeyNotEnabled", w.keyId);
      const unknown = await zkSubmitted(w, { verifierConfigHash: id("nobody's key") });
      await refused(w, unknown, await proofOf(w, unknown), "KeyNotEnabled", id("nobody's key"));
    });
  });

  describe("that never comes", () => {
    it("leaves the job to the challenge window, the payer, the committee or its silence", async () => {
      const w = await zkWorld();
      await mined(w.owner, w.proofs, "removeKey", w.keyId);
      const unchallenged = await zkSubmitted(w);
      await after(w, unchallenged, 2n * HOUR);
      await mined(w.stranger, w.escrow, "settle", ...named(w, unchallenged));
      const accepted = await zkSubmitted(w);
      await mined(w.payer, w.escrow, "acceptResult", accepted.nonce, accepted.terms, accepted.submission);
      await judged(w, await zkDisputed(w), VALID);
      await judged(w, await zkDisputed(w), WRONG);
      const bond = await read<{ principal: bigint }>(w.staking, "bondOf", w.provider.address);
      expect(bond.principal, "a wrong result slashes the whole bond").to.equal(99_000n * STUN);
      const silent = await zkDisputed(w);
      await after(w, silent, VERDICT_TIME);
      await expect(send(w.stranger, w.escrow, "settleSilent", ...named(w, silent)))
        .to.emit(w.escrow, "JobEnded")
        .withArgs(silent.jobId, w.provider.address, ENDING.silent, 40n * STUN, (40n * STUN) / 50n, WORTH);
    });
  });
});
