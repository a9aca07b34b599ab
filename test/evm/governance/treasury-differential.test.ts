import type { BaseContract } from "ethers";
import hre from "hardhat";
import { ModelError, payFromTreasury, recentOutflow, treasuryLimit, type TreasuryOutflow } from "../../../model";
import { Differential, latest, type Meanings } from "../differential";
import { DAY, STUN, ZERO, deploy, deployStun, mined } from "../kit";

const MEANINGS: Meanings = {
  LIMIT_EXCEEDED: ["OutflowLimit"],
  BELOW_MINIMUM: ["InvalidPayment"],
  NOT_ALLOWED: ["InvalidPayment"],
};
const WORLD = 500;

/** One asset of the treasury. */
interface Asset {
  contract: BaseContract;
  /** 10^decimals of STUN; null for another asset. */
  unit: bigint | null;
  held: bigint;
  outflow: TreasuryOutflow;
}

describe("Treasury against the model", () => {
  it("pays what its limits leave and holds what it has not paid, after each random call", async () => {
    const run = new Differential("treasury", MEANINGS, {
      kinds: ["pay", "gift"],
      refusals: ["OutflowLimit", "InvalidPayment"],
    });
    const { random } = run;
    const [owner, , , to] = await hre.ethers.getSigners();
    if (!owner || !to) throw new Error("The network has too few accounts.");
    while (run.unfinished) {
      const [stun, other] = [await deployStun(owner), await deploy("HostileToken", 6n)];
      const treasury = await deploy("Treasury", await stun.getAddress(), owner.address);
      await mined(owner, other, "mint", owner.address, 10n ** 15n);
      const assets: Asset[] = [stun, other].map((contract) => ({
        ...{ contract, unit: contract === stun ? STUN : null, held: 0n, outflow: { payments: [] } },
      }));
      await run.begin([treasury, stun, other]);
      let at = await latest();
      for (let i = 0; i < WORLD && run.unfinished; i++) {
        // often to the second at which an old payment leaves the window
        at += random.between(1n, random.oneIn(3n) ? 12n * DAY : DAY);
        const asset = random.pick(assets);
        const oldest = asset.outflow.payments[0];
        const leaves = (oldest?.at ?? 0n) + 30n * DAY;
        if (leaves > at && random.oneIn(6n)) at = leaves - random.between(0n, 1n);
        const { contract, unit, outflow } = asset;
        const limit = treasuryLimit(outflow, asset.held, unit, at);
        const paid = recentOutflow(outflow, at);
        const left = limit > paid ? limit - paid : 0n;
        if (asset.held === 0n || random.oneIn(5n)) {
          const amount = random.between(1n, unit ? 3_000_000n * STUN : 10n ** 10n);
          const gift = { at, from: owner.address, to: contract, method: "transfer", args: [treasury.target, amount] };
          await run.step({ ...gift, kind: "gift" }, () => ({ state: null, effects: [] }));
          asset.held += amount;
        } else {
          const bound = left > 0n ? left : 1n;
          const value = random.oneIn(4n) ? random.pick([0n, left, left + 1n]) : random.between(1n, bound / 3n + 1n);
          const receiver = random.oneIn(20n) ? random.pick([ZERO, String(treasury.target)]) : to.address;
          const call = { kind: "pay", at, from: owner.address, to: treasury, method: "pay" };
          const done = await run.step({ ...call, args: [contract.target, receiver, value] }, () => {
            if (receiver !== to.address)
              throw new ModelError("NOT_ALLOWED", "Neither nobody nor the treasury is paid.");
            return { state: payFromTreasury(outflow, value, limit, at), effects: [] };
          });
          if (done) {
            asset.outflow = done.state;
            asset.held -= value;
          }
        }
        await run.compare(
          assets.flatMap((each) => {
            const most = treasuryLimit(each.outflow, each.held, each.unit, at) - recentOutflow(each.outflow, at);
            return [
              run.fact(treasury, "available", [each.contract.target], [most > 0n ? most : 0n]),
              run.fact(each.contract, "balanceOf", [treasury.target], [each.held]),
            ];
          }),
        );
      }
    }
    run.finish();
  });
});
