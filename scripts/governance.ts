// npm run governance: an action of governance from its file to its check on every chain.
import "../chains/solana/quiet";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { VoidSigner, ZeroAddress, type Signer } from "ethers";
import { StunError } from "../chains/errors";
import { proposalId, type Proposal } from "../chains/evm/governance";
import { EvmSigner } from "../chains/evm/signer";
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
import { table } from "../deploy/print";
import { ensureBuilt } from "./ensure-built";
import { Governed, type Action } from "./governance/action";
import { addressOf, needed, openKey } from "./governance/keys";
import { printSimulation, warnings } from "./governance/print";
import { printStanding, Proposals, SUPPORT, type Unsent } from "./governance/proposal";
import { rehearse } from "./governance/rehearse";
import { copyByUrl, copyLocal, simulate } from "./governance/simulate";
import { callsOf } from "./governance/words";
import { runCommand } from "./command";

const ACTIONS = join(__dirname, "governance", "actions");

interface Options {
  network: string;
  send?: boolean;
  from?: string;
  lookedTwice?: boolean;
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
  await ensureBuilt();
  await deployNetwork(local.network, local.connections, { relay: () => local.relay() });
  return local;
}

/** An action by its name, or what was proposed by its number. */
async function subject(name: string, file: string): Promise<Action | Proposal> {
  if (!/^\d{1,78}$/.test(name)) return load(name);
  return (await reach({ network: file })).proposals.find(BigInt(name));
}

