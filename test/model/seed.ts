import fc from "fast-check";

/** Seed of this run's random input: `STUN_SEED=<n>` replays a run that failed. */
// A change must not fail in continuous integration by a number that it did not choose.
const FIXED = process.env.CI === "true" ? 20_261_121 : undefined;
export const SEED = Number(process.env.STUN_SEED ?? FIXED ?? Math.floor(Math.random() * 2 ** 31));

if (!Number.isSafeInteger(SEED)) {
  throw new Error(`STUN_SEED is '${process.env.STUN_SEED}': pass the whole number that a failing run printed.`);
}
process.stdout.write(`model: random input from STUN_SEED=${SEED}\n`);

/** Checks a property with this run's seed; a failure prints the seed, the path and the smallest counterexample. */
export function holds<T>(property: fc.IProperty<T> | fc.IRawProperty<T>, runs = 200): void {
  fc.assert(property, { seed: SEED, numRuns: runs });
}
