import { expect } from "chai";
import { AbiCoder, SigningKey, Wallet, concat, id, keccak256, toUtf8Bytes, zeroPadValue } from "ethers";
import hre from "hardhat";
import {
  COMMITTEE_TYPES,
  committeeDigest,
  encodeType,
  structHash,
  type CommitteeType,
  type StructMessage,
} from "../../../model";
import { deploy, read, refusal } from "../kit";

const MESSAGES: Record<CommitteeType, StructMessage> = {
  JobVerdicts: { root: id("root") },
  EpochReport: { epoch: 7, root: id("root"), total: 5n, previousRoot: id("previous"), datasetHash: id("data") },
  TierAttestation: { provider: id("provider"), gpuId: id("gpu"), tier: 2, expiry: 1_900_000_000n },
  PriceReport: { asset: zeroPadValue("0x" + "aa".repeat(20), 32), price: 10n ** 18n, time: 1_800_000_000n },
};

describe("Committee against the model's digests", () => {
  const key = new SigningKey(id("a member of this test"));
  const member = new Wallet(key).address;

  for (const type of Object.keys(MESSAGES) as CommitteeType[]) {
    it(`accepts a signature over the model's digest of ${type}, and of no other chain, module, version or type`, async () => {
      const committee = await deploy("Committee", member, member, [member], 1n);
      const version = await read<bigint>(committee, "version");
      const target = "0x" + "7a".repeat(20);
      const message = { target, version, ...MESSAGES[type] };
      const { chainId } = await hre.ethers.provider.getNetwork();
      const domain = { chainId, verifyingContract: await committee.getAddress() };
      const members = COMMITTEE_TYPES[type];
      const struct = structHash(type, members, message);

      // the struct hash as Solidity builds it
      const values = [zeroPadValue(target, 32), version, ...Object.values(MESSAGES[type])];
      const encoded = AbiCoder.defaultAbiCoder().encode(
        members.map((member) => member.type),
        values,
      );
      expect(struct).to.equal(keccak256(concat([keccak256(toUtf8Bytes(encodeType(type, members))), encoded])));

      const sign = (digest: string): string => key.sign(digest).serialized;
      const accepts = (signature: string): Promise<unknown> =>
        read(committee, "assertSigned", struct, version, signature);
      await accepts(sign(committeeDigest(domain, type, message)));
      const others = [
        committeeDigest({ ...domain, chainId: chainId + 1n }, type, message),
        committeeDigest({ ...domain, verifyingContract: target }, type, message),
        committeeDigest(domain, type, { ...message, target: "0x" + "7b".repeat(20) }),
        committeeDigest(domain, type, { ...message, version: version + 1n }),
        ...(Object.keys(MESSAGES) as CommitteeType[])
          .filter((other) => other !== type)
          .map((other) => committeeDigest(domain, other, { target, version, ...MESSAGES[other] })),
      ];
      for (const digest of others) expect(await refusal(accepts(sign(digest)))).to.contain("NotMember");
    });
  }
});
