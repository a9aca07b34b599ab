// Token and bridge on EVM chains. Home has the token, the adapter that locks it and the forwarder; every remote mints
// what arrives, and knows no other chain than home.
import { Interface, ZeroAddress, ZeroHash } from "ethers";
import { executorOptions } from "../../chains/evm/options";
import { pathCalls } from "../../chains/evm/uln";
import { chainSpec, toBaseUnits, type BridgePath, type Direction, type Network } from "../network";
import { readText, type EvmContract, type EvmScope } from "./evm";

const SEND = 1;
const SEND_AND_CALL = 2;
/** The widest limit that a bridge takes; in this window the genesis funding drains from it within minutes. */
const GENESIS_LIMIT = { capacity: 1_000_000_000n * 10n ** 18n, window: 600n };

const ENDPOINT = new Interface([
  "function getSendLibrary(address oapp,uint32 eid) view returns (address)",
  "function isDefaultSendLibrary(address oapp,uint32 eid) view returns (bool)",
  "function getReceiveLibrary(address oapp,uint32 eid) view returns (address lib,bool isDefault)",
]);
const LIBRARY = new Interface([
  "function getAppUlnConfig(address oapp,uint32 eid) view returns (tuple(uint64 confirmations,uint8 requiredDVNCount,uint8 optionalDVNCount,uint8 optionalDVNThreshold,address[] requiredDVNs,address[] optionalDVNs))",
  "function executorConfigs(address oapp,uint32 eid) view returns (uint32 maxMessageSize,address executor)",
]);

/** The bridge ends of a network by chain: what each names the other by. */
export type Peers = ReadonlyMap<string, string>;

/** Who receives the supply in the token's constructor: roles at once, what goes to vaults through the deployer. */
function mintRecipients(network: Network, scope: EvmScope): { recipients: string[]; amounts: bigint[] } {
  const shares = new Map<string, bigint>();
  for (const { to, amount } of network.distribution) {
    const recipient = scope.role(to.startsWith("role:") ? to.slice("role:".length) : "deployer");
    shares.set(recipient, (shares.get(recipient) ?? 0n) + toBaseUnits("evm", amount));
  }
  return { recipients: [...shares.keys()], amounts: [...shares.values()] };
}

/** Declares the contracts; parameters that can change later are set by steps, so that no address depends on them. */
export function declareToken(network: Network, scope: EvmScope): void {
  if (!network.moduleChains.token.includes(scope.chain)) return;
  const { endpoint } = scope.layerzero;
  const deployer = scope.role("deployer");
  if (scope.isHome) {
    const { recipients, amounts } = mintRecipients(network, scope);
    const token = scope.deploy("token", "StunToken", [recipients, amounts]);
    const args = [token.address, endpoint, deployer, ZeroAddress, deployer];
    const bridge = scope.deploy("bridge", "StunOFTAdapter", args, [token.step]);
    scope.deploy("forwarder", "StunForwarder", [endpoint, bridge.address], [bridge.step]);
  } else {
    const { eid } = chainSpec(network, network.home);
    const bridge = scope.deploy("bridge", "StunOFT", [endpoint, eid, 0n, deployer, ZeroAddress, deployer]);
    scope.contracts.set("token", { ...bridge, key: "token" });
  }
}

/** Declares everything that the bridge end of a chain is told about the others. */
export function declarePaths(network: Network, scope: EvmScope, peers: Peers): void {
  if (!network.moduleChains.token.includes(scope.chain)) return;
  const bridge = scope.get("bridge");
  for (const path of network.paths) {
    if (scope.isHome) declarePath(scope, bridge, path, path.remote, chainSpec(network, path.remote).eid, peers);
    else if (path.remote === scope.chain) {
      declarePath(scope, bridge, path, network.home, chainSpec(network, network.home).eid, peers);
      declareMintCap(scope, bridge, path);
    }
  }
  const others = Object.entries(network.chains).filter(([name]) => name !== scope.chain);
  for (const [name, { eid }] of others.filter(([name]) => !scope.isHome && name !== network.home)) {
    scope.checks.push({
      chain: scope.chain,
      title: `peer of ${bridge.name} on ${name}`,
      wanted: ZeroHash,
      found: () => readText(scope, bridge, "peers", [eid]),
    });
  }
  scope.setOwned(bridge, {
    id: `${bridge.step}/guardian`,
    title: `guardian of ${bridge.name}`,
    wanted: scope.role("guardian"),
    found: () => readText(scope, bridge, "guardian"),
    method: "setGuardian",
    args: [scope.role("guardian")],
  });
}

