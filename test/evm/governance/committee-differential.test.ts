import { SigningKey, computeAddress, concat, id } from "ethers";
import hre from "hardhat";
import { committeeDigest, structHash, COMMITTEE_TYPES } from "../../../model";
import { checkCommittee, newCommittee, stepCommittee, type CommitteeAction } from "../../../model";
import { Differential, latest, type Call, type Meanings } from "../differential";
import { DAY, deploy } from "../kit";

const CHAIN_ID = 31_337n;
/** Half the order of secp256k1: above it a signature is the other form of one below. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const MEANINGS: Meanings = {
  WRONG_PARTY: ["OwnableUnauthorizedAccount", "NotGuardian"],
  BELOW_MINIMUM: ["InvalidMemberCount", "InvalidThreshold", "InvalidStop"],
  ABOVE_MAXIMUM: ["InvalidMemberCount", "InvalidThreshold", "InvalidStop"],
  MISMATCH: ["MembersNotAscending", "SignersNotAscending"],
  TOO_EARLY: ["StopCooldown"],
  EXPIRED: ["StaleCommittee"],
  PAUSED: ["CommitteeIsStopped"],
  LIMIT_EXCEEDED: ["MalformedSignatures"],
  INSUFFICIENT: ["TooFewSignatures"],
  INVALID_BYTES: ["InvalidSignature"],
  NOT_FOUND: ["NotMember"],
};

/** All who are ever members, ascending by address. */
const KEYS = Array.from({ length: 16 }, (_, i) => new SigningKey(id(`member ${i}`)))
  .map((key) => ({ key, at: BigInt(computeAddress(key)) }))
  .sort((a, b) => (a.at < b.at ? -1 : 1));
const address = (member: bigint): string => `0x${member.toString(16).padStart(40, "0")}`;

type Key = (typeof KEYS)[number];

describe("Committee against the model", () => {
  it("takes what a quorum of the present version has signed, and nothing else, after each random call", async () => {
    const run = new Differential("committee", MEANINGS, {
      kinds: ["setMembers", "stop", "resume", "assertSigned"],
      refusals: Object.values(MEANINGS).flat(),
      // the contract names its own bound, the model the one that the size of the set gives
      apart: ["InvalidThreshold.max"],
    });
    const { random } = run;
    const [owner, guardian, stranger] = (await hre.ethers.getSigners()).map((each) => each.address) as [
      ...[string, string, string],
    ];
    /** `count` of the list, in its order. */
    const some = (list: readonly Key[], count: number): Key[] => {
      const left = [...list];
      while (left.length > count) left.splice(Number(random.between(0n, BigInt(left.length - 1))), 1);
      return left;
    };
    const first = some(KEYS, 5).map((each) => each.at);
    let model = newCommittee(first, 3);
    const contract = await deploy("Committee", owner, guardian, first.map(address), 3n);
    const target = String(contract.target);
    await run.begin([contract]);
    let at = await latest();
    while (run.unfinished) {
      at += random.between(1n, random.oneIn(8n) ? 20n * DAY : DAY / 2n);
      at = run.edge(at, [model.stoppedUntil, model.stopAllowedAt]);
      const actor = random.pick(["owner", "owner", "guardian", "guardian", "anyone"] as const);
      const from = { owner, guardian, anyone: stranger }[actor];
      const method = random.pick(["setMembers", "stop", "resume", ...Array<"check">(7).fill("check")] as const);
      const call: Omit<Call, "args"> = { kind: method, at, from, to: contract, method };
      let action: CommitteeAction;
      let args: unknown[];
      if (method === "setMembers") {
        const count = random.oneIn(8n) ? random.pick([0, 14]) : Number(random.between(1n, 13n));
        const members = some(KEYS, count).map((each) => each.at);
        if (random.oneIn(8n) && count > 1) members.reverse();
        else if (random.oneIn(10n) && count > 1) members[0] = members[1] ?? 0n;
        const least = Math.floor(count / 2) + 1;
        const threshold = random.oneIn(5n)
          ? random.pick([0, least - 1, count + 1, 8])
          : Math.min(7, Number(random.between(BigInt(least), BigInt(Math.max(count, least)))));
        action = { type: method, by: actor, at, members, threshold };
        args = [members.map(address), threshold];
      } else if (method === "stop") {
        const duration = random.oneIn(5n) ? random.pick([0n, 14n * DAY + 1n]) : random.between(1n, 3n * DAY);
        action = { type: method, by: actor, at, duration };
        args = [duration];
      } else if (method === "resume") {
        action = { type: method, by: actor, at };
        args = [];
      } else {
        const version = random.oneIn(12n) ? model.version + random.pick([-1n, 1n]) : model.version;
        const members = KEYS.filter(({ at: each }) => model.members.includes(each));
        const others = KEYS.filter(({ at: each }) => !model.members.includes(each));
        const needed = model.threshold + (random.oneIn(6n) ? -1 : Number(random.between(0n, 1n)));
        let signers = some(members, needed);
        const outsider = others[0];
        if (random.oneIn(8n) && outsider) {
          signers = [...signers.slice(1), outsider].sort((a, b) => (a.at < b.at ? -1 : 1));
        }
        if (random.oneIn(8n)) signers = [...signers].reverse();
        if (random.oneIn(10n) && signers[0]) signers = [signers[0], ...signers];
        if (random.oneIn(20n) && signers[0]) signers = Array<Key>(14).fill(signers[0]);
        const message = { target, version, root: id(`root ${at}`) };
        const domain = { chainId: CHAIN_ID, verifyingContract: target };
        const digest = committeeDigest(domain, "JobVerdicts", message);
        const broken = random.oneIn(12n) ? signers.length - 1 : -1;
        const signatures = signers.map(({ key }, i) => {
          const { r, s, v } = key.sign(digest);
          if (i !== broken) return concat([r, s, `0x${v.toString(16)}`]);
          // the other form of the same signature, or one that recovers nobody
          const high = `0x${(ORDER - BigInt(s)).toString(16).padStart(64, "0")}`;
          return random.oneIn(2n) ? concat([r, high, v === 27 ? "0x1c" : "0x1b"]) : concat([r, s, "0x1d"]);
        });
        const recovered = signers.map((signer, i) => (i === broken ? null : signer.at));
        action = { type: "check", at, version, signers: recovered };
        args = [structHash("JobVerdicts", COMMITTEE_TYPES.JobVerdicts, message), version, concat(signatures)];
        Object.assign(call, { kind: "assertSigned", method: "assertSigned", from: stranger });
      }
      model = (await run.step({ ...call, args }, () => stepCommittee(model, action)))?.state ?? model;
      checkCommittee(model);
      await run.compare([
        run.fact(contract, "version", [], [model.version]),
        run.fact(contract, "threshold", [], [model.threshold]),
        run.fact(contract, "members", [], [32, model.members.length, ...model.members]),
        run.fact(contract, "stoppedUntil", [], [model.stoppedUntil]),
        run.fact(contract, "stopAllowedAt", [], [model.stopAllowedAt]),
      ]);
    }
    run.finish();
  });
});
