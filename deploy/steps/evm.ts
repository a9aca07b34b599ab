// The few shapes that all steps on an EVM chain have: a contract at an address known beforehand, a value that a call
// sets, an owner who hands over in two steps.
import {
  AbiCoder,
  Interface,
  ZeroAddress,
  concat,
  getAddress,
  getCreate2Address,
  id,
  isAddress,
  keccak256,
} from "ethers";
import { artifact, contractInterface } from "../../chains/evm/artifacts";
import { StunError } from "../../chains/errors";
import { isCodeOf } from "../code";
import type { EvmCall, EvmDriver } from "../drivers/evm";
import { type ChainSpec, type LayerZeroAddresses, type Network } from "../network";
import type { Check, Power, Step } from "../types";

/**
 * The deterministic deployment proxy: 69 bytes at the same address on nearly every EVM chain, published by one
 * transaction that fits them all. It creates what it is sent with CREATE2, so that an address follows from the code and
 * its arguments, and the same contract cannot be deployed twice.
 */
export const FACTORY = {
  address: "0x4e59b44847b379578588920cA78FbF26c0B4956C",
  publisher: "0x3fAB184622Dc19b6109349B94811493BF2a45362",
  fee: 10_000_000_000_000_000n,
  codeHash: "0x2fa86add0aed31f33a762c9d88e807c475bd51d0f52bd0955754b2608f7e4989",
  transaction:
    "0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222",
} as const;

const OWNABLE = new Interface([
  "function owner() view returns (address)",
  "function pendingOwner() view returns (address)",
  "function transferOwnership(address newOwner)",
  "function acceptOwnership()",
]);

export interface EvmContract {
  /** Its name in the network: `token`, `escrow` … */
  readonly key: string;
  /** Its contract's name. */
  readonly name: string;
  readonly address: string;
  readonly abi: Interface;
  /** The step that deploys it. */
  readonly step: string;
}

const DELEGATES = new Interface(["function delegates(address oapp) view returns (address)"]);
const TAKER = new Interface(["function takeOwnership(address target)"]);

/** A value on a chain, and the call that sets it. */
export interface Setting {
  id: string;
  title: string;
  needs?: readonly string[];
  once?: boolean;
  by?: Step["by"];
  wanted: string;
  found(): Promise<string | undefined>;
  to: string;
  abi: Interface;
  method: string;
  args: readonly unknown[] | (() => Promise<readonly unknown[]>);
  value?: bigint;
}

export class EvmScope {
  readonly vm = "evm";
  readonly steps: Step[] = [];
  readonly checks: Check[] = [];
  readonly powers: Power[] = [];
  readonly contracts = new Map<string, EvmContract>();
  /** Contracts that still belong to the deployer, in the order in which they are given away at the end. */
  readonly lent: EvmContract[] = [];

  constructor(
    readonly network: Network,
    readonly chain: string,
    readonly spec: ChainSpec,
    readonly layerzero: LayerZeroAddresses,
    readonly driver: EvmDriver,
    /** Moves the clock of an embedded chain on, for steps that wait for time to pass; real chains do so by themselves. */
    readonly passTime?: () => Promise<void>,
  ) {
    this.factory();
  }

  get isHome(): boolean {
    return this.chain === this.network.home;
  }

  role(name: string): string {
    return this.driver.addressOf(name);
  }

  get(key: string): EvmContract {
    const found = this.contracts.get(key);
    if (!found)
      throw new StunError(`The deployment puts no contract '${key}' on ${this.chain}; correct ${this.network.file}.`);
    return found;
  }

  /** Declares a contract of ours; its address is known from here on, whether or not it is deployed. */
  deploy(key: string, name: string, args: readonly unknown[], needs: readonly string[] = []): EvmContract {
    const abi = contractInterface(name);
    const { bytecode, linkReferences } = artifact(name);
    if (Object.keys(linkReferences).length > 0) throw new TypeError(`${name} has libraries to link.`);
    const code = concat([bytecode, abi.encodeDeploy(args)]);
    const salt = id(`STUN ${this.network.name} ${key}`);
    const address = getCreate2Address(FACTORY.address, salt, keccak256(code));
    const step = `${this.chain}/${key}`;
    this.steps.push({
      id: step,
      title: `deploy ${name}`,
      chain: this.chain,
      needs: [`${this.chain}/factory`, ...needs],
      wanted: "deployed",
      found: async () => ((await this.driver.code(address)) === "0x" ? undefined : "deployed"),
      call: async () => ({ vm: "evm", to: FACTORY.address, data: concat([salt, code]) }),
    });
    this.checks.push({
      chain: this.chain,
      title: `code of ${name}`,
      wanted: "as compiled",
      found: async () => {
        const onChain = await this.driver.code(address);
        if (onChain === "0x") return undefined;
        return isCodeOf(name, onChain) ? "as compiled" : `other code, hash ${keccak256(onChain)}`;
      },
    });
    const contract = { key, name, address, abi, step };
    this.contracts.set(key, contract);
    return contract;
  }

  /** Declares a value that must stand on the chain. */
  set(setting: Setting): void {
    const { to, abi, method, args, value, ...rest } = setting;
    this.steps.push({
      ...rest,
      chain: this.chain,
      call: async (): Promise<EvmCall> => ({
        vm: "evm",
        to,
        value,
        data: abi.encodeFunctionData(method, typeof args === "function" ? await args() : args),
      }),
    });
  }

