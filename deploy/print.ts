// What plan, apply and verify show to a person.
import type { ApplyResult, Planned, Verification } from "./engine";

/** Columns as wide as their widest cell. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === cells.length - 1 ? cell : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  return [line(header), widths.map((width) => "─".repeat(width)).join("  "), ...rows.map(line)].join("\n");
}

function short(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 40)}…${text.slice(-12)}`;
}

/** Addresses with the names that the network gives them. */
function named(names: ReadonlyMap<string, string>, address: string): string {
  const name = names.get(address);
  return name === undefined ? address : `${name} ${address}`;
}

export function printPlan(plan: readonly Planned[]): string {
  const open = plan.filter(({ reading }) => reading.state !== "done");
  if (open.length === 0) return `Nothing to do: all ${plan.length} steps are as declared.`;
  const rows = open.map(({ step, reading }) => [
    step.chain,
    reading.state === "missing" ? "add" : "change",
    step.title,
    reading.state === "different" ? `${short(reading.found)} → ${short(step.wanted)}` : short(step.wanted),
  ]);
  return `${table(["chain", "", "step", "value"], rows)}\n\n${open.length} of ${plan.length} steps to do.`;
}

export function printResult(result: ApplyResult): string {
  const lines = [`${result.executed.length} steps executed.`];
  for (const { role, chain, file, steps } of result.unsigned) {
    lines.push(
      `${steps.length} transactions on ${chain} wait for ${role}: sign those in ${file}, or propose them where governance is the ${role} (npm run governance -- propose declared), then run apply again.`,
    );
  }
  if (result.blocked.length > 0) lines.push(`${result.blocked.length} steps wait for them.`);
  return lines.join("\n");
}

export function printVerification(verification: Verification, names: ReadonlyMap<string, string>): string {
  const powers = verification.powers.map(({ chain, subject, power, holders, ok }) => [
    ok ? "ok" : "WRONG",
    chain,
    subject,
    power,
    holders.map((holder) => named(names, holder)).join(", ") || "nobody",
  ]);
  const wrong = verification.findings.filter((finding) => !finding.ok);
  const parts = [`Powers\n${table(["", "chain", "over", "power", "held by"], powers)}`];
  if (wrong.length > 0) {
    const rows = wrong.map((f) => [f.chain, f.title, short(f.found ?? "missing"), short(f.wanted)]);
    parts.push(`Not as declared\n${table(["chain", "what", "is", "should be"], rows)}`);
  }
  const bad = wrong.length + verification.powers.filter((power) => !power.ok).length;
  const all = verification.findings.length + verification.powers.length;
  parts.push(
    verification.ok
      ? `Verified: all ${verification.findings.length} values and ${verification.powers.length} powers are as declared.`
      : `NOT verified: ${bad} of ${all} facts are not as declared.`,
  );
  return parts.join("\n\n");
}
