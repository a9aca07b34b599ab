import { id } from "ethers";
import hre from "hardhat";
import {
  checkIncentives,
  newIncentives,
  stepIncentives,
  type IncentiveAction,
  type IncentiveKind,
} from "../../../../model";
import { Differential, latest, type Meanings } from "../../differential";
import { DAY, STUN, deploy, deployStun, read } from "../../kit";
import { Kind, List, keyOf, type KindName } from "./fixture";

const MEANINGS: Meanings = {
  WRONG_PARTY: ["OwnableUnauthorizedAccount"],
  NOT_ALLOWED: ["InvalidKey"],
  ALREADY_USED: ["AlreadyClaimed"],
  LIMIT_EXCEEDED: ["AllClaimed"],
  MISMATCH: ["InvalidProof"],
  INSUFFICIENT: ["ERC20InsufficientBalance"],
};

/** The model's names of the contract's kinds. */
const NAMES: Record<IncentiveKind, KindName> = {
  developer: "Developer",
  model: "Model",
  validator: "Validator",
  tester: "Tester",
};
const KINDS = Object.keys(NAMES) as IncentiveKind[];
/** More than there are validators' incentives. */
const PEOPLE = Array.from({ length: 120 }, (_, i) => `0x${id(`person ${i}`).slice(26)}`);

describe("IncentivesVault against the model", () => {
  it("pays each key once and no kind beyond its cap, after each random call", async () => {
    const run = new Differential("incentives", MEANINGS, {
      kinds: ["setRoot", "claim developer", "claim model", "claim validator", "claim tester", "fund"],
      refusals: Object.values(MEANINGS).flat(),
    });
    const { random } = run;
    const [owner, , , stranger] = await hre.ethers.getSigners();
    if (!owner || !stranger) throw new Error("The network has too few accounts.");
    const token = await deployStun(owner);
    const vesting = await deploy("VestingVault", await token.getAddress());
    const vault = await deploy("IncentivesVault", await token.getAddress(), await vesting.getAddress(), owner.address);
    const badge = await hre.ethers.getContractAt("TesterBadge", await read<string>(vault, "badge"));
    await run.begin([vault, token, vesting, badge]);

    // two lists of each kind, of which governance chooses: everybody, and every second one
    const lists = KINDS.flatMap((kind) =>
      [PEOPLE, PEOPLE.filter((_, i) => i % 2 === 0)].map((accounts) => {
        const entries = accounts.map((account) => ({
          key: kind === "model" ? id(`model of ${account}`) : keyOf(account),
          account,
        }));
        return { kind, entries, list: new List(NAMES[kind], entries) };
      }),
    );
    let model = newIncentives(STUN);
    let grants = 0n;
    let at = await latest();
    while (run.unfinished) {
      at += random.between(1n, DAY);
      const poor = model.balance < 50_000n * STUN;
      const type = random.oneIn(12n) ? "setList" : random.oneIn(poor ? 3n : 30n) ? "fund" : "claim";
      if (type === "fund") {
        const amount = random.between(1n, 400_000n * STUN);
        const call = {
          kind: type,
          at,
          from: owner.address,
          to: token,
          method: "transfer",
          args: [vault.target, amount],
        };
        model = (await run.step(call, () => stepIncentives(model, { type, at, amount })))?.state ?? model;
      } else if (type === "setList") {
        const { kind, list } = random.pick(lists);
        const by = random.oneIn(5n) ? "anyone" : "timelock";
        const from = (by === "timelock" ? owner : stranger).address;
        const call = { kind: "setRoot", at, from, to: vault, method: "setRoot", args: [Kind[NAMES[kind]], list.root] };
        const action: IncentiveAction = { type, by, at, kind, list: list.root };
        model = (await run.step(call, () => stepIncentives(model, action)))?.state ?? model;
      } else {
        // the validators' cap is the one that a sequence can reach
        const many = random.oneIn(2n) ? lists.filter((each) => each.kind === "validator") : lists;
        const inForce = many.filter((each) => each.list.root === model.lists[each.kind]);
        const { kind, entries, list } = random.pick(inForce.length > 0 && !random.oneIn(12n) ? inForce : many);
        const left = entries.flatMap(({ account, key }, i) =>
          model.claimed[kind].includes(kind === "model" ? key : account) ? [] : [i],
        );
        const all = entries.map((_, i) => i);
        const index = random.pick(left.length > 0 && !random.oneIn(4n) ? left : all);
        const [, key, account, proof] = list.claim(index);
        const wrongKey = kind !== "model" && random.oneIn(15n);
        const wrongProof = !wrongKey && random.oneIn(15n);
        const used = wrongKey ? keyOf(stranger.address) : key;
        const args = [Kind[NAMES[kind]], used, account, wrongProof ? proof.slice(1) : proof];
        const call = { kind: `claim ${kind}`, at, from: stranger.address, to: vault, method: "claim", args };
        const named = wrongKey || kind === "model" ? used : account;
        const action: IncentiveAction = { type, at, kind, key: named, account, list: wrongProof ? null : list.root };
        const done = await run.step(call, () => stepIncentives(model, action));
        if (done) model = done.state;
        for (const effect of done?.effects ?? []) {
          if (effect.type !== "granted") continue;
          grants += 1n;
          const end = [at, 0n, 730n * DAY, 0n, false];
          await run.compare([run.fact(vesting, "grantOf", [grants], [account, effect.amount, 0n, ...end])]);
        }
      }
      checkIncentives(model);
      await run.compare([
        ...KINDS.flatMap((kind) => [
          run.fact(vault, "claimed", [Kind[NAMES[kind]]], [model.claimed[kind].length]),
          run.fact(vault, "roots", [Kind[NAMES[kind]]], [model.lists[kind] || 0n]),
          // the newest and one that is drawn
          ...[...model.claimed[kind].slice(-1), random.pick(PEOPLE)].map((named) => {
            const key = kind === "model" && named.length === 66 ? named : keyOf(named);
            return run.fact(vault, "isClaimed", [Kind[NAMES[kind]], key], [model.claimed[kind].includes(named)]);
          }),
        ]),
        run.fact(token, "balanceOf", [vault.target], [model.balance]),
        run.fact(vesting, "nextId", [], [grants + 1n]),
        run.fact(badge, "lastId", [], [model.badges.length]),
        ...model.badges.slice(-1).map((who) => run.fact(badge, "ownerOf", [model.badges.length], [who])),
      ]);
    }
    run.finish();
  });
});