function declareMintCap(scope: EvmScope, bridge: EvmContract, path: BridgePath): void {
  const cap = toBaseUnits("evm", path.mintCap);
  scope.setOwned(bridge, {
    id: `${bridge.step}/mint-cap`,
    title: "mint cap",
    wanted: cap.toString(),
    found: () => readText(scope, bridge, "mintCap"),
    method: "setMintCap",
    args: [cap],
  });
}

function declarePath(
  scope: EvmScope,
  bridge: EvmContract,
  path: BridgePath,
  other: string,
  eid: number,
  peers: Peers,
): void {
  const id = `${bridge.step}/${other}`;
  const [outbound, inbound] = scope.isHome ? [path.toRemote, path.toHome] : [path.toHome, path.toRemote];
  declareLibraries(scope, bridge, path, other, eid, outbound, inbound);
  const peer = peers.get(other)!;
  scope.setOwned(bridge, {
    id: `${id}/peer`,
    title: `peer on ${other}`,
    wanted: peer,
    found: async () => {
      const found = await readText(scope, bridge, "peers", [eid]);
      return found === ZeroHash ? undefined : found;
    },
    method: "setPeer",
    args: [eid, peer],
  });
  const options = enforcedOptions(outbound);
  scope.setOwned(bridge, {
    id: `${id}/options`,
    title: `enforced options towards ${other}`,
    wanted: options.map(([type, bytes]) => `${type}: ${bytes}`).join(", "),
    found: async () => {
      const found = await Promise.all(
        [SEND, SEND_AND_CALL].map((type) => readText(scope, bridge, "enforcedOptions", [eid, type])),
      );
      const set = found.flatMap((bytes, i) =>
        bytes === undefined || bytes === "0x" ? [] : [`${[SEND, SEND_AND_CALL][i]}: ${bytes}`],
      );
      return set.length === 0 ? undefined : set.join(", ");
    },
    method: "setEnforcedOptions",
    args: [options.map(([msgType, bytes]) => ({ eid, msgType, options: bytes }))],
  });
}

/** Every message carries the gas of its delivery; a composed one, where it is taken, that of the call after it as well. */
function enforcedOptions({ receiveGas, receiveValue, composeGas }: Direction): [type: number, options: string][] {
  const receive = { kind: "receive", gas: receiveGas, value: receiveValue } as const;
  const plain: [number, string] = [SEND, executorOptions(receive)];
  if (composeGas === 0n) return [plain];
  return [plain, [SEND_AND_CALL, executorOptions(receive, { kind: "compose", gas: composeGas })]];
}

