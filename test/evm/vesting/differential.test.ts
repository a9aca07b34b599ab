import { checkGrants, newGrantVault, stepGrants, vestedOf, type GrantAction, type GrantVault } from "../../../model";
import { Differential, latest, type Call, type Fact, type Meanings } from "../differential";
import { STUN, YEAR, ZERO } from "../kit";
import { vesting, type Vesting } from "./fixture";

/** Calls in one world: every grant of it is read after each. */
const WORLD = 120;

const MEANINGS: Meanings = {
  BELOW_MINIMUM: ["InvalidSchedule", "ZeroTotal"],
  CLIFF_AFTER_END: ["InvalidSchedule"],
  NOT_ALLOWED: ["InvalidBeneficiary"],
  NOT_FOUND: ["UnknownGrant"],
  NOTHING_TO_DO: ["NothingToClaim", "NothingToRevoke", "EmptyBatch"],
  WRONG_PARTY: ["NotRevoker", "NotBeneficiary", "NotProposedBeneficiary"],
};

const KINDS = ["grant", "grantBatch", "claim", "revoke", "proposeBeneficiary", "acceptBeneficiary"];

type Made = { action: GrantAction; call: Call };

function randomGrant(run: Differential, world: Vesting, at: bigint, single: boolean): Made {
  const { random } = run;
  const { vault, funder, beneficiary, revoker, stranger } = world;
  const terms = Array.from({ length: single ? 1 : Number(random.between(0n, 3n)) }, () => {
    const duration = random.oneIn(12n) ? 599n : random.between(600n, 4n * YEAR);
    return {
      beneficiary: random.oneIn(12n) ? ZERO : random.pick([beneficiary, revoker, stranger]).address,
      total: random.oneIn(12n) ? 0n : random.between(1n, 100_000n * STUN),
      start: random.between(at - YEAR, at + YEAR),
      cliff: random.oneIn(10n) ? duration + random.between(0n, 1n) : random.between(0n, duration),
      duration,
    };
  });
  const revokedBy = random.oneIn(2n) ? revoker.address : null;
  const named = terms.map((each) => ({ ...each, beneficiary: each.beneficiary === ZERO ? "" : each.beneficiary }));
  const method = single ? "grant" : "grantBatch";
  return {
    action: { type: "grant", at, funder: funder.address, terms: named, revoker: revokedBy },
    call: {
      ...{ kind: method, at, from: funder.address, to: vault, method },
      args: [single ? terms[0] : terms, revokedBy ?? ZERO],
    },
  };
}

function randomCall(run: Differential, world: Vesting, model: GrantVault, at: bigint): Made {
  const { random } = run;
  const { vault: to, beneficiary, revoker, stranger } = world;
  const method = random.pick([
    ...(["grant", "grantBatch", "claim", "claim", "claim", "revoke"] as const),
    ...(["proposeBeneficiary", "acceptBeneficiary"] as const),
  ]);
  if (method === "grant" || method === "grantBatch") return randomGrant(run, world, at, method === "grant");
  const newest = model.lastId > 12n ? model.lastId - 12n : 1n;
  let id = String(random.between(newest, model.lastId + (random.oneIn(8n) ? 1n : 0n)));
  let by = random.pick([beneficiary, revoker, stranger]).address;
  const grant = model.grants[id];
  if (method === "claim")
    return { action: { type: method, at, id }, call: { kind: method, at, from: by, to, method, args: [id] } };
  if (method === "revoke") {
    return { action: { type: method, at, by, id }, call: { kind: method, at, from: by, to, method, args: [id] } };
  }
  if (method === "proposeBeneficiary") {
    if (grant && !random.oneIn(4n)) by = grant.beneficiary;
    const next = random.oneIn(6n) ? ZERO : random.pick([beneficiary, revoker, stranger]).address;
    const action: GrantAction = { type: "propose", at, by, id, to: next === ZERO ? "" : next };
    return { action, call: { kind: method, at, from: by, to, method, args: [id, next] } };
  }
  // The contract answers for a grant that does not exist as for one that was not offered.
  if (!grant) id = "1";
  const offered = Object.entries(model.grants).filter(([, each]) => each.proposed);
  if (offered.length > 0 && !random.oneIn(3n)) {
    const [key, each] = random.pick(offered);
    [id, by] = [key, each.proposed ?? by];
  }
  return { action: { type: "accept", at, by, id }, call: { kind: method, at, from: by, to, method, args: [id] } };
}

function factsOf(run: Differential, world: Vesting, model: GrantVault, at: bigint): Fact[] {
  const { vault, token } = world;
  const facts = Object.entries(model.grants).flatMap(([id, grant]) => {
    const { beneficiary, total, released, start, cliff, duration, revoker, revoked, proposed } = grant;
    const terms = [beneficiary, total, released, start, cliff, duration, revoker ?? ZERO, revoked];
    return [
      run.fact(vault, "grantOf", [id], terms),
      run.fact(vault, "proposedBeneficiary", [id], [proposed || ZERO]),
      run.fact(vault, "vestedOf", [id], [vestedOf(grant, at)]),
      run.fact(vault, "claimableOf", [id], [vestedOf(grant, at) - released]),
    ];
  });
  facts.push(run.fact(vault, "nextId", [], [model.lastId + 1n]));
  facts.push(run.fact(vault, "grantOf", [model.lastId + 1n], null));
  facts.push(run.fact(token, "balanceOf", [vault.target], [model.balance]));
  return facts;
}

describe("VestingVault against the model", () => {
  it("agrees to the last unit, in all that it stores, after each random call", async () => {
    const run = new Differential("vesting", MEANINGS, { kinds: KINDS, refusals: Object.values(MEANINGS).flat() });
    while (run.unfinished) {
      const world = await vesting();
      await run.begin([world.vault, world.token]);
      let at = await latest();
      let model = newGrantVault();
      for (let i = 0; i < WORLD && run.unfinished; i++) {
        at += run.random.between(1n, YEAR / 40n);
        const grants = Object.values(model.grants);
        at = run.edge(
          at,
          grants.flatMap(({ start, cliff, duration }) => [start, start + cliff, start + duration]),
        );
        // the first call makes a grant, so that there is one to act on
        const { action, call } =
          model.lastId === 0n ? randomGrant(run, world, at, true) : randomCall(run, world, model, at);
        model = (await run.step(call, () => stepGrants(model, action)))?.state ?? model;
        checkGrants(model);
        await run.compare(factsOf(run, world, model, at));
      }
    }
    run.finish();
  });
});
