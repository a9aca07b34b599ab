import { expect } from "chai";
import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { id, Signature, TypedDataEncoder, zeroPadValue, type BaseContract } from "ethers";
import hre from "hardhat";
import { committeeDigest } from "../../../model";
import { committeeSignatures } from "../../../chains/evm/escrow";
import { DAY, deploy, mined, moveTo, nextAt, now, read, refusal, send, ZERO } from "../kit";

const ROOT = id("root");

interface Chamber {
  committee: BaseContract;
  owner: HardhatEthersSigner;
  guardian: HardhatEthersSigner;
  target: HardhatEthersSigner;
  /** Thirteen accounts, ascending; the first five are the committee. */
  signers: HardhatEthersSigner[];
  chainId: bigint;
}

async function setUp(): Promise<Chamber> {
  const [owner, guardian, target, ...rest] = await hre.ethers.getSigners();
  if (!owner || !guardian || !target) throw new Error("The network has too few accounts.");
  const signers = rest.slice(0, 13).sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  const five = signers.slice(0, 5).map((s) => s.address);
  const committee = await deploy("Committee", owner.address, guardian.address, five, 3n);
  return { committee, owner, guardian, target, signers, chainId: (await hre.ethers.provider.getNetwork()).chainId };
}

async function structHash(c: Chamber, version = 1n): Promise<string> {
  const members = { target: zeroPadValue(c.target.address, 32), version, root: ROOT };
  return TypedDataEncoder.hashStruct(
    "JobVerdicts",
    {
      JobVerdicts: ["bytes32 target", "uint64 version", "bytes32 root"].map((m) => ({
        type: m.split(" ")[0] ?? "",
        name: m.split(" ")[1] ?? "",
      })),
    },
    members,
  );
}

async function sign(c: Chamber, signers: HardhatEthersSigner[], version = 1n): Promise<string> {
  const at = {
    chainId: c.chainId,
    committee: await c.committee.getAddress(),
    target: c.target.address,
    version,
  };
  return committeeSignatures(signers, at, "JobVerdicts", { root: ROOT });
}

async function check(c: Chamber, signatures: string, version = 1n): Promise<unknown> {
  return read(c.committee, "assertSigned", await structHash(c, version), version, signatures);
}

/** The i-th signature of a joined string. */
const part = (signatures: string, i: number): string => signatures.slice(2 + 130 * i, 2 + 130 * (i + 1));

