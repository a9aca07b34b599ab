// The security settings of a bridge path: which libraries, which DVNs and how many confirmations each end asks for.
// LayerZero lets an application inherit its defaults, which LayerZero can change; a path of ours never does.
import { AbiCoder, Contract, Interface, ZeroAddress, getAddress, type Provider } from "ethers";
import { StunError } from "../errors";

const ULN =
  "tuple(uint64 confirmations,uint8 requiredDVNCount,uint8 optionalDVNCount,uint8 optionalDVNThreshold,address[] requiredDVNs,address[] optionalDVNs)";
const EXECUTOR = "tuple(uint32 maxMessageSize,address executor)";
const ENDPOINT = new Interface([
  "function setSendLibrary(address oapp,uint32 eid,address lib)",
  "function setReceiveLibrary(address oapp,uint32 eid,address lib,uint256 gracePeriod)",
  "function setConfig(address oapp,address lib,tuple(uint32 eid,uint32 configType,bytes config)[] params)",
  "function getSendLibrary(address oapp,uint32 eid) view returns (address)",
  "function isDefaultSendLibrary(address oapp,uint32 eid) view returns (bool)",
  "function getReceiveLibrary(address oapp,uint32 eid) view returns (address lib,bool isDefault)",
]);
const LIBRARY = new Interface([
  `function getAppUlnConfig(address oapp,uint32 eid) view returns (${ULN})`,
  "function executorConfigs(address oapp,uint32 eid) view returns (uint32 maxMessageSize,address executor)",
]);
const CONFIG_EXECUTOR = 1;
const CONFIG_ULN = 2;
/** How LayerZero writes 'none, and not the default either' for a count of DVNs. */
const NIL_COUNT = 255;
const REQUIRED = 2;

/** The settings of one direction at one end, DVNs by name so that both ends can be compared. */
export interface Direction {
  readonly confirmations: bigint;
  /** Names of the required DVNs, sorted. */
  readonly dvns: readonly string[];
}

/** One end of a path: what it asks of packets that it sends and of those that it receives. */
export interface PathEnd {
  readonly chain: string;
  readonly remote: string;
  readonly send: Direction;
  readonly receive: Direction;
}

/** The explicit settings that an EVM end is given. */
export interface PathSettings {
  readonly sendLibrary: string;
  readonly receiveLibrary: string;
  readonly executor: string;
  readonly maxMessageSize: number;
  readonly sendConfirmations: bigint;
  readonly receiveConfirmations: bigint;
  /** Addresses of the required DVNs on this chain. */
  readonly dvns: readonly string[];
}

export interface Call {
  readonly to: string;
  readonly data: string;
}

/** The calls that the delegate of `oapp` makes to pin all settings of its path to `eid`. */
export function pathCalls(endpoint: string, oapp: string, eid: number, settings: PathSettings): Call[] {
  const dvns = settings.dvns.map((dvn) => getAddress(dvn)).sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  const uln = (confirmations: bigint): string =>
    AbiCoder.defaultAbiCoder().encode([ULN], [[confirmations, dvns.length, NIL_COUNT, 0, dvns, []]]);
  const executor = AbiCoder.defaultAbiCoder().encode([EXECUTOR], [[settings.maxMessageSize, settings.executor]]);
  const call = (method: string, args: unknown[]): Call => ({
    to: endpoint,
    data: ENDPOINT.encodeFunctionData(method, args),
  });
  return [
    call("setSendLibrary", [oapp, eid, settings.sendLibrary]),
    call("setReceiveLibrary", [oapp, eid, settings.receiveLibrary, 0]),
    call("setConfig", [
      oapp,
      settings.sendLibrary,
      [
        [eid, CONFIG_EXECUTOR, executor],
        [eid, CONFIG_ULN, uln(settings.sendConfirmations)],
      ],
    ]),
    call("setConfig", [oapp, settings.receiveLibrary, [[eid, CONFIG_ULN, uln(settings.receiveConfirmations)]]]),
  ];
}

interface UlnConfig {
  confirmations: bigint;
  requiredDVNCount: bigint;
  requiredDVNs: string[];
}

/**
 * Reads the settings of an EVM end and throws when it inherits one of LayerZero's defaults or needs fewer than two DVNs.
 * @param names The DVNs of this chain by address; another DVN keeps its address as its name.
 */
export async function readEvmEnd(
  provider: Provider,
  endpoint: string,
  oapp: string,
  eid: number,
  { chain, remote, names }: { chain: string; remote: string; names: ReadonlyMap<string, string> },
): Promise<PathEnd> {
  const path = `The path of ${oapp} on ${chain} to ${remote}`;
  const at = new Contract(endpoint, ENDPOINT, provider);
  const sendLibrary = (await at.getFunction("getSendLibrary")(oapp, eid)) as string;
  if ((await at.getFunction("isDefaultSendLibrary")(oapp, eid)) as boolean) {
    throw new StunError(`${path} inherits LayerZero's default send library: set it to ${sendLibrary} or another one.`);
  }
  const [receiveLibrary, inherited] = (await at.getFunction("getReceiveLibrary")(oapp, eid)) as [string, boolean];
  if (inherited) {
    throw new StunError(
      `${path} inherits LayerZero's default receive library: set it to ${receiveLibrary} or another one.`,
    );
  }
  const sender = new Contract(sendLibrary, LIBRARY, provider);
  const [, executor] = (await sender.getFunction("executorConfigs")(oapp, eid)) as [bigint, string];
  if (executor === ZeroAddress) throw new StunError(`${path} inherits LayerZero's default executor: set one.`);

  const direction = async (library: Contract, name: string): Promise<Direction> => {
    const config = (await library.getFunction("getAppUlnConfig")(oapp, eid)) as UlnConfig;
    const count = Number(config.requiredDVNCount);
    if (count === 0) throw new StunError(`${path} inherits LayerZero's default DVNs to ${name}: set at least two.`);
    if (count === NIL_COUNT || count < REQUIRED) {
      throw new StunError(
        `${path} needs ${count === NIL_COUNT ? 0 : count} required DVN to ${name}: set at least ${REQUIRED}.`,
      );
    }
    if (config.confirmations === 0n) {
      throw new StunError(`${path} inherits LayerZero's default confirmations to ${name}: set a number.`);
    }
    const dvns = [...config.requiredDVNs].map((dvn) => names.get(dvn) ?? dvn).sort();
    return { confirmations: config.confirmations, dvns };
  };
  const receiver = new Contract(receiveLibrary, LIBRARY, provider);
  return { chain, remote, send: await direction(sender, "send"), receive: await direction(receiver, "receive") };
}

/** Throws when what one end sends with is not what the other end receives with. */
export function requireEqualEnds(one: PathEnd, other: PathEnd): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    const path = `The path from ${from.chain} to ${to.chain}`;
    if (from.send.confirmations !== to.receive.confirmations) {
      throw new StunError(
        `${path} is sent with ${from.send.confirmations} confirmations and received with ${to.receive.confirmations}: set the same number at both ends.`,
      );
    }
    if (from.send.dvns.join() !== to.receive.dvns.join()) {
      throw new StunError(
        `${path} is sent to the DVNs ${from.send.dvns.join(" and ")} and received from ${to.receive.dvns.join(" and ")}: set the same ones at both ends.`,
      );
    }
  }
}