/** Libraries, DVNs and executor of a LayerZero application on its path; of one direction where it knows but one. */
export function declareLibraries(
  scope: EvmScope,
  bridge: EvmContract,
  path: BridgePath,
  other: string,
  eid: number,
  outbound: Direction,
  inbound: Direction,
  only?: "send" | "receive",
): void {
  const { driver, layerzero } = scope;
  const { endpoint, sendLibrary, receiveLibrary, executor } = layerzero;
  const dvns = path.dvns.map((name) => layerzero.dvns[name]!);
  const calls = pathCalls(endpoint, bridge.address, eid, {
    sendLibrary,
    receiveLibrary,
    executor,
    maxMessageSize: path.maxMessageSize,
    sendConfirmations: BigInt(outbound.confirmations),
    receiveConfirmations: BigInt(inbound.confirmations),
    dvns,
  });
  const required = [...dvns].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)).join(", ");
  const uln = async (library: string): Promise<{ text: string; set: boolean } | undefined> => {
    const config = (await driver.view(library, LIBRARY, "getAppUlnConfig", [bridge.address, eid]))?.[0] as
      { confirmations: bigint; requiredDVNs: string[]; requiredDVNCount: bigint; optionalDVNCount: bigint } | undefined;
    if (!config) return undefined;
    const optional = config.optionalDVNCount === 255n ? "no optional" : `${config.optionalDVNCount} optional`;
    return {
      set: config.confirmations > 0n || config.requiredDVNCount > 0n || config.optionalDVNCount > 0n,
      text: `${config.confirmations} confirmations, ${config.requiredDVNCount} required: ${[...config.requiredDVNs].join(", ")}, ${optional}`,
    };
  };
  const ulnWanted = (direction: Direction): string =>
    `${direction.confirmations} confirmations, ${dvns.length} required: ${required}, no optional`;
  const settings: { name: string; title: string; wanted: string; found: () => Promise<string | undefined> }[] = [
    {
      name: "send-library",
      title: `send library towards ${other}`,
      wanted: sendLibrary,
      found: async () => {
        const args = [bridge.address, eid];
        if ((await driver.view(endpoint, ENDPOINT, "isDefaultSendLibrary", args))?.[0] !== false) return undefined;
        return readText(scope, { address: endpoint, abi: ENDPOINT }, "getSendLibrary", args);
      },
    },
    {
      name: "receive-library",
      title: `receive library for ${other}`,
      wanted: receiveLibrary,
      found: async () => {
        const found = await driver.view(endpoint, ENDPOINT, "getReceiveLibrary", [bridge.address, eid]);
        return found?.isDefault === false ? (found.lib as string) : undefined;
      },
    },
    {
      name: "send-config",
      title: `executor and DVNs towards ${other}`,
      wanted: `executor ${executor}, ${path.maxMessageSize} bytes, ${ulnWanted(outbound)}`,
      found: async () => {
        const [config, worker] = await Promise.all([
          uln(sendLibrary),
          driver.view(sendLibrary, LIBRARY, "executorConfigs", [bridge.address, eid]),
        ]);
        if (!config || !worker || (!config.set && worker.executor === ZeroAddress)) return undefined;
        return `executor ${worker.executor as string}, ${worker.maxMessageSize as bigint} bytes, ${config.text}`;
      },
    },
    {
      name: "receive-config",
      title: `DVNs from ${other}`,
      wanted: ulnWanted(inbound),
      found: async () => {
        const config = await uln(receiveLibrary);
        return config?.set ? config.text : undefined;
      },
    },
  ];
  settings.forEach(({ name, title, wanted, found }, i) => {
    if (only !== undefined && !name.startsWith(only)) return;
    scope.steps.push({
      id: `${bridge.step}/${other}/${name}`,
      title,
      chain: scope.chain,
      // A library's configuration follows the library.
      needs: i < 2 ? [bridge.step] : [bridge.step, `${bridge.step}/${other}/${settings[i - 2]!.name}`],
      wanted,
      found,
      by: () => delegateOf(scope, bridge),
      call: async () => ({ vm: "evm", ...calls[i]! }),
    });
  });
}

async function delegateOf(scope: EvmScope, bridge: EvmContract): Promise<string> {
  return scope.roleOf(await scope.delegate(bridge), `the LayerZero delegate of ${bridge.name}`);
}

/** Limits wide enough for the genesis funding of the emission vaults, before it. */
export function declareGenesisLimits(
  network: Network,
  scope: EvmScope,
  funded: (chain: string) => Promise<boolean>,
): void {
  const wanted = "wide enough for the genesis";
  eachLimit(network, scope, ({ bridge, other, eid, inbound, remote }) => {
    if (!toRemote(scope, inbound)) return;
    scope.setOwned(bridge, {
      id: `${bridge.step}/${other}/genesis-limit`,
      title: `limit ${inbound ? "from" : "towards"} ${other} for the genesis funding`,
      wanted,
      found: async () => {
        if (await funded(remote)) return wanted;
        const found = await readLimit(scope, bridge, eid, inbound);
        return found === limitText(GENESIS_LIMIT) ? wanted : found;
      },
      method: "setRateLimits",
      args: [[{ eid, inbound, ...GENESIS_LIMIT }]],
    });
  });
}

