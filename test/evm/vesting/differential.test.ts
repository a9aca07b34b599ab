import { expect } from "chai";
import { vested } from "../../../model";
import { mined, nextAt, now, read, send, STUN, YEAR, ZERO } from "../kit";
import { Random } from "../random";
import { vesting, type Terms } from "./fixture";

interface Expected extends Terms {
  released: bigint;
  revocable: boolean;
  revoked: boolean;
}

const STEPS = 600;

describe("VestingVault against the model", () => {
  it(`agrees to the last unit after each of ${STEPS} random calls`, async () => {
    const { token, vault, funder, beneficiary, revoker, terms } = await vesting();
    const random = new Random("vesting");
    const grants: Expected[] = [];
    const vestedNow = (g: Expected, at: bigint): bigint =>
      g.revoked ? g.total : vested(g.total, g.start, g.cliff, g.duration, at);
    for (let step = 0; step < STEPS; step++) {
      const at = (await now()) + random.between(1n, YEAR / 20n);
      await nextAt(at);
      const action = grants.length === 0 ? "grant" : random.pick(["grant", "claim", "claim", "claim", "revoke"]);
      const id = random.between(1n, BigInt(Math.max(grants.length, 1)));
      const grant = grants[Number(id) - 1];
      if (action === "grant" || !grant) {
        const duration = random.between(600n, 5n * YEAR);
        const made: Terms = {
          ...terms,
          total: random.between(1n, 100_000n * STUN),
          start: random.between(at - YEAR, at + YEAR),
          cliff: random.between(0n, duration),
          duration,
        };
        const revocable = random.oneIn(2n);
        await mined(funder, vault, "grant", made, revocable ? revoker.address : ZERO);
        grants.push({ ...made, released: 0n, revocable, revoked: false });
      } else if (action === "claim") {
        const due = vestedNow(grant, at) - grant.released;
        if (due === 0n) {
          await expect(send(beneficiary, vault, "claim", id)).to.be.revertedWithCustomError(vault, "NothingToClaim");
        } else {
          await mined(beneficiary, vault, "claim", id);
          grant.released += due;
        }
      } else {
        const rest = grant.total - vestedNow(grant, at);
        if (!grant.revocable) {
          await expect(send(revoker, vault, "revoke", id)).to.be.revertedWithCustomError(vault, "NotRevoker");
        } else if (rest === 0n) {
          await expect(send(revoker, vault, "revoke", id)).to.be.revertedWithCustomError(vault, "NothingToRevoke");
        } else {
          await mined(revoker, vault, "revoke", id);
          grant.total -= rest;
          grant.revoked = true;
        }
      }
      const checked = grants[Number(id) - 1] ?? grants[grants.length - 1];
      const checkedId = BigInt(checked ? grants.indexOf(checked) + 1 : 0);
      const actual = await read<{ total: bigint; released: bigint; revoked: boolean }>(vault, "grantOf", checkedId);
      expect([actual.total, actual.released, actual.revoked]).to.deep.equal([
        checked?.total,
        checked?.released,
        checked?.revoked,
      ]);
      const owed = grants.reduce((sum, g) => sum + g.total - g.released, 0n);
      expect(await read<bigint>(token, "balanceOf", await vault.getAddress())).to.equal(owed);
    }
  });
});
