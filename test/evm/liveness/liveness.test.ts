// Invariant 9: with any party silent or hostile, money moves. One test for each cell of the table; the page is compared with what
// they found, and the table with the states that the contracts have.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { bridgeRows } from "./bridge";
import { channelRows } from "./channels";
import { deployable, MONEY_OF, OWES_NOTHING, statesOfContracts } from "./coverage";
import { creditRows } from "./credits";
import { jobRows } from "./jobs";
import { rewardRows } from "./rewards";
import { stakeRows } from "./stakes";
import { MOODS, PARTIES, duration, keyOf, render, renderWorst, type Outcome, type Row } from "./table";

const ROWS: readonly Row[] = [...jobRows, ...creditRows, ...channelRows, ...stakeRows, ...rewardRows, ...bridgeRows];
const CELLS = ROWS.length * (1 + PARTIES.length * MOODS.length);
const PAGE = join(resolve(__dirname, "../../.."), "docs", "liveness.md");
const found = new Map<string, Outcome>();

async function cell(row: Row, key: string, run: () => Promise<Outcome>): Promise<void> {
  const outcome = await run();
  expect(outcome.seconds <= row.bound, `${outcome.seconds} s, more than ${row.bound}`).to.equal(true);
  found.set(key, outcome);
}

/** The page with each of its parts between its two marks. */
function filled(page: string, parts: Record<string, string>): string {
  return Object.entries(parts).reduce((text, [name, part]) => {
    const marks = new RegExp(`(<!-- ${name} -->\n)[^]*(\n<!-- /${name} -->)`);
    if (!marks.test(text)) throw new Error(`docs/liveness.md has lost its marks of "${name}".`);
    return text.replace(marks, (_, from: string, to: string) => `${from}\n${part}\n${to}`);
  }, page);
}

for (const row of ROWS) {
  const bound = duration(row.bound);
  describe(`Liveness: ${row.state}`, () => {
    it(`ends within ${bound} with everybody silent`, () =>
      cell(row, keyOf(row, "everybody", "silent"), () => row.alone()));
    for (const party of PARTIES) {
      for (const mood of MOODS) {
        const does = mood === "silent" ? "is silent" : (row.worst[party] ?? "is hostile, and has no call");
        it(`ends within ${bound} when the ${party} ${does}`, () =>
          cell(row, keyOf(row, party, mood), () => row.run(party, mood)));
      }
    }
  });
}

describe("The table of liveness", () => {
  it("has a row for every state of the contracts", () => {
    const covered = new Set(ROWS.flatMap((row) => row.covers));
    expect(statesOfContracts().filter((state) => !covered.has(state))).to.deep.equal([]);
  });

  it("stands for every contract that owes somebody something", () => {
    const modules = new Set(ROWS.map((row) => row.state.split(":")[0]));
    const missing = deployable().filter((name) => !(name in OWES_NOTHING) && !modules.has(MONEY_OF[name] ?? ""));
    expect(missing).to.deep.equal([]);
  });

  it("is what docs/liveness.md says", function () {
    if (found.size < CELLS) {
      process.stdout.write(`    only ${found.size} of ${CELLS} cells have run: the page is not compared\n`);
      this.skip();
    }
    const page = readFileSync(PAGE, "utf8");
    const wanted = filled(page, { table: render(ROWS, found), worst: renderWorst(ROWS) });
    if (process.env.STUN_SNAPSHOT === "write") writeFileSync(PAGE, wanted);
    else expect(page, "run this file with STUN_SNAPSHOT=write, look at the diff, commit").to.equal(wanted);
  });
});
