// Governance as the owner of a deployment: at home the timelock, the governor that alone speaks to it and the sender of
// its messages; on every other EVM chain the receiver, which executes them. Where the network file names somebody else
// as the timelock, a Safe of a test network for example, nothing of this is deployed.
import { Interface, ZeroAddress, ZeroHash, zeroPadValue } from "ethers";
import { chainSpec, type Network } from "../network";
import { readText, type EvmContract, type EvmScope } from "./evm";
import { declareLibraries, handOverApp } from "./token";

const ACCESS = new Interface([
  "function hasRole(bytes32 role,address account) view returns (bool)",
  "function getRoleMembers(bytes32 role) view returns (address[])",
]);
const ROLES = ["PROPOSER_ROLE", "EXECUTOR_ROLE", "CANCELLER_ROLE"] as const;
const STUN = 10n ** 18n;
const DAY = 86_400n;

const has = (network: Network, chain: string): boolean => network.moduleChains.governance.includes(chain);

/** Before everything else: what will own the other contracts must have an address when they are declared. */
export function declareOwners(network: Network, scope: EvmScope, home: EvmScope): void {
  if (!has(network, scope.chain)) return;
  const { endpoint } = scope.layerzero;
  const deployer = scope.role("deployer");
  if (scope === home) {
    scope.deploy("timelock", "StunTimelock", [deployer]);
    scope.deploy("governanceSender", "GovernanceSender", [endpoint, deployer]);
  } else {
    const { eid } = chainSpec(network, network.home);
    const sender = zeroPadValue(home.get("governanceSender").address, 32);
    const args = [endpoint, eid, sender, scope.role("guardian"), deployer];
    scope.deploy("governanceReceiver", "GovernanceReceiver", args);
  }
}

/** The paths of governance messages, with the DVNs and confirmations of the bridge path beside them. */
export function declareGovernancePaths(
  network: Network,
  scope: EvmScope,
  home: EvmScope,
  all: readonly EvmScope[],
): void {
  if (!has(network, scope.chain)) return;
  const path = (remote: string) => network.paths.find((p) => p.remote === remote)!;
  const others = Object.keys(network.chains).filter((name) => name !== scope.chain);
  const isPath = (other: string): boolean => (scope === home ? has(network, other) : other === network.home);
  const app = scope.get(scope === home ? "governanceSender" : "governanceReceiver");
  for (const other of others) {
    const { eid } = chainSpec(network, other);
    const readPeer = () => readText(scope, app, "peers", [eid]);
    if (!isPath(other)) {
      const title = `peer of ${app.name} on ${other}`;
      scope.checks.push({ chain: scope.chain, title, wanted: ZeroHash, found: readPeer });
    } else if (scope === home) {
      const { toRemote, toHome } = path(other);
      declareLibraries(scope, app, path(other), other, eid, toRemote, toHome, "send");
      const receiver = all.find(({ chain }) => chain === other)!.get("governanceReceiver");
      const peer = zeroPadValue(receiver.address, 32).toLowerCase();
      scope.setOwned(app, {
        id: `${app.step}/${other}/peer`,
        title: `governance receiver on ${other}`,
        wanted: peer,
        found: async () => {
          const found = await readPeer();
          return found === ZeroHash ? undefined : found;
        },
        method: "setPeer",
        args: [eid, peer],
      });
    } else {
      const { toRemote, toHome } = path(scope.chain);
      declareLibraries(scope, app, path(scope.chain), other, eid, toHome, toRemote, "receive");
      const sender = zeroPadValue(home.get("governanceSender").address, 32).toLowerCase();
      const title = `governance sender on ${other}`;
      scope.checks.push({ chain: scope.chain, title, wanted: sender, found: readPeer });
    }
  }
}

/** After staking, which gives the votes: the governor, and its offices in the timelock. */
export function declareGovernor(network: Network, genesis: bigint, scope: EvmScope): void {
  if (!has(network, scope.chain)) return;
  const [staking, timelock, sender] = ["staking", "timelock", "governanceSender"].map((key) => scope.get(key));
  const guardian = scope.role("guardian");
  const governor = scope.deploy(
    "governor",
    "StunGovernor",
    [staking!.address, timelock!.address, sender!.address, guardian, genesis],
    [staking!.step, timelock!.step, sender!.step],
  );
  for (const role of ROLES) declareRole(scope, timelock!, governor, role);
  renounce(scope, timelock!);
  scope.power(governor, "guardian (cancel what is queued)", [guardian], async () => [
    await readText(scope, governor, "guardian"),
  ]);
  expect(scope, governor, {
    token: staking!.address,
    timelock: timelock!.address,
    sender: sender!.address,
    genesis,
    CLOCK_MODE: "mode=timestamp",
    votingDelay: DAY,
    votingPeriod: 3n * DAY,
    proposalThreshold: 1_000_000n * STUN,
    MIN_QUORUM: 10_000_000n * STUN,
    QUORUM_BPS: 400n,
    GRACE: 14n * DAY,
    GUARDIAN_TIME: 730n * DAY,
  });
  expect(scope, timelock!, { getMinDelay: 2n * DAY });
  expect(scope, sender!, { LIFETIME: 14n * DAY });
}

