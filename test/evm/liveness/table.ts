// The table of liveness: in each state in which money can be, each party is silent once and hostile once. A cell runs on the real
// contracts, ends with the money in somebody's account, and says after how many seconds. docs/liveness.md is this table.

/** Who can be silent or hostile. Whoever is none of them, a stranger, only pays for gas. */
export const PARTIES = ["committee", "guardian", "bridge", "payer", "provider", "governance"] as const;
export type Party = (typeof PARTIES)[number];
export const MOODS = ["silent", "hostile"] as const;
export type Mood = (typeof MOODS)[number];

/** What a cell came to. */
export interface Outcome {
  /** Seconds from the state to the end, or since the party is back when only it can wait. */
  seconds: bigint;
  /** Who has the money then. */
  to: string;
}

export interface Row {
  /** Module and state, as the page names it. */
  state: string;
  /** What of the contracts' own states this row stands for, see `coverage.ts`. */
  covers: readonly string[];
  /** Longest time that any cell may take, in seconds. */
  bound: bigint;
  /** What a hostile party does at its worst; a party that is missing has no call that the state would take. */
  worst: Partial<Record<Party, string>>;
  run(party: Party, mood: Mood): Promise<Outcome>;
  /** Nobody moves but a stranger, and the owner of what is no job's. */
  alone(): Promise<Outcome>;
}

const HOUR = 3_600n;
const DAY = 24n * HOUR;

/** Transactions that follow one another take a second each: a minute of them is no wait. */
const SLACK = 60n;

/** A time as the page gives it: in hours, rounded up. */
export function duration(seconds: bigint): string {
  if (seconds <= SLACK) return "at once";
  const hours = (seconds - SLACK + HOUR - 1n) / HOUR;
  const [days, rest] = [hours / 24n, hours % 24n];
  return [days > 0n ? `${days} d` : "", rest > 0n ? `${rest} h` : ""].filter(Boolean).join(" ");
}

export function cellText({ seconds, to }: Outcome): string {
  return `${duration(seconds)}: ${to}`;
}

/** The page's table: one line for each state and mood, one column for each party. */
export function render(rows: readonly Row[], found: ReadonlyMap<string, Outcome>): string {
  const at = (row: Row, party: string, mood: string): string => {
    const outcome = found.get(keyOf(row, party, mood));
    if (!outcome) throw new Error(`${keyOf(row, party, mood)} has not run.`);
    return cellText(outcome);
  };
  const head = ["state", "bound", "everybody silent", "", ...PARTIES];
  const lines = rows.flatMap((row) =>
    MOODS.map((mood) => {
      const first = mood === MOODS[0];
      const left = first ? [row.state, duration(row.bound), at(row, "everybody", "silent")] : ["", "", ""];
      return [...left, mood, ...PARTIES.map((party) => at(row, party, mood))];
    }),
  );
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** What the hostile do at their worst, and in the states of which modules. */
export function renderWorst(rows: readonly Row[]): string {
  const modules = new Map<string, Set<string>>();
  for (const party of PARTIES) {
    for (const { state, worst } of rows) {
      const text = worst[party];
      if (text === undefined) continue;
      const key = `**${party}** ${text}`;
      modules.set(key, (modules.get(key) ?? new Set()).add(state.split(":")[0]!));
    }
  }
  return [...modules].map(([text, names]) => `- ${text} (${[...names].join(", ")})`).join("\n");
}

export function keyOf(row: Row, party: string, mood: string): string {
  return `${row.state} / ${party} ${mood}`;
}

export { DAY, HOUR };
