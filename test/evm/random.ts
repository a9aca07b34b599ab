/**
 * Seed of this run's random sequences: `STUN_SEED=<n>` replays a run that failed. Every run takes another one, except in
 * continuous integration, where a change must not fail by a number that it did not choose.
 */
const FIXED = process.env.CI === "true" ? "20261121" : undefined;
export const SEED = BigInt(process.env.STUN_SEED ?? FIXED ?? Math.floor(Math.random() * 2 ** 31));

const MASK = 2n ** 64n - 1n;

/** A reproducible source of numbers (splitmix64), one for each test. */
export class Random {
  #state: bigint;

  /** Prints what replays the sequence; `name` keeps the sequences of different tests apart. */
  constructor(name: string) {
    process.stdout.write(`      ${name}: STUN_SEED=${SEED}\n`);
    this.#state = [...name].reduce((sum, letter) => (sum * 31n + BigInt(letter.codePointAt(0) ?? 0)) & MASK, SEED);
  }

  #next(): bigint {
    this.#state = (this.#state + 0x9e3779b97f4a7c15n) & MASK;
    let z = this.#state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    return z ^ (z >> 31n);
  }

  /** A whole number from `from` to `to`, both included. */
  between(from: bigint, to: bigint): bigint {
    const span = to - from + 1n;
    return from + (((this.#next() << 64n) | this.#next()) % span);
  }

  /** True once in `n`. */
  oneIn(n: bigint): boolean {
    return this.between(1n, n) === 1n;
  }

  pick<T>(list: readonly T[]): T {
    const index = this.between(0n, BigInt(list.length) - 1n);
    return list[Number(index)] as T;
  }
}
