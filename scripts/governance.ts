// npm run governance: an action of governance from its file to its check on every chain.
import "../chains/solana/quiet";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { Wallet } from "ethers";
import { StunError } from "../chains/errors";
import { proposalId } from "../chains/evm/governance";
import {
  deployNetwork,
  describe,
  loadNetwork,
  onlyChains,
  rpcConnections,
  stateDirectory,
  type Network,
} from "../deploy";
import type { LocalNetwork } from "../deploy/local";
import { Governed, type Action } from "./governance/action";
import { printSimulation } from "./governance/print";
import { Proposals, SUPPORT } from "./governance/proposal";
import { rehearse } from "./governance/rehearse";
import { copyByUrl, copyLocal, simulate } from "./governance/simulate";

const ACTIONS = join(__dirname, "governance", "actions");
const KEY = "STUN_GOVERNANCE_KEY";

interface Options {
  network: string;
  against?: boolean;
  abstain?: boolean;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function names(): string[] {
  return readdirSync(ACTIONS).map((file) => file.replace(/\.ts$/, ""));
}

async function load(name: string): Promise<Action> {
  if (!names().includes(name)) throw new StunError(`There is no action '${name}': choose from ${names().join(", ")}.`);
  return ((await import(join(ACTIONS, name))) as { default: Action }).default;
}

/** The EVM chains of a network: governance reaches no others, and nothing else has to run for it. */
function evmOf(network: Network): string[] {
  return Object.entries(network.chains).flatMap(([name, { vm }]) => (vm === "evm" ? [name] : []));
}

/** Whether the network is to be embedded: it is local, and no node was named. */
function isEmbedded(network: Network): boolean {
  return network.local && Object.values(network.chains).every(({ rpc }) => process.env[rpc] === undefined);
}

async function embedded(network: Network): Promise<LocalNetwork> {
  const { startLocalNetwork, LOCAL_CHAINS } = await import("../deploy/local");
  const evm = evmOf(network);
  const local = await startLocalNetwork(LOCAL_CHAINS.filter((name) => evm.includes(name)));
  say("The embedded chains begin empty: the network is deployed first.\n");
  await deployNetwork(local.network, local.connections, { relay: () => local.relay() });
  return local;
}

async function runSimulate(name: string, { network: file }: Options): Promise<void> {
  const [action, network] = [await load(name), loadNetwork(file)];
  if (!isEmbedded(network)) return say(printSimulation(await simulate(network, await copyByUrl(network), action)));
  const local = await embedded(network);
  say(printSimulation(await simulate(local.network, await copyLocal(local), action)));
}

async function runRehearse(name: string, { network: file }: Options): Promise<void> {
  const [action, network] = [await load(name), loadNetwork(file)];
  if (!isEmbedded(network)) {
    throw new StunError(
      `'rehearse' lets days pass, which only embedded chains do: use simulate on network ${network.name}.`,
    );
  }
  const local = await embedded(network);
  say(`${printSimulation(await simulate(local.network, await copyLocal(local), action))}\n`);
  await rehearse(local, action, say);
}

/** The network by its RPC URLs, and the key that signs. */
async function reach({ network: file }: Options): Promise<{ world: Governed; proposals: Proposals }> {
  const network = loadNetwork(file);
  if (isEmbedded(network)) {
    throw new StunError("The embedded chains end with each command: use 'rehearse', or set the STUN_RPC_… variables.");
  }
  const reached = network.local ? onlyChains(network, evmOf(network)) : network;
  const connections = await rpcConnections(reached);
  const world = new Governed(await describe(reached, connections), connections);
  const signer = (chain: string): Wallet => {
    const key = process.env[KEY];
    if (!key) throw new StunError(`The environment variable ${KEY} is not set: give the private key that signs.`);
    try {
      return new Wallet(key, world.provider(chain));
    } catch {
      // The cause is left out on purpose: it may quote the key.
      throw new StunError(`The environment variable ${KEY} holds no private key: give 0x and 64 hexadecimal digits.`);
    }
  };
  return { world, proposals: new Proposals(world, signer, stateDirectory(network)) };
}

function proposalNumber(text: string): bigint {
  if (!/^\d{1,78}$/.test(text)) throw new InvalidArgumentError("give the number that 'propose' printed.");
  return BigInt(text);
}

async function runPropose(name: string, options: Options): Promise<void> {
  const { proposals } = await reach(options);
  const id = proposalId(await proposals.propose(await load(name)));
  say(
    `Proposed ${id}\nIts vote begins in a day and lasts three: npm run governance -- vote ${id} --network ${options.network}`,
  );
}

async function runVote(id: bigint, options: Options): Promise<void> {
  if (options.against && options.abstain) throw new StunError("--against and --abstain exclude each other: give one.");
  const support: keyof typeof SUPPORT = options.against ? "against" : options.abstain ? "abstain" : "for";
  const { proposals } = await reach(options);
  await proposals.vote(id, support);
  say(`Voted: ${support}.`);
}

async function runQueue(id: bigint, options: Options): Promise<void> {
  const { proposals } = await reach(options);
  await proposals.queue(id);
  say("Queued: it can be executed in two days, and for fourteen days from then.");
}

async function runExecute(id: bigint, options: Options): Promise<void> {
  const { proposals } = await reach(options);
  await proposals.execute(id);
  say("Executed. Messages to other chains take LayerZero some minutes: see 'relay'.");
}

async function runRelay(id: bigint, options: Options): Promise<void> {
  const { proposals } = await reach(options);
  const deliveries = await proposals.relay(id);
  if (deliveries.length === 0) say("The proposal concerns the home chain alone.");
  for (const { chain, seq, state } of deliveries) say(`Message ${seq} to ${chain}: ${state}.`);
}

async function runStatus(id: bigint, options: Options): Promise<void> {
  const { proposals } = await reach(options);
  const { description } = await proposals.find(id);
  say(`${description}\n\nProposal ${id} is ${await proposals.state(id)}.`);
}

async function runVerify(name: string, options: Options): Promise<void> {
  const [action, { world }] = [await load(name), await reach(options)];
  await action.verify(world, await action.prepare(world));
  say(`Verified: '${action.title}' is so on every chain.`);
}

async function main(): Promise<void> {
  const program = new Command("governance").description("an action of governance, from its file to its check");
  const on = (command: Command): Command =>
    command.requiredOption("--network <name>", "a file in networks/ by its name, or a path");
  const ofAction = (name: string, text: string, run: (action: string, options: Options) => Promise<void>): Command =>
    on(program.command(`${name} <action>`).description(text)).action(run);
  const ofProposal = (name: string, text: string, run: (id: bigint, options: Options) => Promise<void>): Command =>
    on(program.command(name).description(text).argument("<proposal>", "its number", proposalNumber)).action(run);

  program.command("list").description("names the actions in scripts/governance/actions").action(runList);
  ofAction("simulate", "prints what it would change, seen on a copy of the chains", runSimulate);
  ofAction("rehearse", "simulates it, then does all of it on embedded chains", runRehearse);
  ofAction("propose", "proposes it", runPropose);
  ofProposal("vote", "votes for it", runVote)
    .option("--against", "votes against it")
    .option("--abstain", "counts for the quorum alone");
  ofProposal("queue", "queues it in the timelock once it has won", runQueue);
  ofProposal("execute", "executes it, and pays for its messages", runExecute);
  ofProposal("relay", "sees its messages to their end on the other chains", runRelay);
  ofProposal("status", "says what it is and where it stands", runStatus);
  ofAction("verify", "reads every chain and says whether it is enacted", runVerify);
  await program.parseAsync();
  process.exit(0);
}

async function runList(): Promise<void> {
  for (const name of names()) say(`${name.padEnd(22)}${(await load(name)).title}`);
}

main().catch((error: unknown) => {
  const text =
    error instanceof StunError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
