// npm run demo: one journey over all chains of the local network, from the first unit of the supply to a report.
import "../chains/solana/quiet";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { id } from "ethers";
import { Listr, ListrLogger, ProcessOutput, type ListrTask } from "listr2";
import { StunError, messageOf } from "../chains/errors";
import { startLocalNetwork, type LocalNetwork } from "../deploy/local";
import type { ServedPort } from "../localnet/evm-node";
import { ContentStore } from "../oracle/content";
import { JobError } from "../oracle/wasm/errors";
import { ensureBuilt } from "./ensure-built";
import { carry, supplyReport, units } from "./demo/bridge";
import { runChannel } from "./demo/channel";
import { claimIncentive, runCases } from "./demo/cases";
import { closeEpoch } from "./demo/epoch";
import { govern } from "./demo/govern";
import { prepareProvider, runJob, tryTask, type Task, type Workplace } from "./demo/job";
import { writeReport } from "./demo/report";
import { stun } from "./amounts";
import { NOT_SHOWN, toJson, type DemoResult } from "./demo/result";
import { deployWorld, type World } from "./demo/world";
import { readable } from "./governance/words";

const ROOT = resolve(__dirname, "..");
const REPORT = join(ROOT, "out", "demo", "report.html");
/** The content hash of the model whose creator the job pays a royalty. */
const MODEL = id("STUN demo model");
/** STUN that each burns on a remote, to show that the identity counts it. */
const BURN = 7n;

interface Options {
  json?: boolean;
  keep?: boolean;
  port: number;
  job?: string;
  input?: string;
  maxUnits?: bigint;
}

interface Journey {
  local?: LocalNetwork;
  world?: World;
  task: Task;
  /** What jobs and receipts name by its hash. */
  content: ContentStore;
  result: Partial<DemoResult>;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_533)
    throw new InvalidArgumentError("give a port from 1 to 65533.");
  return port;
}

function unitCount(text: string): bigint {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("give a whole number of units from 1 to 999999.");
  return BigInt(text);
}

function parseOptions(argv: string[]): Options {
  return new Command("npm run demo --")
    .description("one token on five chains, one job paid for")
    .option("--json", "print one JSON object instead of the summary; progress goes to standard error")
    .option("--keep", "leave the EVM chains open to wallets by JSON-RPC until Ctrl-C")
    .option("--port <number>", "first of the three ports of --keep: Ethereum, Base, Arbitrum", portNumber, 8545)
    .option("--job <file>", "a WebAssembly module to run as the job (see jobs/README.md)")
    .option("--input <file>", "the input of --job")
    .option("--max-units <number>", "most units that the job may cost (default: 100)", unitCount)
    .showSuggestionAfterError(false)
    .parse(argv)
    .opts<Options>();
}

function readFile(what: string, path: string): Uint8Array {
  if (!existsSync(path)) throw new StunError(`The ${what} '${path}' does not exist: give the path of a file.`);
  return readFileSync(path);
}

function taskOf({ job, input, maxUnits = 100n }: Options): Task {
  if ((job === undefined) !== (input === undefined)) {
    throw new StunError(`--job and --input go together: ${job === undefined ? "--job" : "--input"} is missing.`);
  }
  const own = join(ROOT, "jobs", "neural-network");
  return {
    module: readFile("module", job ?? join(own, "module.wasm")),
    input: readFile("input", input ?? join(own, "input.bin")),
    maxUnits,
  };
}

