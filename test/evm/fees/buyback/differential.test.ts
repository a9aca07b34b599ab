import {
  averageTick,
  checkBuyback,
  newBuyback,
  priceAt,
  sellable,
  stepBuyback,
  type Buyback,
  type BuybackAction,
} from "../../../../model";
import { Differential, latest, type Call, type Fact, type Meanings } from "../../differential";
import { nextAt, read, STUN } from "../../kit";
import {
  BLOCK_SECONDS,
  FEE,
  HALF_HOUR,
  market,
  memoryOf,
  OBSERVATIONS,
  quote,
  signedPrice,
  type Market,
} from "./fixture";

/** Calls in one world: an asset of other decimals or in the other order of the pool comes with the next. */
const WORLD = 200;

const MEANINGS: Meanings = {
  WRONG_PARTY: ["OwnableUnauthorizedAccount", "TooFewSignatures"],
  NOT_FOUND: ["NoPool"],
  NOT_ALLOWED: ["PriceAbsurd"],
  TOO_EARLY: ["PriceFromFuture"],
  EXPIRED: ["PriceStale"],
  ALREADY_USED: ["PriceNotNewer"],
  INSUFFICIENT: ["AmountUnavailable"],
  LIMIT_EXCEEDED: ["AboveHourlyLimit"],
  BELOW_MINIMUM: ["TooLittleReceived"],
  NOTHING_TO_DO: ["NothingToBurn"],
};
const KINDS = ["report", "buyback", "burnHeld", "setPool", "removePool", "receive", "receiveStun", "trade"];

type Made = { action: BuybackAction; call: Call };

async function poolOf(m: Market): Promise<Extract<BuybackAction, { type: "setPool" }>["pool"]> {
  const { observationCardinality } = await read<{ observationCardinality: bigint }>(m.pool, "slot0");
  return { isToken0: m.first, observations: observationCardinality, memory: await memoryOf(m) };
}

function decimalsOf({ unit }: Market): number {
  return unit.toString().length - 1;
}

/** A trade of somebody else moves the pool and nothing in the vault. */
async function trade(run: Differential, m: Market, at: bigint): Promise<void> {
  const { random } = run;
  const sellsAsset = random.oneIn(2n);
  const amount = random.between(1n, random.oneIn(12n) ? 60_000n : 3_000n) * (sellsAsset ? m.unit : 10n * STUN);
  const args = [await m.pool.getAddress(), sellsAsset === m.first, amount];
  const refused = await run.send({ at, from: m.stranger.address, to: m.trader, method: "swap", args });
  if (refused) throw new Error(`A trade was refused: ${refused.name}.`);
  run.done("trade");
}

async function report(run: Differential, m: Market, at: bigint): Promise<Made> {
  const { random } = run;
  const memory = await memoryOf(m);
  const average = memory === undefined ? m.fair : priceAt(averageTick(memory, HALF_HOUR, m.first));
  const odd = random.pick([0n, -m.fair, average * 2n + 1n, (average - 1n) / 2n, m.fair * 10n, average * 2n]);
  const price = random.oneIn(6n) ? odd : (average * random.between(9_700n, 10_100n)) / 10_000n;
  const time = at + (random.oneIn(5n) ? random.pick([1n, 2n, -3_600n, -3_601n]) : -random.between(0n, 300n));
  const by = random.oneIn(12n) ? "anyone" : "committee";
  const raw = price < 0n ? price + 2n ** 256n : price;
  const args = await signedPrice(m, raw, time, m.members.slice(0, by === "committee" ? 3 : 2));
  return {
    action: { type: "report", by, at, price, time, memory },
    call: { kind: "report", at, from: m.stranger.address, to: m.vault, method: "report", args },
  };
}

async function sale(run: Differential, m: Market, model: Buyback, at: bigint): Promise<Made> {
  const { random } = run;
  const most = random.pick([1n, m.unit, 500n * m.unit, 3_000n * m.unit, 12_000n * m.unit]);
  const amount = random.oneIn(15n) ? model.held + 1n : random.between(random.oneIn(20n) ? 0n : 1n, most);
  const out = amount === 0n ? 0n : await quote(m, amount);
  return {
    action: { type: "buyback", at, amount, memory: await memoryOf(m), out },
    call: { kind: "buyback", at, from: m.stranger.address, to: m.vault, method: "buyback", args: [m.at, amount] },
  };
}

