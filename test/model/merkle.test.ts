import { SimpleMerkleTree, StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { expect } from "chai";
import { AbiCoder, hexlify, keccak256 } from "ethers";
import fc from "fast-check";
import {
  hashPair,
  merkleProof,
  merkleRoot,
  rewardLeaf,
  rewardProof,
  rewardRoot,
  verdictLeaf,
  verdictRoot,
  verifyProof,
} from "../../model";
import { expectError } from "./expect-error";
import { holds } from "./seed";

const word = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => hexlify(bytes));
const entries = fc.uniqueArray(fc.tuple(word, fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })), {
  selector: ([account]) => account,
  minLength: 1,
  maxLength: 40,
});

describe("model: merkle trees", () => {
  it("gives the root, the leaves and the proofs of OpenZeppelin's StandardMerkleTree", () => {
    holds(
      fc.property(entries, (list) => {
        const tree = StandardMerkleTree.of(list, ["bytes32", "uint256"]);
        expect(rewardRoot(list)).to.equal(tree.root);
        expect(rewardRoot(list.map(([account, cumulative]) => ({ account, cumulative })))).to.equal(tree.root);
        expect(rewardRoot(list.map(([account, cumulative]) => rewardLeaf(account, cumulative)))).to.equal(tree.root);
        list.forEach((entry, i) => {
          expect(rewardLeaf(...entry)).to.equal(tree.leafHash(entry));
          expect(rewardProof(list, i)).to.deep.equal(tree.getProof(i));
          expect(verifyProof(tree.root, rewardLeaf(...entry), tree.getProof(i))).to.equal(true);
        });
      }),
      60,
    );
  });

  it("gives the root of OpenZeppelin's SimpleMerkleTree over verdict leaves", () => {
    holds(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (jobIds) => {
        const verdicts = jobIds.map((jobId, i) => ({
          jobId,
          attempt: 1,
          provider: "0x" + "ab".repeat(20),
          outcome: (i % 3) + 1,
          units: BigInt(i),
          resultHash: jobId,
        }));
        const tree = SimpleMerkleTree.of(verdicts.map(verdictLeaf));
        expect(verdictRoot(verdicts)).to.equal(tree.root);
        verdicts.forEach((v) => {
          const proof = merkleProof(verdicts.map(verdictLeaf), verdictLeaf(v));
          expect(verifyProof(tree.root, verdictLeaf(v), proof)).to.equal(true);
        });
      }),
      40,
    );
  });

  it("hashes a verdict as Solidity's abi.encode does", () => {
    const verdict = {
      jobId: "0x" + "01".repeat(32),
      attempt: 2n,
      provider: "0x" + "02".repeat(20),
      outcome: 3n,
      units: 77n,
      resultHash: "0x" + "04".repeat(32),
    };
    const encoded = AbiCoder.defaultAbiCoder().encode(
      ["bytes32", "uint8", "bytes32", "uint8", "uint64", "bytes32"],
      [verdict.jobId, 2, "0x" + "00".repeat(12) + "02".repeat(20), 3, 77n, verdict.resultHash],
    );
    expect(verdictLeaf(verdict)).to.equal(keccak256(keccak256(encoded)));
    expectError("ABOVE_MAXIMUM", () => verdictLeaf({ ...verdict, outcome: 4 }));
    expectError("BELOW_MINIMUM", () => verdictLeaf({ ...verdict, outcome: 0 }));
    expectError("ABOVE_MAXIMUM", () => verdictLeaf({ ...verdict, units: 2n ** 64n }));
  });

  it("has its leaf as the root of one, and sorted pairs above", () => {
    const [a, b] = [rewardLeaf("0x" + "11".repeat(20), 1n), rewardLeaf("0x" + "22".repeat(20), 2n)];
    expect(merkleRoot([a])).to.equal(a);
    expect(merkleProof([a], a)).to.deep.equal([]);
    expect(hashPair(a, b))
      .to.equal(hashPair(b, a))
      .to.equal(merkleRoot([b, a]));
  });

  it("takes an EVM address as the same account padded to 32 bytes", () => {
    expect(rewardLeaf("0x" + "ab".repeat(20), 5n)).to.equal(rewardLeaf("0x" + "00".repeat(12) + "AB".repeat(20), 5n));
  });

  it("refuses another root, another leaf and a proof deeper than 20", () => {
    const leaves = ["01", "02", "03"].map((byte) => "0x" + byte.repeat(32));
    const proof = merkleProof(leaves, leaves[0] as string);
    expect(verifyProof(merkleRoot(leaves), leaves[0] as string, proof)).to.equal(true);
    expect(verifyProof(merkleRoot(leaves), leaves[1] as string, proof)).to.equal(false);
    expect(verifyProof(leaves[0] as string, leaves[0] as string, proof)).to.equal(false);
    for (const [depth, accepted] of [
      [20, true],
      [21, false],
    ] as const) {
      let root = leaves[0] as string;
      const deep = Array.from({ length: depth }, () => leaves[1] as string);
      for (const sibling of deep) root = hashPair(root, sibling);
      expect(verifyProof(root, leaves[0] as string, deep), `depth ${depth}`).to.equal(accepted);
    }
  });

  it("refuses an empty list, an account twice, an unknown leaf and bytes of another length", () => {
    expectError("EMPTY_TREE", () => rewardRoot([]));
    const entry = { account: "0x" + "11".repeat(20), cumulative: 1n };
    expectError("DUPLICATE_ACCOUNT", () => rewardRoot([entry, { ...entry, cumulative: 2n }]));
    expectError("UNKNOWN_LEAF", () => merkleProof(["0x" + "11".repeat(32)], "0x" + "12".repeat(32)));
    expectError("UNKNOWN_LEAF", () => rewardProof([entry], 1));
    expectError("INVALID_BYTES", () => rewardLeaf("0x1234", 1n));
    expectError("INVALID_BYTES", () => rewardLeaf("no hex", 1n));
    expectError("NEGATIVE", () => rewardLeaf(entry.account, -1n));
    expectError("ABOVE_MAXIMUM", () => rewardLeaf(entry.account, 2n ** 256n));
  });
});