async function runSimulate(name: string, { network: file }: Options): Promise<void> {
  const network = loadNetwork(file);
  const of = await subject(name, file);
  if (!isEmbedded(network)) {
    await ensureBuilt();
    return say(printSimulation(await simulate(network, await copyByUrl(network), of)));
  }
  const local = await embedded(network);
  say(printSimulation(await simulate(local.network, await copyLocal(local), of)));
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

interface Reached {
  network: Network;
  world: Governed;
  proposals: Proposals;
}

/** The network by its RPC URLs, and who signs; without `--send` nobody does. */
async function reach({ network: file, send, from }: Options): Promise<Reached> {
  const network = loadNetwork(file);
  if (isEmbedded(network)) {
    throw new StunError("The embedded chains end with each command: use 'rehearse', or set the STUN_RPC_… variables.");
  }
  if (send && from) throw new StunError("--from says who sends what is only shown: leave it out with --send.");
  const key = await openKey();
  await ensureBuilt();
  const sender = send ? needed(key) : undefined;
  const reached = network.local ? onlyChains(network, evmOf(network)) : network;
  const connections = await rpcConnections(reached);
  const world = new Governed(await describe(reached, connections), connections);
  await world.checkNodes();
  const shown = from === undefined ? (key?.address ?? ZeroAddress) : addressOf(from);
  const signer = (chain: string): Signer =>
    sender ? new EvmSigner(sender.privateKey, world.provider(chain)) : new VoidSigner(shown, world.provider(chain));
  const proposals = new Proposals(world, signer, stateDirectory(network), sender ? undefined : showUnsent(world));
  return { network: reached, world, proposals };
}

function showUnsent(world: Governed): (unsent: Unsent) => void {
  return ({ what, chain, to, value, data }) => {
    const chainId = world.described.network.chains[chain]!.chainId;
    const rows = [
      ["chain", `${chain}, id ${chainId}`],
      ["to", `${to}, ${world.named(to)}`],
      ["value", `${value} wei`],
      ["data", data],
    ];
    say(`Not sent: ${what}\n${rows.map(([name, text]) => `  ${name!.padEnd(6)}${text}`).join("\n")}`);
  };
}

function proposalNumber(text: string): bigint {
  if (!/^\d{1,78}$/.test(text)) throw new InvalidArgumentError("give the number that 'propose' printed.");
  return BigInt(text);
}

/** What a command says at its end: what was done, or that nothing was. */
function conclude({ send }: Options, done: string): void {
  say(send ? done : "Nothing was sent. With --send it is, signed by the key in the environment.");
}

async function runPropose(name: string, options: Options): Promise<void> {
  const [action, { network, proposals }] = [await load(name), await reach(options)];
  const simulation = await simulate(network, await copyByUrl(network), action);
  say(`${printSimulation(simulation)}\n`);
  if (options.send && !options.lookedTwice && warnings(simulation).length > 0) {
    throw new StunError("Something in it asks for a second look, see above: add --looked-twice if it is all meant.");
  }
  const id = proposalId(await proposals.propose(action));
  conclude(
    options,
    `Proposed ${id}\nIts vote begins in a day and lasts three: npm run governance -- vote ${id} --network ${options.network} --send`,
  );
}

async function runVote(id: bigint, options: Options): Promise<void> {
  if (options.against && options.abstain) throw new StunError("--against and --abstain exclude each other: give one.");
  const support: keyof typeof SUPPORT = options.against ? "against" : options.abstain ? "abstain" : "for";
  const { proposals } = await reach(options);
  await proposals.vote(id, support);
  conclude(options, `Voted: ${support}.`);
}

async function runQueue(id: bigint, options: Options): Promise<void> {
  const { proposals } = await reach(options);
  await proposals.queue(id);
  conclude(options, "Queued: it can be executed in two days, and for fourteen days from then.");
}

async function runExecute(id: bigint, options: Options): Promise<void> {
  const { proposals } = await reach(options);
  await proposals.execute(id);
  conclude(options, "Executed. Messages to other chains take LayerZero some minutes: see 'relay'.");
}

async function runCancel(id: bigint, options: Options): Promise<void> {
  const { proposals } = await reach(options);
  await proposals.cancel(id);
  conclude(options, "Canceled for good.");
}

async function runRelay(id: bigint, options: Options): Promise<void> {
  const { proposals } = await reach(options);
  const deliveries = await proposals.relay(id);
  if (deliveries.length === 0) say("The proposal concerns the home chain alone.");
  for (const { chain, seq, state } of deliveries) {
    say(`Message ${seq} to ${chain}: ${state === "delivered now" && !options.send ? "can be delivered" : state}.`);
  }
}

async function runStatus(id: bigint, options: Options): Promise<void> {
  const { world, proposals } = await reach(options);
  const [proposal, standing] = [await proposals.find(id), await proposals.standing(id)];
  const calls = callsOf(world, proposal).map(({ chain, title }) => [chain, title]);
  say(
    `${proposal.description}\n\nCalls, as their bytes say\n${table(["chain", "what"], calls)}\n\n${printStanding(id, standing)}`,
  );
  if (standing.state !== "executed") return;
  for (const { chain, seq, state } of await proposals.deliveries(id)) say(`Message ${seq} to ${chain}: ${state}.`);
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
  const sending = (command: Command): Command =>
    command
      .option("--send", "sends it; without this it is only shown")
      .option("--from <address>", "whoever would send what is shown, when no key is set: a Safe, a hardware wallet");
  const ofSubject = (
    name: string,
    what: string,
    text: string,
    run: (name: string, options: Options) => Promise<void>,
  ): Command => on(program.command(`${name} <${what}>`).description(text)).action(run);
  const ofProposal = (name: string, text: string, run: (id: bigint, options: Options) => Promise<void>): Command =>
    on(program.command(name).description(text).argument("<proposal>", "its number", proposalNumber)).action(run);

  program.command("list").description("names the actions in scripts/governance/actions").action(runList);
  ofSubject(
    "simulate",
    "what",
    "what an action, or a proposal by its number, would change, seen on a copy of the chains",
    runSimulate,
  );
  ofSubject("rehearse", "action", "simulates it, then does all of it on embedded chains", runRehearse);
  sending(ofSubject("propose", "action", "simulates it, then proposes it", runPropose)).option(
    "--looked-twice",
    "proposes it although its simulation asks for a second look",
  );
  sending(ofProposal("vote", "votes for it", runVote))
    .option("--against", "votes against it")
    .option("--abstain", "counts for the quorum alone");
  sending(ofProposal("queue", "queues it in the timelock once it has won", runQueue));
  sending(ofProposal("execute", "executes it, and pays for its messages", runExecute));
  sending(ofProposal("relay", "sees its messages to their end on the other chains", runRelay));
  sending(
    ofProposal("cancel", "the guardian's veto of what is queued; the proposer's withdrawal before the vote", runCancel),
  );
  ofProposal("status", "says what it does and where it stands", runStatus);
  ofSubject("verify", "action", "reads every chain and says whether it is enacted", runVerify);
  await program.parseAsync();
  process.exit(0);
}

async function runList(): Promise<void> {
  for (const name of names()) say(`${name.padEnd(22)}${(await load(name)).title}`);
}

runCommand(main);
