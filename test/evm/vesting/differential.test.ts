import { expect } from "chai";
import { checkGrants, newGrantVault, stepGrants, type GrantAction } from "../../../model";
import { agree, type Meanings } from "../agree";
import { nextAt, now, read, send, STUN, YEAR, ZERO } from "../kit";
import { Random } from "../random";
import { vesting } from "./fixture";

const STEPS = 800;

const MEANINGS: Meanings = {
  BELOW_MINIMUM: ["InvalidSchedule", "ZeroTotal"],
  CLIFF_AFTER_END: ["InvalidSchedule"],
  NOT_FOUND: ["UnknownGrant"],
  NOTHING_TO_DO: ["NothingToClaim", "NothingToRevoke", "EmptyBatch"],
  WRONG_PARTY: ["NotRevoker", "NotBeneficiary", "NotProposedBeneficiary"],
};

describe("VestingVault against the model", () => {
  it(`agrees to the last unit after each of ${STEPS} random calls`, async () => {
    const { token, vault, funder, beneficiary, revoker, stranger } = await vesting();
    const random = new Random("vesting");
    const people = [beneficiary, revoker, stranger];
    let model = newGrantVault();
    for (let step = 0; step < STEPS; step++) {
      const at = (await now()) + random.between(1n, YEAR / 40n);
      await nextAt(at);
      const type = random.pick(["grant", "claim", "claim", "claim", "revoke", "propose", "accept"] as const);
      const id = String(random.between(model.lastId > 12n ? model.lastId - 12n : 1n, model.lastId + 1n));
      const by = random.pick(people);
      const to = random.pick(people);
      let action: GrantAction;
      let call;
      if (type === "grant") {
        const terms = Array.from({ length: Number(random.between(0n, 3n)) }, () => {
          const duration = random.between(599n, 4n * YEAR);
          return {
            beneficiary: random.pick(people).address,
            total: random.between(0n, 100_000n * STUN),
            start: random.between(at - YEAR, at + YEAR),
            cliff: random.between(0n, random.oneIn(10n) ? duration + 2n : duration),
            duration,
          };
        });
        const mayRevoke = random.oneIn(2n) ? revoker.address : null;
        action = { type, at, funder: funder.address, terms, revoker: mayRevoke };
        call = send(funder, vault, "grantBatch", terms, mayRevoke ?? ZERO);
      } else if (type === "claim") {
        action = { type, at, id };
        call = send(by, vault, type, id);
      } else if (type === "revoke") {
        action = { type, at, by: by.address, id };
        call = send(by, vault, type, id);
      } else if (type === "propose") {
        action = { type, at, by: by.address, id, to: to.address };
        call = send(by, vault, "proposeBeneficiary", id, to.address);
      } else {
        // The contract answers for a grant that does not exist as for one that was not offered.
        if (!model.grants[id]) continue;
        action = { type, at, by: by.address, id };
        call = send(by, vault, "acceptBeneficiary", id);
      }
      const label = `step ${step}, ${type} ${id}`;
      model = await agree(label, vault, model, () => stepGrants(model, action), call, MEANINGS);
      checkGrants(model);
      const expected = model.grants[id];
      if (expected) {
        const actual = await read<unknown[]>(vault, "grantOf", id);
        expect(actual, label).to.deep.equal([
          ...[expected.beneficiary, expected.total, expected.released, expected.start, expected.cliff],
          ...[expected.duration, expected.revoker ?? ZERO, expected.revoked],
        ]);
        expect(await read<string>(vault, "proposedBeneficiary", id), label).to.equal(expected.proposed ?? ZERO);
      }
      expect(await read<bigint>(token, "balanceOf", await vault.getAddress()), label).to.equal(model.balance);
    }
  });
});
