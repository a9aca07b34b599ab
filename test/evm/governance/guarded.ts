// The functions of a deployment that ask who calls, found in the ABIs by asking the chain.
import { Interface, zeroPadValue, type FunctionFragment, type ParamType } from "ethers";
import { contractInterface } from "../../../chains/evm/artifacts";
import { revertData } from "../../../chains/evm/revert";
import { localWallet } from "../../../localnet/keys";
import { CHAINS, type ChainName, type DeployedWorld } from "./deployed";

export const MALLORY = localWallet("mallory").address;
/** What a function answers whom it does not know: selectors of the errors of its access rule. */
const REFUSALS = new Set(
  [
    "OwnableUnauthorizedAccount(address)",
    "GovernorOnlyExecutor(address)",
    "TimelockUnauthorizedCaller(address)",
    "AccessControlUnauthorizedAccount(address,bytes32)",
    "NotGuardian(address)",
  ].map((error) => Interface.from([`error ${error}`]).getError(error.split("(")[0]!)!.selector),
);

/** A function of a deployed contract that refuses a stranger for who it is. */
export interface Guarded {
  chain: ChainName;
  /** The contract's name in the deployment. */
  key: string;
  f: FunctionFragment;
}

/** Every such function of every contract. */
export async function guarded(world: DeployedWorld): Promise<Guarded[]> {
  const found: Guarded[] = [];
  for (const chain of CHAINS) {
    for (const key of Object.keys(world.addresses(chain))) {
      // On a remote the token is the bridge.
      if (chain !== "ethereum" && key === "token") continue;
      for (const f of writes(contractInterface(world.nameOf(chain, key)))) {
        if (await refuses(world, chain, key, f, localWallet("stranger").address)) found.push({ chain, key, f });
      }
    }
  }
  return found;
}

/** An argument that favours the attacker. */
export function hostile(type: ParamType): unknown {
  if (type.baseType === "array") return [];
  if (type.baseType === "tuple") return type.components!.map(hostile);
  if (type.type === "address") return MALLORY;
  if (type.type === "bool") return true;
  if (type.type === "string") return "";
  if (type.type === "bytes") return "0x";
  if (type.type === "bytes32") return zeroPadValue(MALLORY, 32);
  if (type.type.startsWith("bytes")) return `0x${"00".repeat(Number(type.type.slice(5)))}`;
  return 1n;
}

function writes(abi: Interface): FunctionFragment[] {
  const found: FunctionFragment[] = [];
  abi.forEachFunction((f) => {
    if (f.stateMutability !== "view" && f.stateMutability !== "pure") found.push(f);
  });
  return found;
}

/** Whether the function refuses this caller for who it is. */
export async function refuses(
  world: DeployedWorld,
  chain: ChainName,
  key: string,
  f: FunctionFragment,
  from: string,
): Promise<boolean> {
  const abi = contractInterface(world.nameOf(chain, key));
  const to = world.addresses(chain)[key]!;
  try {
    await world.chain(chain).provider.call({ to, from, data: abi.encodeFunctionData(f, f.inputs.map(hostile)) });
    return false;
  } catch (error) {
    return REFUSALS.has((revertData(error) ?? "0x").slice(0, 10));
  }
}
