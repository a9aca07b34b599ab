// A chain on which a measurement gives the same gas on every machine: each scenario starts from an empty chain whose blocks
// are a second apart. A wall clock would show, as zero bytes of a deadline or of a signature over it cost less.
import { clearSnapshots } from "@nomicfoundation/hardhat-network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import {
  ContractFactory,
  type BaseContract,
  type ContractTransactionResponse,
  type JsonFragment,
  type JsonFragmentType,
} from "ethers";
import hre from "hardhat";

/** Gas of whole transactions by what was done. */
export type Measures = Record<string, number>;
export type Scenario = () => Promise<Measures>;

/** Time of the first block, unix seconds. */
const GENESIS = 3_000_000_000;
const SENDS = new Set(["eth_sendTransaction", "eth_sendRawTransaction"]);

let steady = false;

/** Gives every transaction's block the time of the block before + 1, unless the scenario sets another. */
function holdClock(): void {
  if (steady) return;
  steady = true;
  const provider = hre.network.provider;
  const [request, send] = [provider.request.bind(provider), provider.send.bind(provider)];
  let set = false;
  const before = async (method: string): Promise<void> => {
    if (method === "evm_setNextBlockTimestamp") set = true;
    if (method === "evm_mine") set = false;
    if (!SENDS.has(method)) return;
    if (!set) {
      const { timestamp } = (await send("eth_getBlockByNumber", ["latest", false])) as { timestamp: string };
      await send("evm_setNextBlockTimestamp", [Number(timestamp) + 1]);
    }
    set = false;
  };
  provider.request = async (call) => {
    await before(call.method);
    return request(call);
  };
  provider.send = async (method, params) => {
    await before(method);
    return send(method, params);
  };
}

/** Runs scenarios, each on a chain of its own. */
export async function measure(scenarios: readonly Scenario[]): Promise<Measures> {
  holdClock();
  const all: Measures = {};
  for (const scenario of scenarios) {
    await hre.network.provider.send("hardhat_reset", []);
    await clearSnapshots();
    await hre.network.provider.send("evm_setNextBlockTimestamp", [GENESIS]);
    await hre.network.provider.send("evm_mine", []);
    for (const [name, gas] of Object.entries(await scenario())) {
      if (name in all) throw new Error(`Two scenarios measured '${name}': give one of them another name.`);
      all[name] = gas;
    }
  }
  return all;
}

/** Gas of a transaction that has been sent. */
export async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  return Number((await (await sent).wait())!.gasUsed);
}

/** A peer's compiled contract, however its package writes one. */
export interface PeerArtifact {
  abi: readonly JsonFragment[];
  bytecode: string | { object: string; linkReferences?: LinkReferences };
  linkReferences?: LinkReferences;
}
type LinkReferences = Record<string, Record<string, { start: number }[]>>;

/** Whether a client can call this: functions of a library may take types that exist in Solidity alone. */
function callable(fragment: JsonFragment): boolean {
  const known = ({ type, components }: JsonFragmentType): boolean =>
    /^(u?int|address|bool|bytes|string|tuple)/.test(type ?? "") && (components ?? []).every(known);
  return [...(fragment.inputs ?? []), ...(fragment.outputs ?? [])].every(known);
}

/** The part of a peer's interface that a client can call. */
export function abiOf(artifact: PeerArtifact): JsonFragment[] {
  return artifact.abi.filter(callable);
}

/** Deploys a peer's contract from its own bytecode, libraries linked. */
export async function deployPeer(
  by: HardhatEthersSigner,
  artifact: PeerArtifact,
  args: readonly unknown[] = [],
  libraries: Record<string, BaseContract> = {},
): Promise<BaseContract> {
  const { bytecode } = artifact;
  let code = (typeof bytecode === "string" ? bytecode : bytecode.object).replace(/^0x/, "");
  const references = artifact.linkReferences ?? (typeof bytecode === "string" ? {} : (bytecode.linkReferences ?? {}));
  for (const [name, places] of Object.values(references).flatMap((file) => Object.entries(file))) {
    const address = (await libraries[name]!.getAddress()).slice(2).toLowerCase();
    for (const { start } of places) code = code.slice(0, start * 2) + address + code.slice(start * 2 + 40);
  }
  const contract = await new ContractFactory(abiOf(artifact), `0x${code}`, by).deploy(...args);
  return contract.waitForDeployment();
}
