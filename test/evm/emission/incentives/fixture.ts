import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { zeroPadValue, type BaseContract } from "ethers";
import hre from "hardhat";
import { deploy, deployStun, mined, read, STUN } from "../../kit";

export const Kind = { Developer: 0n, Model: 1n, Validator: 2n, Tester: 3n } as const;
export type KindName = keyof typeof Kind;

export const TERMS: Record<KindName, { cap: bigint; amount: bigint }> = {
  Developer: { cap: 1_000n, amount: 10_000n * STUN },
  Model: { cap: 5_000n, amount: 1_000n * STUN },
  Validator: { cap: 100n, amount: 50_000n * STUN },
  Tester: { cap: 1_000n, amount: 5_000n * STUN },
};

export interface Incentives {
  token: BaseContract;
  vesting: BaseContract;
  vault: BaseContract;
  badge: BaseContract;
  owner: HardhatEthersSigner;
  alice: HardhatEthersSigner;
  bob: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
}

export interface Entry {
  key: string;
  account: string;
}

/** The key of everything but a model: its account. */
export const keyOf = (account: string): string => zeroPadValue(account, 32).toLowerCase();

/** A list of who is eligible, and the arguments of each claim. */
export class List {
  readonly #tree: StandardMerkleTree<[bigint, string, string]>;

  constructor(
    readonly kind: KindName,
    entries: readonly Entry[],
  ) {
    this.#tree = StandardMerkleTree.of(
      entries.map(({ key, account }) => [Kind[kind], key, account] as [bigint, string, string]),
      ["uint8", "bytes32", "address"],
    );
  }

  get root(): string {
    return this.#tree.root;
  }

  claim(at: number): [kind: bigint, key: string, account: string, proof: string[]] {
    const [kind, key, account] = this.#tree.at(at) ?? [0n, "", ""];
    return [kind, key, account, this.#tree.getProof(at)];
  }
}

async function setUp(): Promise<Incentives> {
  const [owner, alice, bob, stranger] = await hre.ethers.getSigners();
  if (!owner || !alice || !bob || !stranger) throw new Error("The network has fewer than four accounts.");
  const token = await deployStun(owner);
  const vesting = await deploy("VestingVault", await token.getAddress());
  const vault = await deploy("IncentivesVault", await token.getAddress(), await vesting.getAddress(), owner.address);
  await mined(owner, token, "transfer", await vault.getAddress(), 25_000_000n * STUN);
  const badge = await hre.ethers.getContractAt("TesterBadge", await read<string>(vault, "badge"));
  return { token, vesting, vault, badge, owner, alice, bob, stranger };
}

/** The incentives vault with all of its 25,000,000 STUN and no root. */
export function incentives(): Promise<Incentives> {
  return loadFixture(setUp);
}

/** The owner has said that these accounts are eligible. */
export async function eligible(state: Incentives, kind: KindName, accounts: readonly string[]): Promise<List> {
  const list = new List(
    kind,
    accounts.map((account) => ({ key: keyOf(account), account })),
  );
  await mined(state.owner, state.vault, "setRoot", Kind[kind], list.root);
  return list;
}
