import { toHex } from "../bytes";
import { ModelError } from "../errors";

/** What JSON holds: integers are decimal strings, bytes 0x-prefixed hexadecimal. */
export type Json = string | boolean | null | Json[] | { [key: string]: Json };
/** One case: its input, and either what comes out or the code of the ModelError. */
export type Case = { in: Json; out: Json } | { in: Json; error: string };
/** The cases of one module by function. */
export type VectorFile = { functions: { [name: string]: Case[] } };

/** A value as JSON. */
export function toJson(value: unknown): Json {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(toJson);
  return Object.fromEntries(Object.entries(value as object).map(([key, member]) => [key, toJson(member)]));
}

/** Runs `model` on each input; a ModelError becomes the case's expected error. An input that repeats is left out. */
export function cases<T extends object>(inputs: readonly T[], model: (input: T) => unknown): Case[] {
  const seen = new Set<string>();
  return inputs.flatMap((input): Case[] => {
    const json = toJson(input);
    const key = JSON.stringify(json);
    if (seen.has(key)) return [];
    seen.add(key);
    try {
      return [{ in: json, out: toJson(model(input)) }];
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      return [{ in: json, error: error.code }];
    }
  });
}

/** A list of `count` values. */
export function many<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

/** The text of a file: one case a line, so that a change shows as a small difference. */
export function renderVectors(file: VectorFile): string {
  const functions = Object.entries(file.functions).map(([name, list]) => {
    const lines = list.map((c) => `      ${JSON.stringify(c)}`);
    return `    ${JSON.stringify(name)}: [\n${lines.join(",\n")}\n    ]`;
  });
  return `{\n  "functions": {\n${functions.join(",\n")}\n  }\n}\n`;
}
