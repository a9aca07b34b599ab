// What a voter sees of a simulation.
import { table } from "../../deploy/print";
import { stun } from "../demo/result";
import { proposalId } from "../../chains/evm/governance";
import type { Simulation } from "./simulate";

function short(text: string): string {
  return text.length <= 90 ? text : `${text.slice(0, 70)}…${text.slice(-12)}`;
}

export function printSimulation({ proposal, calls, changes, moves, events, fees }: Simulation): string {
  const parts = [
    proposal.description,
    `Proposal ${proposalId(proposal)}`,
    `Calls\n${table(
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
          moves.map((m) => [m.chain, m.asset, m.from, m.to, stun(m.amount)]),
        )}`,
    `Events\n${table(
      ["chain", "event"],
      events.map(({ chain, text }) => [chain, text]),
    )}`,
  ];
  if (fees > 0n)
    parts.push(`Messages cost ${fees} wei, from the balance of the governance sender, which anyone fills.`);
  return parts.join("\n\n");
}
