import type { TopLevelSpec } from "vega-lite";
import { emitted, pot, vested } from "../../model";
import type { JobReport, SupplyReport } from "./result";

const DAY = 86_400n;
const YEAR = 365n * DAY;
const UNIT = 10n ** 18n;
const BUDGET = 400_000_000n * UNIT;
const millions = (amount: bigint): number => Number(amount / UNIT) / 1e6;

const LOOK = {
  $schema: "https://vega.github.io/schema/vega-lite/v6.json",
  width: 640,
  height: 240,
  background: "white",
  config: { font: "system-ui, sans-serif", axis: { labelFontSize: 11, titleFontSize: 11 }, view: { stroke: "#ddd" } },
} as const;

/** Draws a chart as a string of SVG. */
export async function draw(spec: TopLevelSpec): Promise<string> {
  // Both are modules that await at their top level, which a CommonJS file can only import in this way.
  const [{ View, parse }, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const view = new View(parse(compile(spec).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

/** The pot of each day and what has been emitted so far: five eras, each half of the one before. */
export function emissionChart(): TopLevelSpec {
  const values = [];
  for (let day = 0n; day <= 3_650n; day += 10n) {
    values.push({ year: Number(day) / 365, pot: millions(pot(BUDGET, day)), emitted: millions(emitted(BUDGET, day)) });
  }
  const x = { field: "year", type: "quantitative", title: "years" } as const;
  return {
    ...LOOK,
    data: { values },
    layer: [
      {
        mark: { type: "area", interpolate: "step-after", color: "#9ecae9" },
        encoding: { x, y: { field: "pot", type: "quantitative", title: "pot of a day, million STUN" } },
      },
      {
        mark: { type: "line", color: "#e45756" },
        encoding: { x, y: { field: "emitted", type: "quantitative", title: "emitted, million STUN" } },
      },
    ],
    resolve: { scale: { y: "independent" } },
  };
}

/** What has vested of each grant made at deployment. */
export function vestingChart(): TopLevelSpec {
  const grants: [name: string, total: bigint, years: bigint][] = [
    ["staking reserve", 120_000_000n, 5n],
    ["team and advisors", 150_000_000n, 4n],
    ["ecosystem treasury", 55_000_000n, 5n],
    ["incentives", 25_000_000n, 2n],
  ];
  const values = grants.flatMap(([grant, total, years]) =>
    Array.from({ length: 61 }, (_, month) => {
      const now = (BigInt(month) * YEAR) / 12n;
      return { grant, year: month / 12, vested: millions(vested(total * UNIT, 0n, 0n, years * YEAR, now)) };
    }),
  );
  return {
    ...LOOK,
    data: { values },
    mark: "area",
    encoding: {
      x: { field: "year", type: "quantitative", title: "years" },
      y: { field: "vested", type: "quantitative", stack: "zero", title: "vested, million STUN" },
      color: { field: "grant", type: "nominal", title: null },
    },
  };
}

/** What circulates on each chain, and what is held or burned there. */
export function supplyChart(supply: SupplyReport): TopLevelSpec {
  const parts = { circulates: supply.remote, "in flight": supply.inFlight, held: supply.held, burned: supply.burned };
  const values = Object.entries(parts).flatMap(([part, byChain]) =>
    Object.entries(byChain).map(([chain, amount]) => ({ chain, part, amount: millions(amount) })),
  );
  values.push({ chain: "home", part: "circulates", amount: millions(supply.home - supply.locked) });
  return {
    ...LOOK,
    height: 180,
    data: { values },
    mark: "bar",
    encoding: {
      y: { field: "chain", type: "nominal", title: null },
      x: { field: "amount", type: "quantitative", title: "million STUN" },
      color: { field: "part", type: "nominal", title: null },
    },
  };
}

/** When each event of the job happened. */
export function timelineChart(job: JobReport): TopLevelSpec {
  const first = job.timeline[0]?.time ?? 0n;
  const values = job.timeline.map(({ event, time }, order) => ({ event, order, minutes: Number(time - first) / 60 }));
  return {
    ...LOOK,
    height: 180,
    data: { values },
    mark: { type: "line", color: "#bbb", point: { color: "#4c78a8", size: 90 } },
    encoding: {
      x: { field: "minutes", type: "quantitative", title: "minutes since creation" },
      y: { field: "event", type: "nominal", title: null, sort: job.timeline.map(({ event }) => event) },
      order: { field: "order" },
    },
  };
}

/** Where the price of the job went. */
export function priceChart(job: JobReport): TopLevelSpec {
  const { provider, royalty, referral, burn, buyback, treasury } = job.parts;
  const shares = { provider, royalty, referral, burn, buyback, treasury };
  const values = Object.entries(shares).map(([part, amount]) => ({
    part,
    share: Number((amount * 1_000_000n) / job.parts.price) / 1e4,
  }));
  return {
    ...LOOK,
    height: 180,
    data: { values },
    layer: [
      { mark: "bar" },
      { mark: { type: "text", align: "left", dx: 4 }, encoding: { text: { field: "share", format: ".2f" } } },
    ],
    encoding: {
      y: { field: "part", type: "nominal", title: null, sort: Object.keys(shares) },
      x: { field: "share", type: "quantitative", title: "per cent of the price" },
    },
  };
}
