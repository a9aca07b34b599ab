import { setBalance, takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { id } from "ethers";
import hre from "hardhat";
import type { VerdictEntry } from "../../../chains/evm/escrow";
import { DAY, HOUR, mined, read, STUN, ZERO } from "../kit";
import {
  after,
  assigned,
  bondProvider,
  GRACE,
  judged,
  open,
  offered,
  placed,
  registerModels,
  signedBatch,
  submitFor,
  submitted,
  termsIn,
  VALID,
  verdictOn,
  world,
  type World,
} from "./fixture";
import { proven, zkSubmitted, zkWorld } from "./proof-fixture";

/** Whole transactions, tokens and credits already non-zero; `goal` is the ceiling that the design names. */
function within(name: string, gas: bigint, limit: bigint, goal: bigint): void {
  process.stdout.write(`      ${name}: ${gas} gas (goal ${goal})\n`);
  expect(gas, name).to.be.at.most(limit);
}

/** A provider with a credit, a model with a royalty, a payer with a credit, fees booked, offers used. */
async function worked(): Promise<World> {
  const w = await world();
  const terms = await termsIn(w);
  const offer = await offered(w, terms);
  const job = placed(w, await mined(w.payer, w.escrow, "create", terms, offer, false), terms);
  await judged(w, await submitFor(w, job, 80n), VALID);
  const missed = await assigned(w);
  await after(w, missed, 2n * DAY);
  await mined(w.stranger, w.escrow, "refund", ...open(w, missed));
  return w;
}

describe("JobEscrow: gas of whole transactions", () => {
  it("creates, funds and assigns by a signed offer, bond locked", async () => {
    const w = await worked();
    const terms = await termsIn(w);
    const offer = await offered(w, terms, { nonce: 1n });
    const { gasUsed } = await mined(w.payer, w.escrow, "create", terms, offer, false);
    within("create + fund + assign by offer", gasUsed, 120_000n, 120_000n);
  });

  it("settles one job by 3 of 5, parts credited", async () => {
    const w = await worked();
    const job = await submitted(w);
    const { gasUsed } = await judged(w, job, VALID);
    within("settle one job, 3-of-5", gasUsed, 88_000n, 88_000n);
  });

  it("slashes a missed deadline, refunding and reopening", async () => {
    const w = await worked();
    const job = await assigned(w);
    await after(w, job, 2n * DAY);
    const { gasUsed } = await mined(w.stranger, w.escrow, "refund", ...open(w, job));
    within("refund after a missed deadline", gasUsed, 75_000n, 75_000n);
    const other = await assigned(w);
    await after(w, other, HOUR + GRACE);
    const reopened = await mined(w.stranger, w.escrow, "reopen", ...open(w, other));
    within("reopen after a missed deadline", reopened.gasUsed, 75_000n, 75_000n);
  });

  it("adds a job of another provider and another model to a batch of 50", async () => {
    const w = await worked();
    const crew = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const provider = new hre.ethers.Wallet(id(`provider ${i}`), hre.ethers.provider);
        await setBalance(provider.address, STUN);
        return { provider, modelId: id(`model ${i}`) };
      }),
    );
    const models: string[] = [];
    for (const { provider, modelId } of crew) {
      await bondProvider(w, provider, 3_000n * STUN);
      await mined(provider, w.registry, "register", "https://provider.example", ZERO);
      models.push(modelId);
    }
    await registerModels(w, w.creator, models);
    const round = async (nonce: bigint): Promise<VerdictEntry[]> => {
      const entries: VerdictEntry[] = [];
      for (const { provider, modelId } of crew) {
        const terms = await termsIn(w, { modelId });
        const offer = await offered(w, terms, { nonce, provider });
        const job = placed(w, await mined(w.payer, w.escrow, "create", terms, offer, false), terms);
        entries.push(await verdictOn(w, await submitFor(w, job, 80n, provider), VALID));
      }
      return entries;
    };
    await mined(w.stranger, w.escrow, "applyVerdicts", ...(await signedBatch(w, await round(0n))));
    const entries = await round(1n);
    const snapshot = await takeSnapshot();
    const one = await mined(w.stranger, w.escrow, "applyVerdicts", ...(await signedBatch(w, entries.slice(0, 1))));
    await snapshot.restore();
    const all = await mined(w.stranger, w.escrow, "applyVerdicts", ...(await signedBatch(w, entries)));
    expect(all.logs.length, "one event each").to.equal(50);
    within("each further job of a batch of 50", (all.gasUsed - one.gasUsed) / 49n, 32_000n, 32_000n);
    within("batch of one", one.gasUsed, 88_000n, 88_000n);
  });
});

describe("JobEscrow: gas of a proof", () => {
  it("is that of a pairing: within 330,000 as a whole transaction, credits already there", async () => {
    const w = await zkWorld();
    await proven(w, await zkSubmitted(w));
    const { gasUsed } = await proven(w, await zkSubmitted(w));
    within("settle one job by a proof with 3 words in and 1 out", gasUsed, 330_000n, 330_000n);
  });
});

describe("With however little gas", () => {
  /** What a transaction with this much gas comes to. Undone. */
  async function tried<T>(
    gasLimit: bigint,
    run: (gasLimit: bigint) => Promise<unknown>,
    seen: () => Promise<T>,
  ): Promise<T | "refused"> {
    const snapshot = await takeSnapshot();
    try {
      await run(gasLimit);
      return await seen();
    } catch {
      return "refused";
    } finally {
      await snapshot.restore();
    }
  }

  it("a request to exit kills the offers or is refused", async () => {
    const w = await world();
    const floor = async (): Promise<bigint> =>
      (await read<[bigint, bigint]>(w.escrow, "offerWindow", w.provider.address))[0];
    const outcomes = new Set<bigint | string>();
    for (let gas = 60_000n; gas <= 240_000n; gas += 3_000n) {
      outcomes.add(
        await tried(gas, (gasLimit) => mined(w.provider, w.staking, "requestExit", 1n, { gasLimit }), floor),
      );
    }
    expect(outcomes).to.deep.equal(new Set(["refused", 1n << 32n]));
  });

  it("a sweep pays whom it is for or is refused: nobody can make a push fail and have it booked instead", async () => {
    const w = await worked();
    const token = await w.token.getAddress();
    const sweeps: [string, unknown[], { address: string }][] = [
      ["sweepReferral", [token, w.provider.address], w.referrer],
      ["sweepRoyalty", [token, (await termsIn(w)).modelId], w.creator],
      ["sweepFees", [token], w.treasury],
      ["withdraw", [token, w.provider.address], w.provider],
    ];
    for (const [method, args, to] of sweeps) {
      const balance = (): Promise<bigint> => read<bigint>(w.token, "balanceOf", to.address);
      const before = await balance();
      const outcomes = new Set<bigint | string>();
      for (let gas = 40_000n; gas <= 160_000n; gas += 3_000n) {
        outcomes.add(
          await tried(gas, (gasLimit) => mined(w.stranger, w.escrow, method, ...args, { gasLimit }), balance),
        );
      }
      expect(outcomes.size, method).to.equal(2);
      expect(outcomes.has("refused") && !outcomes.has(before), method).to.equal(true);
    }
  });
});
