import { generator } from "./random";

/** The ten digits as 8 × 8 pictures. */
const GLYPHS = [
  ["..####..", ".##..##.", ".##.###.", ".####.#.", ".##..##.", ".##..##.", "..####..", "........"],
  ["...##...", "..###...", "...##...", "...##...", "...##...", "...##...", "..####..", "........"],
  ["..####..", ".##..##.", ".....##.", "...###..", "..##....", ".##.....", ".######.", "........"],
  ["..####..", ".##..##.", ".....##.", "...###..", ".....##.", ".##..##.", "..####..", "........"],
  ["....##..", "...###..", "..#.##..", ".#..##..", ".######.", "....##..", "....##..", "........"],
  [".######.", ".##.....", ".#####..", ".....##.", ".....##.", ".##..##.", "..####..", "........"],
  ["..####..", ".##.....", ".#####..", ".##..##.", ".##..##.", ".##..##.", "..####..", "........"],
  [".######.", ".....##.", "....##..", "...##...", "...##...", "..##....", "..##....", "........"],
  ["..####..", ".##..##.", "..####..", ".##..##.", ".##..##.", ".##..##.", "..####..", "........"],
  ["..####..", ".##..##.", ".##..##.", "..#####.", ".....##.", "....##..", "..###...", "........"],
];
const INPUTS = 64;
const HIDDEN = 24;
const CLASSES = 10;
const SAMPLES = 50;
export const SHIFT = 7;

/** A picture of `digit` with each pixel's brightness off by up to a quarter and one pixel in twenty flipped. */
export function picture(digit: number, random: () => number): number[] {
  const rows = GLYPHS[digit] ?? [];
  return [...rows.join("")].map((c) => {
    const lit = (c === "#") !== random() < 0.05;
    return Math.floor(lit ? 255 - random() * 64 : random() * 64);
  });
}

/** Weights and biases of the two layers; the sums of the first are shifted right by `SHIFT` and clamped to a byte. */
export interface Network {
  w1: number[][];
  b1: number[];
  w2: number[][];
  b2: number[];
}

/** What the module computes, here in plain numbers: sums, a shift, a rectifier; used to train with. */
export function forward(net: Network, x: number[]): { hidden: number[]; logits: number[] } {
  const sum = (w: number[], b: number, v: number[]): number => w.reduce((s, wi, i) => s + wi * (v[i] ?? 0), b);
  const hidden = net.w1.map((w, o) => Math.max(0, Math.min(255, Math.floor(sum(w, net.b1[o] ?? 0, x) / 2 ** SHIFT))));
  const logits = net.w2.map((w, o) => sum(w, net.b2[o] ?? 0, hidden));
  return { hidden, logits };
}

function argmax(values: number[]): number {
  return values.indexOf(Math.max(...values));
}

const clamp = (v: number): number => Math.max(-127, Math.min(127, v));

/**
 * Trains in integers alone, so that every machine gets the same weights: the first layer is fixed at random, the second
 * learns by the perceptron rule.
 */
export function train(): Network {
  const random = generator(7);
  const weight = (): number => Math.floor(random() * 41) - 20;
  const net: Network = {
    w1: Array.from({ length: HIDDEN }, () => Array.from({ length: INPUTS }, weight)),
    b1: Array.from({ length: HIDDEN }, () => Math.floor(random() * 4001)),
    w2: Array.from({ length: CLASSES }, () => new Array<number>(HIDDEN).fill(0)),
    b2: new Array<number>(CLASSES).fill(0),
  };
  for (let step = 0; step < 20_000; step++) {
    const digit = step % CLASSES;
    const { hidden, logits } = forward(net, picture(digit, random));
    const guess = argmax(logits);
    if (guess === digit && step > CLASSES) continue;
    hidden.forEach((h, i) => {
      const change = Math.floor(h / 48);
      const right = net.w2[digit];
      const wrong = net.w2[guess];
      if (right) right[i] = clamp((right[i] ?? 0) + change);
      if (wrong) wrong[i] = clamp((wrong[i] ?? 0) - change);
    });
  }
  return net;
}

function layer(shift: number, biases: number[], weights: number[][]): Buffer {
  const head = Buffer.alloc(4 + biases.length * 4);
  head.writeUInt32LE(shift, 0);
  biases.forEach((b, i) => head.writeInt32LE(b, 4 + i * 4));
  return Buffer.concat([head, Buffer.from(Int8Array.from(weights.flat()).buffer)]);
}

function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((v, i) => bytes.writeUInt32LE(v, i * 4));
  return bytes;
}

/** The neural network's input (weights, then 50 pictures it was not trained on) and the digits that they show. */
export function digitsInput(): { input: Uint8Array; digits: number[] } {
  const net = train();
  const random = generator(99);
  const digits = Array.from({ length: SAMPLES }, (_, i) => (i * 7 + 3) % CLASSES);
  const pictures = digits.map((d) => Buffer.from(picture(d, random)));
  const input = Buffer.concat([
    u32(2, INPUTS, HIDDEN, CLASSES),
    layer(SHIFT, net.b1, net.w1),
    layer(0, net.b2, net.w2),
    u32(SAMPLES),
    ...pictures,
  ]);
  return { input, digits };
}