  /** Declares a parameter that only the owner of `contract` sets, whoever that is when it is set. */
  setOwned(
    contract: EvmContract,
    setting: Omit<Setting, "to" | "abi" | "by"> & { to?: string; abi?: Interface },
  ): void {
    this.set({
      ...setting,
      to: setting.to ?? contract.address,
      abi: setting.abi ?? contract.abi,
      needs: [contract.step, ...(setting.needs ?? [])],
      by: () => this.ownerOf(contract),
    });
  }

  /** Gives `contract` to `role` in two steps: the owner offers, the new owner accepts. */
  handOver(contract: EvmContract, role = "timelock", needs: readonly string[] = []): void {
    const target = this.role(role);
    const read = async (name: "owner" | "pendingOwner"): Promise<string | undefined> =>
      (await this.driver.view(contract.address, OWNABLE, name))?.[0] as string | undefined;
    // An owner that is a contract of this deployment takes what it is offered when anyone tells it to.
    const taker = [...this.contracts.values()].find(({ address }) => address === target);
    const offer = `${contract.step}/owner-offered`;
    this.setOwned(contract, {
      id: offer,
      title: `offer ${contract.name} to ${role}`,
      needs,
      abi: OWNABLE,
      wanted: `${target} owns or may accept`,
      found: async () => {
        const [owner, pending] = await Promise.all([read("owner"), read("pendingOwner")]);
        return owner === target || pending === target ? `${target} owns or may accept` : owner;
      },
      method: "transferOwnership",
      args: [target],
    });
    this.set({
      id: `${contract.step}/owner`,
      title: `${taker?.name ?? role} accepts ${contract.name}`,
      needs: taker ? [offer, taker.step] : [offer],
      by: taker ? "deployer" : role,
      wanted: target,
      found: () => read("owner"),
      to: taker?.address ?? contract.address,
      abi: taker ? TAKER : OWNABLE,
      method: taker ? "takeOwnership" : "acceptOwnership",
      args: taker ? [contract.address] : [],
    });
    this.power(contract, "owner", [target], async () => [await read("owner")]);
    this.power(contract, "pending owner", [], async () => [await read("pendingOwner")]);
  }

  /** Gives away everything that the deployer kept for setting it up. */
  handOverLent(): void {
    for (const contract of this.lent.splice(0)) this.handOver(contract);
  }

  /** Who sets LayerZero's configuration of a contract. */
  async delegate(contract: EvmContract): Promise<string | undefined> {
    return readText(this, { address: this.layerzero.endpoint, abi: DELEGATES }, "delegates", [contract.address]);
  }

  /** Declares who holds a power; zero addresses count as nobody. */
  power(
    contract: EvmContract,
    power: string,
    declared: readonly string[],
    holders: () => Promise<(string | undefined)[]>,
  ): void {
    const twin = [...this.contracts.values()].some((c) => c.name === contract.name && c.address !== contract.address);
    this.powers.push({
      chain: this.chain,
      subject: twin ? `${contract.name} (${contract.key})` : contract.name,
      power,
      declared: declared.filter((address) => address !== ZeroAddress),
      holders: async () =>
        (await holders()).flatMap((holder) =>
          holder === undefined || holder === ZeroAddress ? [] : [isAddress(holder) ? getAddress(holder) : holder],
        ),
    });
  }

  /** The role that owns a contract at this moment. */
  private async ownerOf(contract: EvmContract): Promise<string> {
    const owner = (await this.driver.view(contract.address, OWNABLE, "owner"))?.[0] as string | undefined;
    return this.roleOf(owner, `the owner of ${contract.name}`);
  }

  /** The role that an address holds while it moves from the deployer to the timelock. */
  roleOf(address: string | undefined, what: string): string {
    const role = ["deployer", "timelock"].find((name) => this.role(name) === address);
    if (role !== undefined) return role;
    throw new StunError(
      `On ${this.chain}, ${what} is ${address ?? "nobody"}, neither the deployer nor the timelock: no step can change what it governs.`,
    );
  }

  private factory(): void {
    const funded = `${this.chain}/factory-fee`;
    const exists = async (): Promise<boolean> => (await this.driver.code(FACTORY.address)) !== "0x";
    this.steps.push(
      {
        id: funded,
        title: "pay for the deployment proxy",
        chain: this.chain,
        wanted: "paid",
        found: async () =>
          (await exists()) || (await this.driver.balance(FACTORY.publisher)) >= FACTORY.fee ? "paid" : undefined,
        call: async () => ({ vm: "evm", to: FACTORY.publisher, data: "0x", value: FACTORY.fee }),
      },
      {
        id: `${this.chain}/factory`,
        title: "publish the deployment proxy",
        chain: this.chain,
        needs: [funded],
        wanted: "deployed",
        found: async () => ((await exists()) ? "deployed" : undefined),
        call: async () => ({ vm: "evm", to: ZeroAddress, data: "0x", presigned: FACTORY.transaction }),
      },
    );
    this.checks.push({
      chain: this.chain,
      title: "code of the deployment proxy",
      wanted: FACTORY.codeHash,
      found: async () => keccak256(await this.driver.code(FACTORY.address)),
    });
  }
}

/** The first value of a view function as text; undefined when there is no contract yet. */
export async function readText(
  scope: EvmScope,
  contract: { address: string; abi: Interface },
  method: string,
  args: readonly unknown[] = [],
): Promise<string | undefined> {
  const result = await scope.driver.view(contract.address, contract.abi, method, args);
  return result === undefined ? undefined : String(result[0]);
}

/** Bytes of a tuple, to compare configurations in one go. */
export function encode(types: readonly string[], values: readonly unknown[]): string {
  return AbiCoder.defaultAbiCoder().encode(types, values);
}
