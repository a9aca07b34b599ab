// Principal: free, backing a job, on its way out. The staker is the provider; who has bonded nothing is nobody's hostage either.
import { expect } from "chai";
import { approve, mined, now, read, send, STUN } from "../kit";
import { assigned, disputed, lockedOf, type Placed, type World, world } from "../escrow/fixture";
import { at, driveJob, helpers, SLOW, startHostile, strangerEnds, type Live } from "./jobs";
import { DAY, type Mood, type Outcome, type Party, type Row } from "./table";

const LOCK = 7n * DAY;
const EXIT_DELAY = 7n * DAY;
const AWAY = 3_650n * DAY;
const PRINCIPAL = 1_000n * STUN;
/** Last assignment to the end of the bond, and the request in between. */
const BOUND = 27n * DAY + 60n;

/** The provider's second position, without a bond. */
async function free(): Promise<{ w: World; id: bigint; end: bigint }> {
  const w = await world();
  await mined(w.owner, w.token, "transfer", w.provider.address, PRINCIPAL);
  await approve(w.token, w.provider, w.staking);
  await mined(w.provider, w.staking, "open", PRINCIPAL, LOCK, 0n);
  const id = 3n;
  const { end } = await read<{ end: bigint }>(w.staking, "positionOf", w.provider.address, id);
  return { w, id, end };
}

async function exits({ w, id, end }: Awaited<ReturnType<typeof free>>, when: bigint, since: bigint): Promise<Outcome> {
  const before = await read<bigint>(w.token, "balanceOf", w.provider.address);
  await at(when > end ? when : end);
  await mined(w.provider, w.staking, "exit", id);
  expect((await read<bigint>(w.token, "balanceOf", w.provider.address)) - before).to.equal(PRINCIPAL);
  return { seconds: (await now()) - since, to: "provider" };
}

const FREE: Row = {
  state: "stake: not bonded",
  covers: ["Staking.State.None", "Staking.State.Active"],
  bound: LOCK,
  worst: {
    guardian: "pauses entries for 7 days and stops the committee for 14",
    bridge: "forges governance's messages to a remote chain, and with them does as a hostile governance",
    governance: "names itself guardian and pauses",
  },
  async alone() {
    return exits(await free(), 0n, await now());
  },
  async run(party: Party, mood: Mood) {
    const stake = await free();
    const since = await now();
    if (mood === "hostile") await startHostile(stake.w, party);
    if (party !== "provider" || mood === "hostile") return exits(stake, 0n, since);
    await at(since + AWAY);
    await mined(stake.w.stranger, stake.w.token, "approve", stake.w.stranger.address, 0n);
    return exits(stake, 0n, await now());
  },
};

type Make = (w: World) => Promise<Placed>;

/** Asks to leave (unless it has), ends its jobs as they end, and takes its bond at the first second that lets it. */
async function leaves(live: Live, party: Party | undefined, mood: Mood, asked: boolean): Promise<Outcome> {
  const { w } = live;
  let since = await now();
  const away = party === "provider" && mood === "silent";
  if (party !== undefined && mood === "hostile") await startHostile(w, party);
  if (!asked && !away) await mined(w.provider, w.staking, "requestExit", 1n);
  const actors = party === undefined ? [] : mood === "hostile" ? driveJob(party) : helpers(party);
  await strangerEnds(live, actors);
  expect(await lockedOf(w, w.provider), "no job holds the bond").to.equal(0n);
  if (away && !asked) {
    since = await now();
    await mined(w.provider, w.staking, "requestExit", 1n);
  }
  const { exitRequestedAt } = await read<{ exitRequestedAt: bigint }>(w.staking, "bondOf", w.provider.address);
  if (exitRequestedAt + EXIT_DELAY > (await now()) + 1n) {
    await at(exitRequestedAt + EXIT_DELAY - 1n);
    await expect(send(w.provider, w.staking, "unbond", 1n)).to.be.reverted;
  }
  const { principal } = await read<{ principal: bigint }>(w.staking, "positionOf", w.provider.address, 1n);
  await at(exitRequestedAt + EXIT_DELAY);
  await mined(w.provider, w.staking, "unbond", 1n);
  const position = await read<{ principal: bigint; exiting: boolean }>(w.staking, "positionOf", w.provider.address, 1n);
  expect(position.principal).to.equal(principal);
  expect(position.exiting).to.equal(false);
  return { seconds: (await now()) - since, to: principal < 100_000n * STUN ? "provider; slashed" : "provider" };
}

function bonded(state: string, covers: readonly string[], make: Make, asked: boolean): Row {
  const place = async (): Promise<Live> => {
    const w = await world();
    const job = await make(w);
    if (asked) await mined(w.provider, w.staking, "requestExit", 1n);
    return { w, job };
  };
  return {
    state,
    covers,
    bound: BOUND,
    worst: {
      committee: "judges in the last second: Undelivered what was submitted, Wrong what was disputed",
      guardian: "pauses entries for 7 days and stops the committee for 14",
      bridge: "forges governance's messages to a remote chain, and with them does as a hostile governance",
      payer: "disputes in the last second of the window, and is gone",
      provider: "asks to leave in the middle of its work, and claims every unit in the last second of the grace",
      governance: "names itself guardian and pauses",
    },
    async alone() {
      return leaves(await place(), undefined, "silent", asked);
    },
    async run(party, mood) {
      return leaves(await place(), party, mood, asked);
    },
  };
}

export const stakeRows: readonly Row[] = [
  FREE,
  bonded("stake: bonded, a job assigned", ["Staking.BondRecord.principal"], (w) => assigned(w, SLOW), false),
  bonded("stake: bonded, a job disputed", ["Staking.BondRecord.locked"], (w) => disputed(w, SLOW), false),
  bonded("stake: exit requested, a job assigned", ["Staking.State.Exiting"], (w) => assigned(w, SLOW), true),
];
