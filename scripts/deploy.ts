// npm run deploy -- plan|apply|verify --network <name or file>
import "../chains/solana/quiet";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { StunError } from "../chains/errors";
import {
  deployNetwork,
  describe,
  loadNetwork,
  onlyChains,
  planDeployment,
  problems,
  rpcConnections,
  stateDirectory,
  verifyDeployment,
  type Connections,
  type Progress,
} from "../deploy";
import type { Network } from "../deploy/network";
import { printPlan, printResult, printVerification } from "../deploy/print";
import { runCommand } from "./command";
import { ensureBuilt } from "./ensure-built";

interface Options {
  network: string;
  chains?: string;
  reprice?: boolean;
}

interface Reached {
  network: Network;
  connections: Connections;
  /** On embedded chains, which begin empty and end with this process, what LayerZero's workers do elsewhere. */
  relay?: () => Promise<void>;
}

async function reach(options: Options): Promise<Reached> {
  const declared = loadNetwork(options.network);
  const network = options.chains === undefined ? declared : onlyChains(declared, options.chains.split(","));
  await ensureBuilt();
  const byUrl = Object.values(network.chains).some((chain) => process.env[chain.rpc]);
  if (!network.local || byUrl) return { network, connections: await rpcConnections(network) };
  // The embedded chains take seconds to load and start; commands on real networks need none of them.
  const { LOCAL_CHAINS, startLocalNetwork } = await import("../deploy/local");
  const local = await startLocalNetwork(LOCAL_CHAINS.filter((name) => name in network.chains));
  return { network: local.network, connections: local.connections, relay: () => local.relay() };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function showProgress({ step, state, completed, total }: Progress): void {
  if (state !== "running")
    say(`[${String(completed).padStart(String(total).length)}/${total}] ${step.chain}: ${step.title} — ${state}`);
}

async function runPlan(options: Options): Promise<void> {
  const { network, connections } = await reach(options);
  say(printPlan(await planDeployment(await describe(network, connections))));
}

async function runApply(options: Options): Promise<void> {
  const { network, connections, relay } = await reach(options);
  const started = Date.now();
  const done = await deployNetwork(network, connections, {
    directory: relay ? undefined : stateDirectory(network),
    relay,
    record: network.local ? undefined : join(resolve(__dirname, ".."), "networks", "deployed", `${network.name}.json`),
    onStep: showProgress,
    reprice: options.reprice,
  });
  say(`\n${printResult(done.result)}`);
  if (!done.verification) return;
  say(`\n${printVerification(done.verification, done.deployment.names)}`);
  say(`${done.deployment.steps.length} steps in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  if (relay) say("The embedded chains end with this command; set the STUN_RPC_… variables to deploy to running ones.");
}

async function runVerify(options: Options): Promise<void> {
  const { network, connections, relay } = await reach(options);
  if (relay) {
    say("The embedded chains begin empty: the network is deployed first.");
    await deployNetwork(network, connections, { relay });
  }
  const described = await describe(network, connections);
  const verification = await verifyDeployment(described);
  say(printVerification(verification, described.deployment.names));
  if (!verification.ok)
    throw new StunError(`Network ${network.name} is not as declared: ${problems(verification)[0]}.`);
}

async function main(): Promise<void> {
  const program = new Command("deploy").description("brings the chains of a network to their declared state");
  const command = (name: string, description: string, run: (options: Options) => Promise<void>): Command =>
    program
      .command(name)
      .description(description)
      .requiredOption("--network <name>", "a file in networks/ by its name, or a path")
      .option("--chains <names>", "only these chains, separated by commas (local networks only)")
      .action(run);
  command("plan", "prints what would change, changes nothing", runPlan);
  command("apply", "does it; can be stopped at any point and run again", runApply).option(
    "--reprice",
    "send a transaction that is stuck again at the present price",
  );
  command("verify", "reads every chain back and prints the table of powers", runVerify);
  await program.parseAsync();
  process.exit(0);
}

runCommand(main);
