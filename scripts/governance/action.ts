// What a governance action is: a file that says what it wants, works out the calls, knows when they are done, and checks
// what they did. Numbers stand in the file, so that a voter reads what he votes on.
import { JsonRpcSigner, type Contract, type JsonRpcApiProvider } from "ethers";
import { contractAt, embeddedProvider } from "../../chains/evm/client";
import { StunError, messageOf } from "../../chains/errors";
import { explain } from "../../chains/evm/revert";
import { sendCalls, toProposal, type GovernanceCall, type Proposal } from "../../chains/evm/governance";
import type { Connections, Described } from "../../deploy";

/** One call of an action: by the timelock at home, by the governance receiver elsewhere. */
export interface ActionCall {
  chain: string;
  target: string;
  data: string;
  /** Wei, from the timelock's or receiver's own balance. */
  value?: bigint;
  /** What it does, in a clause. */
  title: string;
}

/** `P` is what `prepare` worked out, and the other steps take. */
export interface Action<P = unknown> {
  /** The first line of the proposal. */
  readonly title: string;
  /** Why, for those who vote. */
  readonly why: string;
  /** Reads the chains and works out everything; refuses in one sentence what cannot be meant. Changes nothing. */
  prepare(world: Governed): Promise<P>;
  /** What a voter should see beside the declared state of the network: read before and after the calls, on a copy. */
  simulate(world: Governed, prepared: P): Promise<Readonly<Record<string, string>>>;
  /** The calls, in their order on each chain. */
  enact(world: Governed, prepared: P): Promise<ActionCall[]>;
  /** Whether the chains are already as the action wants them. */
  enacted(world: Governed, prepared: P): Promise<boolean>;
  /** Throws, in one sentence, unless the action did what it says. */
  verify(world: Governed, prepared: P): Promise<void>;
}

/** An action without the type of what it prepares. */
export function action<P>(of: Action<P>): Action {
  return of as Action;
}

/** Gas of a message beside that of its calls: the endpoint, numbers, decoding. */
const MESSAGE_GAS = 200_000n;

/** A deployed network as an action sees it. */
export class Governed {
  private readonly providers = new Map<string, JsonRpcApiProvider>();
  private readonly endpoints = new Map<string, string>();

  constructor(
    readonly described: Described,
    connections: Connections,
  ) {
    for (const [name, connection] of Object.entries(connections)) {
      const spec = described.network.chains[name];
      if (connection.vm !== "evm" || !spec?.chainId) continue;
      this.providers.set(name, embeddedProvider(connection.transport, spec.chainId));
      const layerzero = spec.layerzero === "localnet" ? connection.layerzero : spec.layerzero;
      if (layerzero) this.endpoints.set(name, layerzero.endpoint);
    }
    if (!this.governed.includes(this.home)) {
      throw new StunError(
        `Network ${described.network.name} has no governance: its timelock is an address; see modules.governance in ${described.network.file}.`,
      );
    }
  }

  get home(): string {
    return this.described.network.home;
  }

  /** The chains that obey the governor. */
  get governed(): readonly string[] {
    return this.described.network.moduleChains.governance;
  }

  provider(chain: string): JsonRpcApiProvider {
    const found = this.providers.get(chain);
    if (!found) {
      throw new StunError(
        `${chain} is no EVM chain of network ${this.described.network.name}: governance reaches those.`,
      );
    }
    return found;
  }

  address(chain: string, key: string): string {
    const found = this.described.deployment.contracts[chain]?.[key];
    if (!found) throw new StunError(`Network ${this.described.network.name} has no contract '${key}' on ${chain}.`);
    return found;
  }

  /** A contract of the deployment, to read. */
  at(chain: string, key: string): Contract {
    const address = this.address(chain, key);
    return contractAt(this.described.deployment.names.get(address)!, address, this.provider(chain));
  }

  /** The address that acts for governance on a chain. */
  executor(chain: string): string {
    return this.address(chain, chain === this.home ? "timelock" : "governanceReceiver");
  }

