import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { draw, emissionChart, priceChart, supplyChart, timelineChart, vestingChart } from "./charts";
import { readable } from "../governance/words";
import { stun } from "../amounts";
import { NOT_SHOWN, type DemoResult } from "./result";

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? c);
}

function table(head: string[], rows: string[][]): string {
  const cells = (row: string[], tag: string): string => row.map((c) => `<${tag}>${escape(c)}</${tag}>`).join("");
  return `<table><thead><tr>${cells(head, "th")}</tr></thead><tbody>${rows.map((r) => `<tr>${cells(r, "td")}</tr>`).join("")}</tbody></table>`;
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#222}
h2{margin-top:2.5rem}table{border-collapse:collapse;width:100%;font-size:13px}th,td{text-align:left;padding:.25rem .5rem;border-bottom:1px solid #ddd}
td:nth-child(n+2){font-variant-numeric:tabular-nums}code{font-size:12px;overflow-wrap:anywhere}svg{max-width:100%;height:auto}`;

/** Writes the self-contained report of a run; it appears whole or not at all. */
export async function writeReport(file: string, result: DemoResult): Promise<void> {
  const { supply, job, epoch, home, channels, cases, governance, chains } = result;
  const [emission, vesting, byChain, timeline, price] = await Promise.all(
    [emissionChart(), vestingChart(), supplyChart(supply), timelineChart(job), priceChart(job)].map(draw),
  );
  const identity = Object.keys(supply.remote).map((name) => [
    name,
    ...[supply.remote, supply.inFlight, supply.held, supply.burned].map((part) => stun(part[name] ?? 0n)),
  ]);
  const parts = Object.entries(job.parts).map(([part, amount]) => [part, stun(amount)]);
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>STUN: one journey over five chains</title><style>${STYLE}</style>
<h1>One journey over five chains</h1>
<p>${chains.length} embedded networks, one token, one job. All amounts are in STUN, exact to the last unit.</p>
${table(
  ["chain", "VM", "endpoint", "token"],
  chains.map((c) => [c.name, c.vm, String(c.eid), c.token]),
)}
<h2>Supply by chain</h2>
<p>${stun(supply.home)} exist at home, of which ${stun(supply.locked)} are locked in the bridge. The identity of every remote
<b>${supply.holds ? "holds" : "DOES NOT HOLD"}</b>.</p>
${byChain}
${table(["remote", "circulates", "in flight", "held", "burned"], identity)}
<h2>The job</h2>
<p>Job <code>${escape(job.jobId)}</code> on ${escape(job.chain)}: ${job.instructions.toLocaleString("en-US")} instructions, ${job.units} units, output of
${job.outputBytes} bytes with hash <code>${escape(job.outputHash)}</code>. ${job.signers.length} oracles ran it again: <b>${escape(job.verdict)}</b>.</p>
${timeline}
<h2>Where each unit of the price went</h2>
${price}
${table(["part", "STUN"], parts)}
<h2>The same at home, and channels</h2>
<p>On ${escape(home.job.chain)} the same job was ${escape(home.job.verdict)} and cost ${stun(home.job.parts.price)}.</p>
${table(
  ["channel on", "deposit", "tasks", "paid by one voucher", "to the provider", "returned"],
  channels.map((c) => [
    c.chain,
    stun(c.deposit),
    String(c.tasks),
    stun(c.parts.price),
    stun(c.parts.provider),
    stun(c.returned),
  ]),
)}
<h2>When somebody fails, is stopped or waits</h2>
${table(
  ["chain", "what happens", "what was seen"],
  cases.map((c) => [c.chain, c.title, c.saw]),
)}
<h2>Governance</h2>
${governance
  .map(
    (g) => `<p>${escape(g.title)}: proposal <code>${escape(g.proposal)}</code>.</p>
${table(
  ["chain", "what", "before", "after"],
  g.changes.map((c) => [c.chain, c.what, readable(c.before), readable(c.after)]),
)}
<ol>${g.steps.map((step) => `<li>${escape(step)}</li>`).join("")}</ol>`,
  )
  .join("\n")}
<h2>Emission and halvings</h2>
<p>400 million STUN over ten years in five eras. Epoch ${epoch.epoch} on ${escape(epoch.chain)} had a pot of ${stun(epoch.pot)}, reported ${stun(epoch.total)}, of which ${stun(epoch.claimed)} were claimed, after ${epoch.vetoed} veto of the guardian;
on ${escape(home.epoch.chain)} ${stun(home.epoch.total)} and ${stun(home.epoch.claimed)}.</p>
${emission}
<h2>Vesting</h2>
${vesting}
<h2>Not in this journey</h2>
<p>${escape(NOT_SHOWN)}.</p>
</html>
`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, html);
  renameSync(`${file}.part`, file);
}
