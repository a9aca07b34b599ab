import { accountWord, bytes32, compareBytes, keccak, toHex, uintWord, type Bytes, type Hex } from "./bytes";
import { ModelError } from "./errors";

// Source: economics, Provider rewards of one epoch; protocol, A job, Batches.

/** Deepest proof of a reward tree. */
export const MAX_PROOF_DEPTH = 20;

/** What one account has earned in all epochs so far. */
export interface RewardEntry {
  /** 32 bytes, or an EVM address of 20 bytes. */
  account: Bytes;
  /** Base units. */
  cumulative: bigint;
}

/** A leaf of a reward tree: its hash, or the pair that is hashed. */
export type RewardLeafInput = Bytes | RewardEntry | readonly [account: Bytes, cumulative: bigint];

/**
 * Leaf of a reward tree: keccak256(keccak256(abi.encode(bytes32 account, uint256 cumulative))). Hashed twice, so that no
 * inner node can be taken for a leaf. Errors: INVALID_BYTES, NEGATIVE, ABOVE_MAXIMUM.
 */
export function rewardLeaf(account: Bytes, cumulative: bigint): Hex {
  return toHex(keccak(keccak(accountWord("account", account), uintWord("cumulative", cumulative, 256))));
}

/**
 * Root of an epoch's tree: the layout of @openzeppelin/merkle-tree's StandardMerkleTree over (bytes32, uint256), that is
 * leaves sorted by hash, a complete binary tree, sorted pairs. Takes leaf hashes, or pairs of account and cumulative amount.
 * Errors: EMPTY_TREE, TREE_TOO_LARGE above 2^20 leaves, DUPLICATE_ACCOUNT among pairs, INVALID_BYTES, NEGATIVE.
 */
export function rewardRoot(leaves: readonly RewardLeafInput[]): Hex {
  return merkleRoot(rewardLeaves(leaves));
}

/** Proof of the leaf at `index` of the list, for rewardRoot of the same list. Errors: as rewardRoot; UNKNOWN_LEAF. */
export function rewardProof(leaves: readonly RewardLeafInput[], index: number): Hex[] {
  const hashes = rewardLeaves(leaves);
  const leaf = hashes[index];
  if (leaf === undefined) throw unknownLeaf(String(index));
  return merkleProof(hashes, leaf);
}

function rewardLeaves(leaves: readonly RewardLeafInput[]): Hex[] {
  const accounts = new Set<string>();
  return leaves.map((leaf) => {
    if (typeof leaf === "string" || leaf instanceof Uint8Array) return toHex(bytes32("leaf", leaf));
    const { account, cumulative } = "account" in leaf ? leaf : { account: leaf[0], cumulative: leaf[1] };
    const word = toHex(accountWord("account", account));
    if (accounts.has(word)) {
      throw new ModelError(
        "DUPLICATE_ACCOUNT",
        `account ${word} has two leaves: give each account one cumulative amount.`,
        {
          account: word,
        },
      );
    }
    accounts.add(word);
    return rewardLeaf(account, cumulative);
  });
}

/** Hash of two nodes, the smaller first, as OpenZeppelin's MerkleProof computes it. */
export function hashPair(a: Bytes, b: Bytes): Hex {
  return toHex(pair(bytes32("node", a), bytes32("node", b)));
}

/** Root over leaf hashes in any order (StandardMerkleTree's layout). A root over one leaf is the leaf. */
export function merkleRoot(leaves: readonly Bytes[]): Hex {
  const root = buildTree(sortedLeaves(leaves))[0];
  return toHex(root as Uint8Array);
}

/** Proof of a leaf hash in the tree of merkleRoot(leaves). Errors: UNKNOWN_LEAF, and as merkleRoot. */
export function merkleProof(leaves: readonly Bytes[], leaf: Bytes): Hex[] {
  const sorted = sortedLeaves(leaves);
  const target = bytes32("leaf", leaf);
  const position = sorted.findIndex((other) => compareBytes(other, target) === 0);
  if (position < 0) throw unknownLeaf(toHex(target));
  const tree = buildTree(sorted);
  const proof: Hex[] = [];
  for (let i = tree.length - 1 - position; i > 0; i = (i - 1) >> 1) {
    proof.push(toHex(tree[i % 2 === 1 ? i + 1 : i - 1] as Uint8Array));
  }
  return proof;
}

/** Whether `proof` joins `leaf` to `root`. False for a proof deeper than MAX_PROOF_DEPTH. Errors: INVALID_BYTES. */
export function verifyProof(root: Bytes, leaf: Bytes, proof: readonly Bytes[]): boolean {
  if (proof.length > MAX_PROOF_DEPTH) return false;
  const node = proof.reduce<Uint8Array>(
    (hash, sibling) => pair(hash, bytes32("proof", sibling)),
    bytes32("leaf", leaf),
  );
  return compareBytes(node, bytes32("root", root)) === 0;
}

function sortedLeaves(leaves: readonly Bytes[]): Uint8Array[] {
  if (leaves.length === 0)
    throw new ModelError("EMPTY_TREE", "The list of leaves is empty: a tree needs at least one.");
  if (leaves.length > 2 ** MAX_PROOF_DEPTH) {
    throw new ModelError("TREE_TOO_LARGE", `The list has ${leaves.length} leaves: a tree holds at most 2^20.`, {
      leaves: BigInt(leaves.length),
    });
  }
  return leaves.map((leaf) => bytes32("leaf", leaf)).sort(compareBytes);
}

/** The tree as an array with the root first and the leaves, in reverse, last. */
function buildTree(leaves: readonly Uint8Array[]): Uint8Array[] {
  const tree = new Array<Uint8Array>(2 * leaves.length - 1);
  leaves.forEach((leaf, i) => (tree[tree.length - 1 - i] = leaf));
  for (let i = leaves.length - 2; i >= 0; i--) {
    tree[i] = pair(tree[2 * i + 1] as Uint8Array, tree[2 * i + 2] as Uint8Array);
  }
  return tree;
}

function pair(a: Uint8Array, b: Uint8Array): Uint8Array {
  return compareBytes(a, b) < 0 ? keccak(a, b) : keccak(b, a);
}

function unknownLeaf(leaf: string): ModelError {
  return new ModelError("UNKNOWN_LEAF", `Leaf ${leaf} is not in the tree: pass a leaf of the same list.`, { leaf });
}