/** The journey's stations; each takes up what the one before left. */
function stations(journey: Journey): ListrTask<Journey>[] {
  const world = (): World => journey.world!;
  const place = (name: "ethereum" | "base"): Workplace => {
    return { chain: world().evm[name], addresses: world().deployed.deployment.contracts[name]! };
  };
  const [home, base] = [(): Workplace => place("ethereum"), (): Workplace => place("base")];
  return [
    {
      title: "Run the job on this machine, to know what it takes",
      task: async (_, task) => {
        const { units, fuel, bytes } = await tryTask(journey.task);
        task.title = `The job takes ${fuel.toLocaleString("en-US")} instructions, ${units} units, and gives ${bytes} bytes`;
      },
    },
    {
      title: "Compile the contracts (a minute or two, once per change of a contract) and start the chains",
      task: async (_, task) => {
        // On two cores the chains cost no time beside the compiler.
        const [local] = await Promise.all([startLocalNetwork(), ensureBuilt()]);
        journey.local = local;
        task.title = "The contracts are compiled, five chains run";
      },
    },
    {
      title: "Deploy the network",
      task: async (_, task) => {
        let shown = 0;
        journey.world = await deployWorld(journey.local!, (done, total, title) => {
          // Where lines cannot be drawn over, one in twenty is enough.
          if (!process.stdout.isTTY && done < shown + 20) return;
          shown = done;
          task.output = `${done}/${total} ${title}`;
        });
        const { result, deployment, verification } = world().deployed;
        task.title = `Deployed ${world().chains.length} chains in ${result.executed.length} transactions; ${deployment.steps.length} settings and ${verification!.powers.length} powers read back`;
        journey.result.chains = world().chains;
      },
    },
    {
      title: "Carry STUN from home to every remote and back",
      task: async (_, task) => {
        const { home, remotes, relayer } = world();
        await home.transfer("sale", "alice", units(home, 1_000_000n));
        for (const [name, end] of Object.entries(remotes)) {
          task.output = `home → ${name} → home`;
          await carry(relayer, { end: home, user: "alice" }, { end, user: "alice" }, 100_000n);
          await carry(relayer, { end, user: "alice" }, { end: home, user: "alice" }, 40_000n);
          await end.burn("alice", units(end, BURN));
        }
        task.title = `Carried 100,000 STUN from home to each of ${Object.keys(remotes).join(", ")}, and 40,000 back; burned ${BURN} on each`;
      },
    },
    {
      title: "Bond a provider at home and on Base",
      task: async (_, task) => {
        const { home: end, remotes, relayer } = world();
        for (const [user, amount] of [
          ["provider", 20_000n],
          ["payer", 10_000n],
        ] as const) {
          await carry(relayer, { end, user: "alice" }, { end: remotes.base!, user }, amount);
          await end.transfer("alice", user, units(end, amount));
        }
        for (const at of [home(), base()]) await prepareProvider(at, MODEL);
        task.title =
          "A provider has bonded 20,000 STUN at home and on Base; its GPUs are attested by three of the committee";
      },
    },
    {
      title: "Post a job, run it, have three oracles run it again, settle it",
      task: async (_, task) => {
        const [first, job] = [await runJob(home(), journey.task, MODEL), await runJob(base(), journey.task, MODEL)];
        journey.result.job = job;
        journey.result.home = { ...journey.result.home!, job: first };
        task.title = `At home and on Base the job is ${job.verdict} by ${job.signers.length} oracles: ${stun(job.parts.price)} STUN for ${job.units} units, ${stun(job.parts.provider)} to the provider`;
      },
    },
    {
      title: "Pay for many tasks through a channel",
      task: async (_, task) => {
        const { task: what, content } = journey;
        const channels = [await runChannel(home(), what, content), await runChannel(base(), what, content)];
        journey.result.channels = channels;
        const { tasks, parts } = channels[0]!;
        task.title = `At home and on Base one voucher paid ${stun(parts.price)} STUN for ${tasks} tasks; the channel is closed`;
      },
    },
    {
      title: "Close a reward epoch and claim",
      task: async (_, task) => {
        const first = await closeEpoch(home(), journey.content, false);
        const epoch = await closeEpoch(base(), journey.content, true);
        journey.result.epoch = epoch;
        journey.result.home = { ...journey.result.home!, epoch: first };
        task.title = `At home ${stun(first.total)} STUN were reported and claimed; on Base ${stun(epoch.claimed)}, after the guardian vetoed the first report`;
      },
    },
    {
      title: "See what happens when somebody fails, is stopped or waits",
      task: async (_, task) => {
        const cases = await runCases(world(), home(), base());
        journey.result.cases = cases;
        task.title = `${cases.length} rules at work: dispute, silent provider, silent committee, pause, forwarder, vesting, yield`;
      },
    },
    {
      title: "Govern three chains by votes at home",
      task: async (_, task) => {
        const reports = await govern(world().local, (step) => (task.output = step));
        journey.result.governance = reports;
        journey.result.cases!.push(await claimIncentive(home()));
        task.title = `Governance: ${reports.length} proposals simulated, voted, queued, executed, delivered by LayerZero, verified`;
      },
    },
    {
      title: "Read the supply of every chain",
      task: async (_, task) => {
        const { home: end, remotes, relayer } = world();
        const { job, home: atHome, channels, cases } = journey.result as DemoResult;
        const burned = Object.fromEntries(Object.keys(remotes).map((name) => [name, BURN * 10n ** 18n]));
        for (const { chain, parts } of [job, atHome.job, ...channels]) {
          burned[chain] = (burned[chain] ?? 0n) + parts.burn + parts.buyback;
        }
        for (const { chain, burned: there } of cases) burned[chain] = (burned[chain] ?? 0n) + there;
        const supply = await supplyReport(end, remotes, relayer, burned);
        journey.result.supply = supply;
        if (!supply.holds) throw new StunError("The supply identity does not hold: see the numbers of every remote.");
        task.title = `The supply identity holds on every remote: ${stun(supply.locked)} STUN locked at home`;
      },
    },
    {
      title: "Write the report",
      task: async (_, task) => {
        journey.result.report = relative(process.cwd(), REPORT) || REPORT;
        await writeReport(REPORT, journey.result as DemoResult);
        task.title = `Wrote ${journey.result.report}`;
      },
    },
  ];
}

