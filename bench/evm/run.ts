// npm run bench:evm [-- --check | --update] [--no-peers]: what our contracts cost beside their peers and beside the least that
// the same operations have to write, as whole transactions.
import { readFileSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import hre from "hardhat";
import { measure, type Measures, type Scenario } from "./chain";
import { FLOORS } from "./floors";
import { OURS } from "./ours";
import { hopr, raiden } from "./peers/channels";
import { iexec } from "./peers/iexec";
import { vestingWallet } from "./peers/openzeppelin";
import { PeerMissing } from "./peers/packages";
import { sablier } from "./peers/sablier";
import { merkleDistributor, stakingRewards } from "./peers/uniswap";
import { committed, differences, DOCUMENT, overruns, SNAPSHOT, terminalTable, withTable, type Run } from "./report";
import { ROWS } from "./rows";

const PEERS: readonly Scenario[] = [sablier, vestingWallet, merkleDistributor, stakingRewards, hopr, raiden, iexec];

/** Measures every peer that can be had; says on stderr which cannot, and why. */
async function measurePeers(): Promise<Measures> {
  const all: Measures = {};
  for (const peer of PEERS) {
    try {
      Object.assign(all, await measure([peer]));
    } catch (error) {
      if (!(error instanceof PeerMissing)) throw error;
      process.stderr.write(`MISSING ${peer.name}: ${error.message}\n`);
    }
  }
  return all;
}

function update(run: Run, missing: readonly string[]): void {
  const before = committed();
  const kept = Object.fromEntries(missing.map((name) => [name, before.peers[name]!]));
  const whole = { ...run, peers: { ...run.peers, ...kept } };
  // Sorted, so that a change of the order of measuring is no change of the file.
  const sorted = (measures: Measures): Measures =>
    Object.fromEntries(Object.entries(measures).sort(([a], [b]) => (a < b ? -1 : 1)));
  const text = { ours: sorted(whole.ours), floor: sorted(whole.floor), peers: sorted(whole.peers) };
  writeFileSync(SNAPSHOT, `${JSON.stringify(text, null, 2)}\n`);
  writeFileSync(DOCUMENT, withTable(readFileSync(DOCUMENT, "utf8"), whole));
}

async function main(): Promise<void> {
  const options = new Command()
    .option("--check", "compare with the committed numbers; exits with 1 on a difference")
    .option("--update", "write the numbers of this run, here and into docs/gas.md")
    .option("--no-peers", "leave the peers out: nothing is fetched")
    .parse()
    .opts<{ check?: boolean; update?: boolean; peers: boolean }>();
  await hre.run("compile", { quiet: true });
  const run: Run = {
    ours: await measure(OURS),
    floor: await measure(FLOORS),
    peers: options.peers ? await measurePeers() : {},
  };
  const wanted = ROWS.flatMap(({ peers }) => peers.flatMap((peer) => ("measure" in peer ? [peer.measure] : [])));
  const missing = [...new Set(wanted)].filter((name) => !(name in run.peers));
  process.stdout.write(`${terminalTable(run)}\n\n`);
  const failures = overruns(run);
  if (options.update) {
    update(run, missing);
    process.stdout.write("Wrote bench/evm/snapshot.json and the table of docs/gas.md.\n");
  } else if (options.check) {
    const found = differences(committed(), run, missing);
    failures.push(...found);
    if (found.length === 0) process.stdout.write("Every number that was measured is the committed one.\n");
    else failures.push("A difference that is meant is written by `npm run bench:evm -- --update`.");
  }
  if (!options.peers) process.stdout.write("The peers were left out.\n");
  else if (missing.length > 0) process.stdout.write(`Not measured, so not compared: ${missing.join(", ")}.\n`);
  for (const failure of failures) process.stdout.write(`${failure}\n`);
  process.exit(failures.length > 0 ? 1 : 0);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
