import { StunError } from "../../chains/errors";

/** The seed of a key in an environment variable; undefined when the variable is not set. */
export function seedIn(variable: string): string | undefined {
  const seed = process.env[variable];
  if (seed && !/^0x[0-9a-fA-F]{64}$/.test(seed)) {
    throw new StunError(`The environment variable ${variable} holds no seed: give 0x and 64 hexadecimal digits.`);
  }
  return seed || undefined;
}