async function rare(run: Differential, m: Market, at: bigint): Promise<Made> {
  const { random } = run;
  const { vault, vaultAt, owner, stranger } = m;
  const kind = random.pick(["receive", "receiveStun", "burnHeld", "setPool", "setPool", "setPool", "removePool"]);
  const may = !random.oneIn(4n);
  const from = may ? owner.address : stranger.address;
  const by = may ? "timelock" : "anyone";
  switch (kind) {
    case "receive": {
      const amount = random.between(0n, 4_000n) * m.unit;
      const call = { kind, at, from: owner.address, to: m.asset, method: "mint", args: [vaultAt, amount] };
      return { action: { type: kind, amount }, call };
    }
    case "receiveStun": {
      const amount = random.between(0n, 3n) * STUN;
      const call = { kind, at, from: owner.address, to: m.token, method: "transfer", args: [vaultAt, amount] };
      return { action: { type: kind, amount }, call };
    }
    case "burnHeld":
      return {
        action: { type: kind },
        call: { kind, at, from: stranger.address, to: vault, method: kind, args: [] },
      };
    case "removePool":
      return {
        action: { type: kind, by },
        call: { kind, at, from, to: vault, method: "setPool", args: [m.at, 0n] },
      };
    default:
      return {
        action: { type: "setPool", by, pool: await poolOf(m), decimals: decimalsOf(m), needed: OBSERVATIONS },
        call: { kind, at, from, to: vault, method: "setPool", args: [m.at, FEE] },
      };
  }
}

async function factsOf(run: Differential, m: Market, model: Buyback, at: bigint): Promise<Fact[]> {
  const { vault, vaultAt, at: asset } = m;
  const known = model.isToken0 !== undefined;
  const unit = known ? model.unit : 0n;
  const pool = known ? await m.pool.getAddress() : 0n;
  const { price, time, held, stun, burned } = model;
  return [
    run.fact(vault, "marketOf", [asset], [pool, unit, price, time, sellable(model.window, unit, at)]),
    run.fact(vault, "burned", [], [burned]),
    run.fact(m.asset, "balanceOf", [vaultAt], [held]),
    run.fact(m.token, "balanceOf", [vaultAt], [stun]),
  ];
}

describe("BuybackVault against the model", () => {
  it("agrees to the last unit after each random call and trade in Uniswap's own pool", async () => {
    const run = new Differential("buyback", MEANINGS, { kinds: KINDS, refusals: Object.values(MEANINGS).flat() });
    const { random } = run;
    while (run.unfinished) {
      const m = await market({ decimals: random.pick([6n, 8n, 18n]), first: random.oneIn(2n) });
      await run.begin([m.vault, m.committee]);
      let model = stepBuyback(newBuyback(), { type: "receive", amount: 50_000n * m.unit }).state;
      const named = { type: "setPool", by: "timelock", decimals: decimalsOf(m), needed: OBSERVATIONS } as const;
      model = stepBuyback(model, { ...named, pool: await poolOf(m) }).state;
      let at = await latest();
      for (let i = 0; i < WORLD && run.unfinished; i++) {
        at += random.between(1n, random.oneIn(4n) ? 1_500n : 5n * BLOCK_SECONDS);
        // What the pool remembers and pays is asked for the block that comes.
        await nextAt(at);
        const kind = random.pick(["trade", "report", "report", "buyback", "buyback", "buyback", "rare"]);
        if (kind === "trade") {
          await trade(run, m, at);
        } else {
          const { action, call } =
            kind === "report"
              ? await report(run, m, at)
              : kind === "buyback"
                ? await sale(run, m, model, at)
                : await rare(run, m, at);
          model = (await run.step(call, () => stepBuyback(model, action)))?.state ?? model;
          checkBuyback(model);
        }
        await run.compare(await factsOf(run, m, model, at));
      }
    }
    run.finish();
  });
});
