// What is earned over time: grants, and the rewards of providers. Neither is a job's; anyone can push it to its owner.
import { expect } from "chai";
import { ZeroHash } from "ethers";
import { RewardBook } from "../../../chains/evm/emission";
import {
  accepted,
  emission,
  epochEnds,
  report,
  REPEAT_DELAY,
  statusOf,
  VETO_TIME,
  type Emission,
} from "../emission/fixture";
import { mined, now, read, STUN, YEAR } from "../kit";
import { granted, type Vesting } from "../vesting/fixture";
import { at } from "./jobs";
import { DAY, HOUR, type Mood, type Outcome, type Party, type Row } from "./table";

const AMOUNT = 1_000n * STUN;
const VETOES = 14;
/** Fourteen times a veto in the last second and the wait after it, then the time in which nobody can veto any more. */
const VETOED = BigInt(VETOES) * (VETO_TIME + REPEAT_DELAY) + VETO_TIME + HOUR;

/** A vault, the rewards of epoch 0, and whether the committee has reported them. */
interface Earned {
  state: Emission;
  book: RewardBook;
}

async function earned(): Promise<Earned> {
  const state = await emission();
  const book = new RewardBook([{ account: state.alice.address, cumulative: AMOUNT }]);
  await epochEnds(state);
  await mined(state.stranger, state.token, "approve", state.bob.address, 0n);
  return { state, book };
}

async function reported(): Promise<Earned> {
  const known = await earned();
  await reports(known);
  return known;
}

async function taken(): Promise<Earned> {
  const state = await emission();
  const book = await accepted(state, [[state.alice.address, AMOUNT]], AMOUNT);
  await mined(state.stranger, state.vault, "settle");
  return { state, book };
}

/** The report of epoch 0, as soon as it is allowed. */
async function reports({ state, book }: Earned): Promise<void> {
  const { waiting, since } = await statusOf(state);
  if (waiting === 2n) await at(since + REPEAT_DELAY);
  await (await report(state, book.root, AMOUNT)).wait();
}

/** The guardian vetoes in the last second, and the committee reports again as soon as it may. */
async function vetoes(known: Earned, times: number, refill: boolean): Promise<void> {
  const { state } = known;
  for (let i = 0; i < times; ++i) {
    await at((await statusOf(state)).since + VETO_TIME - 1n);
    await mined(state.guardian, state.vault, "veto");
    if (refill) await mined(state.owner, state.vault, "refillVetoes");
    await reports(known);
  }
}

/** A stranger has the provider paid, when nobody can veto the report any more. */
async function claimed({ state, book }: Earned): Promise<void> {
  const { waiting, since } = await statusOf(state);
  if (waiting === 1n) await at(since + VETO_TIME);
  await mined(state.stranger, state.vault, "claim", ...book.claim(state.alice.address, 0n));
  expect(await read<bigint>(state.token, "balanceOf", state.alice.address)).to.equal(AMOUNT);
}

/** The next report leaves the provider out; what was accepted stays claimable. */
async function forgets({ state }: Earned): Promise<void> {
  const { waiting, since } = await statusOf(state);
  if (waiting === 1n) await at(since + VETO_TIME);
  await epochEnds(state);
  await (await report(state, ZeroHash, 0n)).wait();
}

function rewards(state: string, covers: readonly string[], place: () => Promise<Earned>, unreported: boolean): Row {
  const run = async (party?: Party, mood?: Mood): Promise<Outcome> => {
    const known = await place();
    let start = await now();
    let to = "provider";
    if (unreported && (party === undefined || party === "committee")) {
      await at(start + 100n * DAY);
      await mined(known.state.stranger, known.state.token, "approve", known.state.bob.address, 0n);
      start = await now();
      to = "provider, when the committee reports";
    }
    if (unreported) await reports(known);
    const waits = (await statusOf(known.state)).waiting === 1n;
    if (mood === "hostile" && waits && party === "guardian") await vetoes(known, VETOES, false);
    if (mood === "hostile" && waits && (party === "governance" || party === "bridge")) {
      await mined(known.state.owner, known.state.vault, "setGuardian", known.state.guardian.address);
      await vetoes(known, VETOES + 6, true);
      start = await now();
      to = "provider, when governance lets it";
    }
    if (mood === "hostile" && party === "committee" && !unreported) await forgets(known);
    await claimed(known);
    return { seconds: (await now()) - start, to };
  };
  const captured = "vetoes every report through a guardian of its own, and gives it new vetoes";
  const worst: Row["worst"] = {
    committee: unreported ? "reports nothing" : "leaves the provider out of the next report",
    guardian: "vetoes fourteen times, each in the last second",
    bridge: captured,
    governance: captured,
  };
  return { state, covers, bound: VETOED, worst, alone: () => run(), run };
}

async function vests(state: Vesting, governance: "hostile" | "asleep"): Promise<Outcome> {
  const { vault, revoker, stranger, token, beneficiary, terms } = state;
  const start = await now();
  const middle = terms.start + terms.duration / 2n;
  await at(middle);
  const revoked = governance === "hostile" && (await mined(revoker, vault, "revoke", 1n).catch(() => undefined));
  await at(terms.start + terms.duration);
  await mined(stranger, vault, "claim", 1n);
  const has = await read<bigint>(token, "balanceOf", beneficiary.address);
  expect(has).to.equal(revoked ? terms.total / 2n : terms.total);
  expect(await read<bigint>(token, "balanceOf", await vault.getAddress()), "nothing is left").to.equal(0n);
  return { seconds: (await now()) - start, to: revoked ? "beneficiary; the rest to the revoker" : "beneficiary" };
}

function grant(kind: "revocable" | "irrevocable"): Row {
  return {
    state: `grant: ${kind}`,
    covers: kind === "revocable" ? ["IVestingVault.Grant.revoker"] : ["IVestingVault.Grant.beneficiary"],
    bound: 4n * YEAR,
    worst: kind === "revocable" ? { governance: "revokes half way" } : {},
    alone: async () => vests(await granted(kind), "asleep"),
    run: async (party, mood) =>
      vests(await granted(kind), party === "governance" && mood === "hostile" ? "hostile" : "asleep"),
  };
}

export const rewardRows: readonly Row[] = [
  rewards(
    "rewards: earned, not reported",
    ["IEmissionVault.Waiting.Nothing", "IEmissionVault.Waiting.Repeat"],
    earned,
    true,
  ),
  rewards("rewards: reported, not accepted", ["IEmissionVault.Waiting.Report"], reported, false),
  rewards("rewards: accepted, not claimed", ["EmissionVault._ring"], taken, false),
  grant("irrevocable"),
  grant("revocable"),
];