  /** LayerZero's endpoint on a chain. */
  endpoint(chain: string): string | undefined {
    return this.endpoints.get(chain);
  }

  /** Refuses nodes of other chains: what they answer would be believed, and the same addresses may exist there. */
  async checkNodes(): Promise<void> {
    for (const chain of this.governed) {
      const { chainId, rpc } = this.described.network.chains[chain]!;
      let found;
      try {
        found = Number(await this.provider(chain).send("eth_chainId", []));
      } catch (error) {
        throw new StunError(`The node of ${chain} does not answer: ${messageOf(error)}. Check ${rpc}.`, error);
      }
      if (found !== chainId) {
        throw new StunError(`The node of ${chain} is on chain ${found}, not on ${chainId}: check ${rpc}.`);
      }
    }
  }

  eid(chain: string): number {
    return this.described.network.chains[chain]!.eid;
  }

  chainOf(eid: number): string {
    const found = Object.entries(this.described.network.chains).find(([, spec]) => spec.eid === eid);
    if (!found) throw new StunError(`Network ${this.described.network.name} has no chain with endpoint id ${eid}.`);
    return found[0];
  }

  /** Names of addresses, for people. */
  named(address: string): string {
    const name = this.described.deployment.names.get(address);
    return name === undefined ? address : `${name} ${address.slice(0, 8)}…`;
  }

  /** A call of a deployed contract's function. */
  call(chain: string, key: string, method: string, args: readonly unknown[], title: string): ActionCall {
    const contract = this.at(chain, key);
    return {
      chain,
      target: contract.target as string,
      data: contract.interface.encodeFunctionData(method, args),
      title,
    };
  }
}

/** The proposal of an action: its calls at home, then one message to each other chain. */
export async function proposalOf(world: Governed, of: Action): Promise<{ proposal: Proposal; calls: ActionCall[] }> {
  const prepared = await of.prepare(world);
  if (await of.enacted(world, prepared))
    throw new StunError(`There is nothing to propose: '${of.title}' is so already.`);
  const calls = await of.enact(world, prepared);
  if (calls.length === 0) throw new StunError(`The action '${of.title}' has no calls: there is nothing to propose.`);
  const list: GovernanceCall[] = calls.filter(({ chain }) => chain === world.home).map(toCall);
  for (const chain of world.governed.filter((name) => name !== world.home)) {
    const there = calls.filter((call) => call.chain === chain);
    if (there.length === 0) continue;
    const gas = await gasOf(world, chain, there);
    list.push(sendCalls(world.address(world.home, "governanceSender"), world.eid(chain), there.map(toCall), gas));
  }
  const stray = calls.find(({ chain }) => !world.governed.includes(chain));
  if (stray) throw new StunError(`Governance does not reach ${stray.chain}: '${stray.title}' cannot be proposed.`);
  return { proposal: toProposal(list, `# ${of.title}\n\n${of.why}`), calls };
}

function toCall({ target, data, value = 0n }: ActionCall): GovernanceCall {
  return { target, data, value };
}

/** What the calls cost there now, each alone, with a margin: a delivery that lacks gas can be tried again with more. */
async function gasOf(world: Governed, chain: string, calls: readonly ActionCall[]): Promise<bigint> {
  let gas = MESSAGE_GAS;
  for (const { target, data, value, title } of calls) {
    const from = world.executor(chain);
    try {
      gas += ((await world.provider(chain).estimateGas({ from, to: target, data, value })) * 3n) / 2n;
    } catch (error) {
      throw new StunError(
        `On ${chain} '${title}' would fail as things are: ${explain(error)}. A proposal with it cannot be executed.`,
        error,
      );
    }
  }
  return gas;
}

/** Speaks as any address of an in-process chain. */
export function speaker(provider: JsonRpcApiProvider, address: string): JsonRpcSigner {
  return new JsonRpcSigner(provider, address);
}
