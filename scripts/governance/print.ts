// What a voter sees of a simulation.
import { formatUnits } from "ethers";
import { proposalId } from "../../chains/evm/governance";
import { table } from "../../deploy/print";
import type { Simulation } from "./simulate";
import { isDust, leap, readable } from "./words";

/** Of what it holds, in percent, an account may part with before a voter is told to look twice. */
const LARGE_SHARE = 10n;

function short(text: string): string {
  const words = readable(text);
  return words.length <= 90 ? words : `${words.slice(0, 70)}…${words.slice(-12)}`;
}

/** What deserves a second look: powers that change hands, numbers that leap, money in the wrong unit, calls nobody can read. */
export function warnings({ changes, moves, calls }: Simulation): string[] {
  const found: string[] = [];
  for (const { chain, what, before, after } of changes) {
    const jump = leap(before, after);
    if (/\b(owner|delegate|administrator|proposer|executor|canceller|guardian)\b/.test(what)) {
      found.push(`${chain}: a power changes hands, ${what}.`);
    } else if (jump !== undefined) found.push(`${chain}: ${what} ${jump}.`);
  }
  for (const { chain, asset, from, amount, decimals, share } of moves) {
    if (isDust(amount, decimals))
      found.push(`${chain}: ${amount} base units of ${asset} are less than one whole unit.`);
    else if (share >= LARGE_SHARE) found.push(`${chain}: ${from} parts with ${share} % of its ${asset}.`);
  }
  for (const { chain, title } of calls) {
    if (/, with the message options 0x/.test(title))
      found.push(`${chain}: a message carries more than calls and gas, ${title}.`);
    if (/^the unknown contract|bytes that no function/.test(title))
      found.push(`${chain}: nobody here can read a call, ${title}.`);
  }
  return found;
}

export function printSimulation(simulation: Simulation): string {
  const { proposal, calls, changes, moves, events, fees } = simulation;
  const look = warnings(simulation);
  const parts = [
    proposal.description,
    `Proposal ${proposalId(proposal)}`,
    `Calls, as their bytes say\n${table(
      ["chain", "what"],
      calls.map(({ chain, title }) => [chain, title]),
    )}`,
    changes.length === 0
      ? "No declared value and no power changes."
      : `What changes\n${table(
          ["chain", "what", "before → after"],
          changes.map((c) => [c.chain, c.what, `${short(c.before)} → ${short(c.after)}`]),
        )}`,
    moves.length === 0
      ? "No asset moves."
      : `What moves\n${table(
          ["chain", "asset", "from", "to", "amount"],
          moves.map((m) => [m.chain, m.asset, m.from, m.to, amountOf(m)]),
        )}`,
    `Events\n${table(
      ["chain", "event"],
      events.map(({ chain, text }) => [chain, readable(text)]),
    )}`,
  ];
  if (fees > 0n)
    parts.push(`Messages cost ${fees} wei, from the balance of the governance sender, which anyone fills.`);
  parts.push(
    look.length === 0 ? "Nothing in it asks for a second look." : `Look twice\n${look.map((l) => `- ${l}`).join("\n")}`,
  );
  return parts.join("\n\n");
}

function amountOf({ amount, decimals }: Simulation["moves"][number]): string {
  const [whole, fraction] = formatUnits(amount, decimals).split(".") as [string, string?];
  const rest = (fraction ?? "").replace(/0+$/, "");
  return `${BigInt(whole).toLocaleString("en-US")}${rest ? `.${rest}` : ""}`;
}