function summary({ supply, job, epoch, home, channels, cases, governance, report }: DemoResult): string {
  const row = (name: string, amount: bigint): string => `  ${name.padEnd(22)}${stun(amount).padStart(32)}`;
  const remotes = Object.keys(supply.remote).map((name) => row(`on ${name}`, supply.remote[name] ?? 0n));
  const { price, returned, ...parts } = job.parts;
  return [
    "",
    "Supply, STUN",
    row("exists at home", supply.home),
    row("locked in the bridge", supply.locked),
    ...remotes,
    "",
    `Job ${job.jobId.slice(0, 10)}… on ${job.chain}, output ${job.outputHash.slice(0, 10)}…`,
    row("price", price),
    ...Object.entries(parts).map(([part, amount]) => row(`  ${part}`, amount)),
    row("back to the payer", returned),
    "",
    ...[home.epoch, epoch].flatMap((day) => [
      `Epoch ${day.epoch} on ${day.chain}`,
      row("pot of the day", day.pot),
      row("earned and claimed", day.claimed),
      "",
    ]),
    ...channels.map((c) => row(`channel on ${c.chain}`, c.parts.price)),
    "",
    "Rules at work",
    ...cases.flatMap((c) => [`  ${c.title} (${c.chain})`, `      ${c.saw}`]),
    "",
    ...governance.flatMap(({ title, changes }) => [
      `Governance: ${title}`,
      ...changes.map((c) => `  ${c.chain}, ${c.what}: ${readable(c.before)} → ${readable(c.after)}`),
      "",
    ]),
    `Not in this journey: ${NOT_SHOWN}.`,
    "",
    `Report: ${report}`,
    "",
  ].join("\n");
}

async function keepOpen(world: World, ports: ServedPort[], first: number): Promise<void> {
  for (const [i, chain] of Object.values(world.evm).entries()) {
    ports.push(await chain.node.serve(first + i));
    process.stderr.write(`${chain.name}: ${ports[i]!.url}, chain id ${chain.chainId}\n`);
  }
  process.stderr.write(
    "Open until Ctrl-C. The keys of localnet/keys.ts hold test money here and nothing anywhere else.\n",
  );
  await new Promise<void>((done) => process.once("SIGINT", done));
  await Promise.all(ports.map((port) => port.close()));
}

/** A busy port is found before anything else is done. */
async function checkPorts(first: number): Promise<void> {
  const { createServer } = await import("node:net");
  for (const port of [first, first + 1, first + 2]) {
    await new Promise<void>((free, busy) => {
      const probe = createServer();
      probe.once("error", () =>
        busy(new StunError(`Port ${port} is in use: stop what listens there or choose others with --port.`)),
      );
      probe.listen(port, "127.0.0.1", () => probe.close(() => free()));
    });
  }
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv);
  const folder = mkdtempSync(join(tmpdir(), "stun-demo-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const journey: Journey = { task: taskOf(options), content: new ContentStore(folder), result: {} };
  if (options.keep) await checkPorts(options.port);
  const started = Date.now();
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  const live = process.stdout.isTTY && !options.json;
  const list = live
    ? new Listr<Journey>(stations(journey), { renderer: "default" })
    : new Listr<Journey, "simple">(stations(journey), { renderer: "simple", rendererOptions: { logger } });
  await list.run(journey);
  const result = journey.result as DemoResult;
  process.stdout.write(options.json ? `${toJson(result)}\n` : `${summary(result)}`);
  process.stderr.write(`Done in ${((Date.now() - started) / 1000).toFixed(1)} s.\n`);
  if (options.keep) await keepOpen(journey.world!, [], options.port);
  process.exit(0);
}

main().catch((error: unknown) => {
  const known = error instanceof StunError || error instanceof JobError;
  process.stderr.write(`${known ? messageOf(error) : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