describe("Committee", () => {
  it("takes k of n signatures over the digest of the model, in any choice of members", async () => {
    const c = await loadFixture(setUp);
    const domain = { chainId: c.chainId, verifyingContract: await c.committee.getAddress() };
    const message = { target: zeroPadValue(c.target.address, 32), version: 1n, root: ROOT };
    const digest = committeeDigest(domain, "JobVerdicts", message);
    const separator = await read<string>(c.committee, "domainSeparator");
    expect(hre.ethers.keccak256(`0x1901${separator.slice(2)}${(await structHash(c)).slice(2)}`)).to.equal(digest);
    for (const chosen of [
      [0, 1, 2],
      [0, 2, 4],
      [2, 3, 4],
      [0, 1, 2, 3, 4],
    ]) {
      await check(
        c,
        await sign(
          c,
          chosen.map((i) => c.signers[i]!),
        ),
      );
    }
  });

  it("refuses fewer than k", async () => {
    const c = await loadFixture(setUp);
    await expect(check(c, await sign(c, c.signers.slice(0, 2))))
      .to.be.revertedWithCustomError(c.committee, "TooFewSignatures")
      .withArgs(2n, 3n);
    await expect(check(c, "0x")).to.be.revertedWithCustomError(c.committee, "TooFewSignatures").withArgs(0n, 3n);
  });

  it("refuses who is not a member, wherever in the order it stands", async () => {
    const c = await loadFixture(setUp);
    await expect(check(c, await sign(c, [c.signers[0]!, c.signers[1]!, c.signers[9]!])))
      .to.be.revertedWithCustomError(c.committee, "NotMember")
      .withArgs(c.signers[9]!.address);
    await mined(
      c.owner,
      c.committee,
      "setMembers",
      c.signers.slice(1, 6).map((s) => s.address),
      3n,
    );
    await expect(check(c, await sign(c, c.signers.slice(0, 3), 2n), 2n))
      .to.be.revertedWithCustomError(c.committee, "NotMember")
      .withArgs(c.signers[0]!.address);
  });

  it("refuses signers out of order and the same signer twice", async () => {
    const c = await loadFixture(setUp);
    const good = await sign(c, c.signers.slice(0, 3));
    const swapped = `0x${part(good, 1)}${part(good, 0)}${part(good, 2)}`;
    await expect(check(c, swapped))
      .to.be.revertedWithCustomError(c.committee, "SignersNotAscending")
      .withArgs(c.signers[0]!.address, c.signers[1]!.address);
    const twice = `0x${part(good, 0)}${part(good, 0)}${part(good, 1)}`;
    await expect(check(c, twice)).to.be.revertedWithCustomError(c.committee, "SignersNotAscending");
  });

  it("refuses a high s, a zero signer and a wrong v", async () => {
    const c = await loadFixture(setUp);
    const good = await sign(c, c.signers.slice(0, 3));
    const first = Signature.from(`0x${part(good, 0)}`);
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const high = (order - BigInt(first.s)).toString(16).padStart(64, "0");
    const rest = part(good, 1) + part(good, 2);
    for (const bad of [
      `${first.r.slice(2)}${high}${first.v === 27 ? "1c" : "1b"}`,
      "00".repeat(65),
      `${part(good, 0).slice(0, 128)}1d`,
    ]) {
      await expect(check(c, `0x${bad}${rest}`))
        .to.be.revertedWithCustomError(c.committee, "InvalidSignature")
        .withArgs(0n);
    }
  });

  it("refuses signatures that are no whole number of 65 bytes, or more than a committee can have", async () => {
    const c = await loadFixture(setUp);
    const good = await sign(c, c.signers.slice(0, 3));
    await expect(check(c, good.slice(0, -2)))
      .to.be.revertedWithCustomError(c.committee, "MalformedSignatures")
      .withArgs(194n);
    await expect(check(c, `0x${"00".repeat(65 * 14)}`))
      .to.be.revertedWithCustomError(c.committee, "MalformedSignatures")
      .withArgs(910n);
  });

  it("refuses the old version from the second in which a new one is executed", async () => {
    const c = await loadFixture(setUp);
    const old = await sign(c, c.signers.slice(0, 3));
    const next = c.signers.slice(0, 13).map((s) => s.address);
    await expect(send(c.owner, c.committee, "setMembers", next, 7n))
      .to.emit(c.committee, "CommitteeSet")
      .withArgs(2n, 7n, next);
    await expect(check(c, old)).to.be.revertedWithCustomError(c.committee, "StaleCommittee").withArgs(1n, 2n);
    await check(c, await sign(c, c.signers.slice(0, 7), 2n), 2n);
    expect(await read(c.committee, "members")).to.deep.equal(next);
    expect(await read(c.committee, "threshold")).to.equal(7n);
  });

  it("takes only sizes with n ≤ 13, k ≤ 7, 2k > n ≥ k, from its owner", async () => {
    const c = await loadFixture(setUp);
    const some = (n: number): string[] => c.signers.slice(0, n).map((s) => s.address);
    await expect(send(c.guardian, c.committee, "setMembers", some(3), 2n)).to.be.revertedWithCustomError(
      c.committee,
      "OwnableUnauthorizedAccount",
    );
    await expect(send(c.owner, c.committee, "setMembers", [], 0n))
      .to.be.revertedWithCustomError(c.committee, "InvalidMemberCount")
      .withArgs(0n, 13n);
    const fourteen = [...some(13), `0x${"f".repeat(40)}`];
    await expect(send(c.owner, c.committee, "setMembers", fourteen, 7n))
      .to.be.revertedWithCustomError(c.committee, "InvalidMemberCount")
      .withArgs(14n, 13n);
    for (const [n, k] of [
      [4, 2n],
      [3, 4n],
      [13, 8n],
      [1, 0n],
    ] as const) {
      await expect(send(c.owner, c.committee, "setMembers", some(n), k), `${k} of ${n}`)
        .to.be.revertedWithCustomError(c.committee, "InvalidThreshold")
        .withArgs(k, BigInt(n), 7n);
    }
    await mined(c.owner, c.committee, "setMembers", some(1), 1n);
  });

  it("stays as it is when there is no gas to store a new set", async () => {
    const c = await loadFixture(setUp);
    const next = c.signers.map((s) => s.address);
    const committee = c.committee.connect(c.owner) as BaseContract;
    // the set is stored with what is left of the gas after one part in 64, which is enough to say that it was not
    for (let gas = 60_000n; gas < 400_000n; gas += 500n) {
      const outcome = await refusal(read(committee, "setMembers", next, 7n, { gasLimit: gas }));
      if (outcome.includes("SetNotStored")) return;
    }
    throw new Error("No gas limit stops the storing alone.");
  });

  it("takes no zero member, no repetition and no other order", async () => {
    const c = await loadFixture(setUp);
    const [a, b] = [c.signers[0]!.address, c.signers[1]!.address];
    for (const [list, member, previous] of [
      [[ZERO, a], ZERO, ZERO],
      [[a, a], a, a],
      [[b, a], a, b],
    ] as const) {
      await expect(send(c.owner, c.committee, "setMembers", list, 2n))
        .to.be.revertedWithCustomError(c.committee, "MembersNotAscending")
        .withArgs(member, previous);
    }
  });

  it("can be stopped by the guardian for 14 days at most, and not again for 60", async () => {
    const c = await loadFixture(setUp);
    const good = await sign(c, c.signers.slice(0, 3));
    for (const duration of [0n, 14n * DAY + 1n]) {
      await expect(send(c.guardian, c.committee, "stop", duration))
        .to.be.revertedWithCustomError(c.committee, "InvalidStop")
        .withArgs(duration, 14n * DAY);
    }
    await expect(send(c.owner, c.committee, "stop", 1n))
      .to.be.revertedWithCustomError(c.committee, "NotGuardian")
      .withArgs(c.owner.address);
    const until = (await now()) + 10n + 14n * DAY;
    await nextAt(until - 14n * DAY);
    await mined(c.guardian, c.committee, "stop", 14n * DAY);
    expect(await read(c.committee, "stoppedUntil")).to.equal(until);
    await expect(check(c, good)).to.be.revertedWithCustomError(c.committee, "CommitteeIsStopped").withArgs(until);
    await moveTo(until);
    await check(c, good);
    await expect(send(c.guardian, c.committee, "stop", 1n))
      .to.be.revertedWithCustomError(c.committee, "StopCooldown")
      .withArgs(until + 60n * DAY);
    await moveTo(until + 60n * DAY);
    await mined(c.guardian, c.committee, "stop", DAY);
    await expect(send(c.signers[0]!, c.committee, "resume")).to.be.revertedWithCustomError(c.committee, "NotGuardian");
    await mined(c.owner, c.committee, "resume");
    await check(c, good);
  });

  it("has a guardian whom only its owner replaces", async () => {
    const c = await loadFixture(setUp);
    await expect(send(c.guardian, c.committee, "setGuardian", ZERO)).to.be.revertedWithCustomError(
      c.committee,
      "OwnableUnauthorizedAccount",
    );
    await expect(send(c.owner, c.committee, "setGuardian", c.target.address))
      .to.emit(c.committee, "GuardianSet")
      .withArgs(c.target.address);
    await expect(send(c.guardian, c.committee, "stop", 1n)).to.be.revertedWithCustomError(c.committee, "NotGuardian");
  });
});
