// What the constraints of a circuit say by themselves, without the program that computes its signals. An
// under-constrained circuit is one where another witness than the computed one satisfies them: then wrong outputs have proofs.
import { r1cs } from "snarkjs";
import { ORDER } from "../../../chains/evm/proofs";

type Linear = ReadonlyMap<number, bigint>;

export interface Constraints {
  wires: number;
  /** Wires of the public outputs, and of all inputs. */
  outputs: number[];
  inputs: number[];
  rows: [Linear, Linear, Linear][];
}

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

/** Reads a compiled circuit. */
export async function readConstraints(file: string): Promise<Constraints> {
  const { nVars, nOutputs, nPubInputs, nPrvInputs, constraints } = await r1cs.exportJson(file);
  const linear = (terms: Record<string, string>): Linear =>
    new Map(Object.entries(terms).map(([wire, factor]) => [Number(wire), BigInt(factor)]));
  return {
    wires: nVars,
    outputs: range(1, nOutputs),
    inputs: range(1 + nOutputs, nPubInputs + nPrvInputs),
    rows: constraints.map(([a, b, c]) => [linear(a), linear(b), linear(c)]),
  };
}

/** The rows that a witness breaks. */
export function brokenRows({ rows }: Constraints, witness: readonly bigint[]): number[] {
  const value = (terms: Linear): bigint => [...terms].reduce((sum, [wire, f]) => sum + f * (witness[wire] ?? 0n), 0n);
  return rows.flatMap(([a, b, c], i) => ((value(a) * value(b) - value(c)) % ORDER === 0n ? [] : [i]));
}

/**
 * The wires that the constraints leave open when the inputs are given: none, in a circuit in which each input has at most one
 * output. Only two ways of reasoning are used, each of them sound, so that a wire that is not listed is determined:
 * - a linear row with one unknown wire gives its value, and so does a product of known wires;
 * - a linear row whose unknown wires are all bits, with factors ± distinct powers of two that cannot reach the order, has
 *   at most one solution: a number has one binary form.
 */
export function openWires({ wires, inputs, rows }: Constraints): number[] {
  const known = new Set([0, ...inputs]);
  const bits = new Set(rows.flatMap((row) => bitOf(row) ?? []));
  const unknownIn = (terms: Linear): number[] => [...terms.keys()].filter((wire) => !known.has(wire));
  for (let before = -1; before !== known.size;) {
    before = known.size;
    for (const [a, b, c] of rows) {
      const [inA, inB, inC] = [a, b, c].map(unknownIn) as [number[], number[], number[]];
      // A product of known wires is a constant; a product with a constant is linear.
      let terms: Linear | null = null;
      if (inA.length === 0 && inB.length === 0) terms = c;
      else if (isConstant(a)) terms = difference(b, a.get(0) ?? 0n, c);
      else if (isConstant(b)) terms = difference(a, b.get(0) ?? 0n, c);
      if (terms === null) continue;
      const open = [...new Set([...inA, ...inB, ...inC])].filter((wire) => (terms.get(wire) ?? 0n) !== 0n);
      if (open.length === 1 || (open.length > 1 && open.every((wire) => bits.has(wire)) && isBinary(terms, open))) {
        open.forEach((wire) => known.add(wire));
      }
    }
  }
  return range(0, wires).filter((wire) => !known.has(wire));
}

/** The wire x of a row x (x - 1) = 0, in either order and sign. */
function bitOf([a, b, c]: [Linear, Linear, Linear]): number | null {
  if (c.size > 0) return null;
  for (const [one, two] of [
    [a, b],
    [b, a],
  ] as const) {
    const [wire] = [...one.keys()];
    if (one.size !== 1 || wire === undefined || wire === 0 || two.size !== 2) continue;
    const [x, constant] = [two.get(wire) ?? 0n, two.get(0) ?? 0n];
    if (x !== 0n && (x + constant) % ORDER === 0n) return wire;
  }
  return null;
}

function isConstant(terms: Linear): boolean {
  return terms.size === 1 && terms.has(0);
}

/** factor * from - less */
function difference(from: Linear, factor: bigint, less: Linear): Linear {
  const all = new Map([...from].map(([wire, f]) => [wire, (f * factor) % ORDER]));
  for (const [wire, f] of less) all.set(wire, ((all.get(wire) ?? 0n) - f + ORDER) % ORDER);
  return all;
}

/** Whether the factors of these wires are the same constant times ± distinct powers of two, all of them below the order. */
function isBinary(terms: Linear, wires: readonly number[]): boolean {
  const factors = wires.map((wire) => terms.get(wire) ?? 0n);
  const sizes = factors.map((f) => (f > ORDER / 2n ? ORDER - f : f));
  const exponents = sizes.map((size) => ((size & (size - 1n)) === 0n && size > 0n ? size.toString(2).length - 1 : -1));
  return new Set(exponents).size === wires.length && exponents.every((e) => e >= 0 && e < 250);
}