/** The declared limits, after what the genesis sent has arrived and drained from them. */
export function declareLimits(network: Network, scope: EvmScope, arrived: (chain: string) => readonly string[]): void {
  eachLimit(network, scope, ({ bridge, other, eid, inbound, remote, path }) => {
    const declared = limitOf(inbound === scope.isHome ? path.toHome : path.toRemote);
    const id = `${bridge.step}/${other}/limit-${inbound ? "in" : "out"}`;
    const drained = `${id}-drained`;
    if (toRemote(scope, inbound)) {
      scope.steps.push({
        id: drained,
        title: `the genesis funding has drained from the limit ${inbound ? "from" : "towards"} ${other}`,
        chain: scope.chain,
        needs: [bridge.step, ...arrived(remote)],
        wanted: "drained",
        found: async () => {
          const found = await scope.driver.view(bridge.address, bridge.abi, "rateLimit", [eid, inbound]);
          if (!found) return undefined;
          const wide = found.capacity === GENESIS_LIMIT.capacity && found.window === GENESIS_LIMIT.window;
          return !wide || found.available === found.capacity ? "drained" : "still counting the genesis funding";
        },
        meanwhile: scope.passTime,
      });
    }
    scope.setOwned(bridge, {
      id,
      title: `limit ${inbound ? "from" : "towards"} ${other}`,
      needs: toRemote(scope, inbound) ? [drained] : arrived(remote),
      wanted: limitText(declared),
      found: () => readLimit(scope, bridge, eid, inbound),
      method: "setRateLimits",
      args: [[{ eid, inbound, ...declared }]],
    });
  });
}

/** Gives a LayerZero application away: first the delegate, which only the owner can name, then the ownership. */
export function handOverApp(scope: EvmScope, app: EvmContract, needs: readonly string[]): void {
  const timelock = scope.role("timelock");
  const delegate = `${app.step}/delegate`;
  scope.setOwned(app, {
    id: delegate,
    title: `LayerZero delegate of ${app.name}`,
    needs,
    wanted: timelock,
    found: () => scope.delegate(app),
    method: "setDelegate",
    args: [timelock],
  });
  scope.handOver(app, "timelock", [...needs, delegate]);
  scope.power(app, "LayerZero delegate", [timelock], async () => [await scope.delegate(app)]);
}

export function handOverBridge(network: Network, scope: EvmScope, needs: readonly string[]): void {
  if (!network.moduleChains.token.includes(scope.chain)) return;
  const bridge = scope.get("bridge");
  handOverApp(scope, bridge, needs);
  scope.power(bridge, "guardian (pause)", [scope.role("guardian")], async () => [
    await readText(scope, bridge, "guardian"),
  ]);
  // Nobody has these offices; whoever owned the bridge before could have left somebody in them.
  scope.power(bridge, "LayerZero inspector (refuses sends)", [], async () => [
    await readText(scope, bridge, "msgInspector"),
  ]);
  scope.power(bridge, "LayerZero simulation", [], async () => [await readText(scope, bridge, "preCrime")]);
}

interface Limit {
  capacity: bigint;
  window: bigint;
}

interface LimitPlace {
  bridge: EvmContract;
  path: BridgePath;
  remote: string;
  other: string;
  eid: number;
  inbound: boolean;
}

function eachLimit(network: Network, scope: EvmScope, visit: (place: LimitPlace) => void): void {
  if (!network.moduleChains.token.includes(scope.chain)) return;
  const bridge = scope.get("bridge");
  for (const path of network.paths) {
    if (!scope.isHome && path.remote !== scope.chain) continue;
    const other = scope.isHome ? path.remote : network.home;
    const { eid } = chainSpec(network, other);
    for (const inbound of [false, true]) visit({ bridge, path, remote: path.remote, other, eid, inbound });
  }
}

/** Whether the direction leads away from home, as the genesis funding does. */
function toRemote(scope: EvmScope, inbound: boolean): boolean {
  return scope.isHome !== inbound;
}

function limitOf(direction: Direction): Limit {
  return {
    capacity: toBaseUnits("evm", direction.rateLimit.capacity),
    window: direction.rateLimit.window,
  };
}

function limitText({ capacity, window }: Limit): string {
  return `${capacity} in ${window} s`;
}

async function readLimit(
  scope: EvmScope,
  bridge: EvmContract,
  eid: number,
  inbound: boolean,
): Promise<string | undefined> {
  const found = await scope.driver.view(bridge.address, bridge.abi, "rateLimit", [eid, inbound]);
  if (!found || found.window === 0n) return undefined;
  return limitText({ capacity: found.capacity as bigint, window: found.window as bigint });
}
