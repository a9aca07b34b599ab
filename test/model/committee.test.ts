import { expect } from "chai";
import { TypedDataEncoder, hexlify, keccak256, zeroPadValue, type TypedDataField } from "ethers";
import fc from "fast-check";
import {
  COMMITTEE_TYPES,
  checkCommitteeSize,
  committeeDigest,
  encodeType,
  foreignContract,
  type CommitteeType,
  type StructMessage,
} from "../../model";
import { expectError } from "./expect-error";
import { holds } from "./seed";

const CONTRACT = "0x" + "c0".repeat(20);
const DOMAIN = { chainId: 31337n, verifyingContract: CONTRACT };
const word = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => hexlify(bytes));

function member(type: string): fc.Arbitrary<string | bigint> {
  return type === "bytes32" ? word : fc.bigInt({ min: 0n, max: 2n ** BigInt(type.slice(4)) - 1n });
}

const report: StructMessage = {
  target: CONTRACT,
  version: 1n,
  epoch: 3,
  root: "0x" + "01".repeat(32),
  total: 5n,
  previousRoot: "0x" + "00".repeat(32),
  datasetHash: "0x" + "02".repeat(32),
};

describe("model: committee digests", () => {
  for (const type of Object.keys(COMMITTEE_TYPES) as CommitteeType[]) {
    it(`equals an independent EIP-712 encoder for ${type}`, () => {
      const fields = COMMITTEE_TYPES[type] as readonly TypedDataField[];
      const message = fc.record(Object.fromEntries(fields.map((field) => [field.name, member(field.type)])));
      holds(
        fc.property(message, fc.bigInt({ min: 1n, max: 2n ** 64n }), (values, chainId) => {
          const domain = { name: "STUN Committee", version: "1", chainId, verifyingContract: CONTRACT };
          const expected = TypedDataEncoder.hash(domain, { [type]: [...fields] }, values);
          expect(committeeDigest({ chainId, verifyingContract: CONTRACT }, type, values as StructMessage)).to.equal(
            expected,
          );
        }),
        50,
      );
    });
  }

  it("begins every struct with target and version", () => {
    for (const members of Object.values(COMMITTEE_TYPES)) {
      expect(encodeType("X", members)).to.match(/^X\(bytes32 target,uint64 version,/);
    }
  });

  it("takes a module's EVM address as its target, padded on the left", () => {
    const padded = { ...report, target: zeroPadValue(CONTRACT, 32) };
    expect(committeeDigest(DOMAIN, "EpochReport", report)).to.equal(committeeDigest(DOMAIN, "EpochReport", padded));
  });

  it("changes with chain, contract, target, version and type", () => {
    const digest = committeeDigest(DOMAIN, "EpochReport", report);
    const verdicts = { target: CONTRACT, version: 1n, root: report.root ?? "0x" };
    const others = [
      committeeDigest({ ...DOMAIN, chainId: 31338 }, "EpochReport", report),
      committeeDigest({ ...DOMAIN, verifyingContract: "0x" + "c1".repeat(20) }, "EpochReport", report),
      committeeDigest(DOMAIN, "EpochReport", { ...report, target: "0x" + "c1".repeat(20) }),
      committeeDigest(DOMAIN, "EpochReport", { ...report, version: 2n }),
      committeeDigest(DOMAIN, "JobVerdicts", verdicts),
    ];
    expect(new Set([digest, ...others]).size).to.equal(6);
  });

  it("names a module of Solana or TON by the low 20 bytes of the hash of its id", () => {
    const id = "0x" + "5a".repeat(32);
    expect(foreignContract(id)).to.equal("0x" + keccak256(id).slice(-40));
    expectError("INVALID_BYTES", () => foreignContract(CONTRACT));
  });

  it("refuses an unknown type, another domain, missing or unknown members and values out of their type", () => {
    expectError("INVALID_TYPE", () => committeeDigest(DOMAIN, "Nothing" as CommitteeType, report));
    expectError("INVALID_TYPE", () => committeeDigest(DOMAIN, "toString" as CommitteeType, report));
    expectError("INVALID_TYPE", () => committeeDigest({ ...DOMAIN, name: "Other" }, "EpochReport", report));
    expectError("INVALID_TYPE", () => committeeDigest(DOMAIN, "EpochReport", { target: CONTRACT, version: 1n }));
    expectError("INVALID_TYPE", () => committeeDigest(DOMAIN, "EpochReport", { ...report, extra: 1n }));
    expectError("ABOVE_MAXIMUM", () => committeeDigest(DOMAIN, "EpochReport", { ...report, epoch: 2n ** 32n }));
    expectError("NEGATIVE", () => committeeDigest(DOMAIN, "EpochReport", { ...report, total: -1n }));
    expectError("INVALID_BYTES", () => committeeDigest(DOMAIN, "EpochReport", { ...report, root: "0x01" }));
    expectError("INVALID_BYTES", () =>
      committeeDigest({ ...DOMAIN, verifyingContract: "0x01" }, "EpochReport", report),
    );
    expectError("INVALID_TYPE", () => committeeDigest(DOMAIN, "EpochReport", { ...report, root: true }));
    expectError("NOT_AN_INTEGER", () => committeeDigest(DOMAIN, "EpochReport", { ...report, total: 0.5 }));
  });

  it("needs more than half of at most 13 members, and at most 7 signatures", () => {
    for (const [n, k] of [
      [1, 1],
      [3, 2],
      [5, 3],
      [13, 7],
      [4, 4],
    ] as const) {
      checkCommitteeSize(n, k);
    }
    expectError("BELOW_MINIMUM", () => checkCommitteeSize(4, 2));
    expectError("ABOVE_MAXIMUM", () => checkCommitteeSize(13, 8));
    expectError("ABOVE_MAXIMUM", () => checkCommitteeSize(14, 7));
    expectError("ABOVE_MAXIMUM", () => checkCommitteeSize(3, 4));
    expectError("BELOW_MINIMUM", () => checkCommitteeSize(0, 0));
  });
});
