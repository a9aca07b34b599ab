import { expect } from "chai";
import { checkBuyback, newBuyback, priceAt, averageTick, stepBuyback, type BuybackAction } from "../../../../model";
import { agree, type Meanings } from "../../agree";
import { mined, nextAt, now, read, send, STUN } from "../../kit";
import { Random } from "../../random";
import { BLOCK_SECONDS, FEE, HALF_HOUR, market, memoryOf, OBSERVATIONS, quote, signedPrice, trade } from "./fixture";

const STEPS = 500;

const MEANINGS: Meanings = {
  WRONG_PARTY: ["OwnableUnauthorizedAccount", "TooFewSignatures"],
  NOT_FOUND: ["NoPool"],
  NOT_ALLOWED: ["PriceAbsurd"],
  WRONG_STATE: ["NoAverage"],
  TOO_EARLY: ["PriceFromFuture"],
  EXPIRED: ["PriceStale"],
  ALREADY_USED: ["PriceNotNewer"],
  INSUFFICIENT: ["AmountUnavailable", "PoolMemoryTooShort"],
  LIMIT_EXCEEDED: ["AboveHourlyLimit"],
  BELOW_MINIMUM: ["TooLittleReceived"],
  NOTHING_TO_DO: ["NothingToBurn"],
};

describe("BuybackVault against the model", () => {
  for (const first of [true, false]) {
    it(`agrees to the last unit after each of ${STEPS} random calls and trades, the asset being token${first ? 0 : 1}`, async () => {
      const random = new Random(`buyback ${first}`);
      const decimals = random.pick([6n, 8n, 18n]);
      const m = await market({ decimals, first });
      const { vault, unit, at: asset, vaultAt, owner, stranger } = m;
      const pool = async (): Promise<Extract<BuybackAction, { type: "setPool" }>["pool"]> => {
        const { observationCardinality } = await read<{ observationCardinality: bigint }>(m.pool, "slot0");
        return { isToken0: first, observations: observationCardinality, memory: await memoryOf(m) };
      };
      const named = { type: "setPool", by: "timelock", decimals, needed: OBSERVATIONS } as const;
      let model = stepBuyback(newBuyback(), { type: "receive", amount: 50_000n * unit }).state;
      model = stepBuyback(model, { ...named, pool: await pool() }).state;
      let sales = 0;

      for (let step = 0; step < STEPS; step++) {
        const time = (await now()) + random.between(1n, random.oneIn(4n) ? 1_500n : 5n * BLOCK_SECONDS);
        await nextAt(time);
        const type = random.pick(["trade", "report", "report", "buyback", "buyback", "buyback", "rare"]);
        const memory = await memoryOf(m);
        let action: BuybackAction;
        let call;
        if (type === "trade") {
          const sellsAsset = random.oneIn(2n);
          const most = random.oneIn(10n) ? 100_000n : 4_000n;
          await trade(m, sellsAsset, random.between(1n, most) * (sellsAsset ? unit : 10n * STUN));
          continue;
        } else if (type === "report") {
          const average = memory === undefined ? m.fair : priceAt(averageTick(memory, HALF_HOUR, first));
          const odd = random.pick([0n, -m.fair, average * 2n + 1n, (average - 1n) / 2n, m.fair * 10n, average * 2n]);
          const price = random.oneIn(6n) ? odd : (average * random.between(9_700n, 10_100n)) / 10_000n;
          const usual = time - random.between(0n, 300n);
          const reported = random.oneIn(6n) ? time + random.between(-3_605n, 2n) : usual;
          const by = random.oneIn(15n) ? "anyone" : "committee";
          const signers = m.members.slice(0, by === "committee" ? 3 : 2);
          action = { type, by, at: time, price, time: reported, memory };
          const raw = price < 0n ? price + 2n ** 256n : price;
          call = send(stranger, vault, "report", ...(await signedPrice(m, raw, reported, signers)));
        } else if (type === "buyback") {
          const most = random.pick([1n, unit, 500n * unit, 3_000n * unit, 12_000n * unit]);
          const value = random.oneIn(25n) ? model.held + 1n : random.between(random.oneIn(20n) ? 0n : 1n, most);
          const out = value === 0n ? 0n : await quote(m, value);
          action = { type, at: time, amount: value, memory, out };
          call = send(stranger, vault, "buyback", asset, value);
        } else if (random.oneIn(2n)) {
          const value = random.between(0n, 4_000n) * unit;
          await mined(owner, m.asset, "mint", vaultAt, value);
          model = stepBuyback(model, { type: "receive", amount: value }).state;
          continue;
        } else if (random.oneIn(2n)) {
          const value = random.between(0n, 2n) * STUN;
          await mined(owner, m.token, "transfer", vaultAt, value);
          model = stepBuyback(model, { type: "receiveStun", amount: value }).state;
          action = { type: "burnHeld" };
          call = send(stranger, vault, "burnHeld");
        } else if (random.oneIn(3n)) {
          const may = !random.oneIn(3n);
          action = { type: "removePool", by: may ? "timelock" : "anyone" };
          call = send(may ? owner : stranger, vault, "setPool", asset, 0n);
        } else {
          const may = !random.oneIn(6n);
          action = { ...named, by: may ? "timelock" : "anyone", pool: await pool() };
          call = send(may ? owner : stranger, vault, "setPool", asset, FEE);
        }
        const label = `step ${step}, ${action.type}`;
        const before = model.sold;
        model = await agree(label, vault, model, () => stepBuyback(model, action), call, MEANINGS);
        if (model.sold !== before) sales++;
        checkBuyback(model);

        const actual = await read<{ pool: string; unit: bigint; price: bigint; time: bigint }>(
          vault,
          "marketOf",
          asset,
        );
        const [held, stun, burned] = await Promise.all([
          read<bigint>(m.asset, "balanceOf", vaultAt),
          read<bigint>(m.token, "balanceOf", vaultAt),
          read<bigint>(vault, "burned"),
        ]);
        expect(BigInt(actual.pool) !== 0n, label).to.equal(model.isToken0 !== undefined);
        expect([actual.price, actual.time, held, stun, burned], label).to.deep.equal([
          ...[model.price, model.time, model.held, model.stun, model.burned],
        ]);
      }
      expect(sales, "the sequence sells").to.be.greaterThan(15);
    });
  }
});