/** Last on a chain: the receiver belongs to itself, and the sender to the timelock. */
export function handOverGovernance(network: Network, scope: EvmScope): void {
  if (!has(network, scope.chain)) return;
  if (scope.isHome) handOverApp(scope, scope.get("governanceSender"), []);
  else finishReceiver(scope, scope.get("governanceReceiver"), chainSpec(network, network.home).eid);
}

function declareRole(scope: EvmScope, timelock: EvmContract, governor: EvmContract, role: string): void {
  const name = role.replace("_ROLE", "").toLowerCase();
  const id = async (): Promise<string | undefined> => readText(scope, timelock, role);
  scope.set({
    id: `${timelock.step}/${name}`,
    title: `the governor is ${name} of the timelock`,
    needs: [timelock.step, governor.step],
    wanted: "granted",
    found: async () => {
      const hash = await id();
      if (hash === undefined) return undefined;
      return (await readText(scope, at(timelock), "hasRole", [hash, governor.address])) === "true"
        ? "granted"
        : undefined;
    },
    to: timelock.address,
    abi: timelock.abi,
    method: "grantRole",
    args: async () => [await id(), governor.address],
  });
  scope.power(timelock, name, [governor.address], async () => members(scope, timelock, await id()));
}

function renounce(scope: EvmScope, timelock: EvmContract): void {
  const deployer = scope.role("deployer");
  scope.set({
    id: `${timelock.step}/renounced`,
    title: "the deployer renounces the administration of the timelock",
    needs: ROLES.map((role) => `${timelock.step}/${role.replace("_ROLE", "").toLowerCase()}`),
    wanted: "renounced",
    found: async () => {
      const found = await readText(scope, at(timelock), "hasRole", [ZeroHash, deployer]);
      return found === "false" ? "renounced" : undefined;
    },
    to: timelock.address,
    abi: timelock.abi,
    method: "renounceRole",
    args: [ZeroHash, deployer],
  });
  scope.power(timelock, "administrator", [timelock.address], () => members(scope, timelock, ZeroHash));
}

const at = (timelock: EvmContract): { address: string; abi: Interface } => ({ address: timelock.address, abi: ACCESS });

/** Every holder of a role, as the timelock lists them itself. */
async function members(scope: EvmScope, timelock: EvmContract, role: string | undefined): Promise<string[]> {
  if (role === undefined) return [];
  const found = await scope.driver.view(timelock.address, ACCESS, "getRoleMembers", [role]);
  // A role of the zero address is everybody's.
  const list = (found?.[0] ?? []) as string[];
  return list.map((holder) => (holder === ZeroAddress ? "anyone" : holder));
}

function finishReceiver(scope: EvmScope, receiver: EvmContract, homeEid: number): void {
  const path = `${receiver.step}/${scope.network.home}`;
  scope.setOwned(receiver, {
    id: `${receiver.step}/set-up`,
    title: "the governance receiver belongs to itself",
    needs: [`${path}/receive-library`, `${path}/receive-config`],
    wanted: receiver.address,
    found: () => readText(scope, receiver, "owner"),
    method: "finishSetUp",
    args: [],
  });
  const guardian = scope.role("guardian");
  scope.power(receiver, "owner", [receiver.address], async () => [await readText(scope, receiver, "owner")]);
  scope.power(receiver, "LayerZero delegate", [receiver.address], async () => [await scope.delegate(receiver)]);
  scope.power(receiver, "guardian (repair after 180 days of silence)", [guardian], async () => [
    await readText(scope, receiver, "guardian"),
  ]);
  expect(scope, receiver, { homeEid, SILENCE: 180n * DAY, REPAIR_DELAY: 30n * DAY });
}

/** Facts that code and constructor have fixed, read back one by one all the same. */
function expect(
  scope: EvmScope,
  contract: EvmContract,
  values: Readonly<Record<string, string | bigint | number>>,
): void {
  for (const [method, wanted] of Object.entries(values)) {
    scope.checks.push({
      chain: scope.chain,
      title: `${method} of ${contract.name}`,
      wanted: String(wanted),
      found: () => readText(scope, contract, method),
    });
  }
}
