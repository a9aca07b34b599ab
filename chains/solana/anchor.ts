// How Anchor names things on the wire.
import { PublicKey } from "@solana/web3.js";
import { getBytes, sha256, toUtf8Bytes } from "ethers";
import type { Outcome } from "./client";

function hash8(text: string): Buffer {
  return Buffer.from(getBytes(sha256(toUtf8Bytes(text))).subarray(0, 8));
}

const cache = new Map<string, Buffer>();

function discriminator(space: string, name: string): Buffer {
  const key = `${space}:${name}`;
  const known = cache.get(key) ?? hash8(key);
  cache.set(key, known);
  return known;
}

export const instructionTag = (name: string): Buffer => discriminator("global", name);
export const accountTag = (name: string): Buffer => discriminator("account", name);
export const eventTag = (name: string): Buffer => discriminator("event", name);

/** Head of the call that a program makes to itself to record an event. */
const EVENT_CALL = Buffer.from("e445a52e51cb9a1d", "hex");

/** Bodies of the events `name` that `program` recorded as inner instructions, in order. */
export function recordedEvents(outcome: Pick<Outcome, "inner">, program: PublicKey, name: string): Buffer[] {
  const head = Buffer.concat([EVENT_CALL, eventTag(name)]);
  return outcome.inner
    .filter((call) => call.program.equals(program) && call.data.subarray(0, 16).equals(head))
    .map((call) => call.data.subarray(16));
}

/** Bodies of the events `name` that a transaction logged, in order. */
export function loggedEvents(outcome: Pick<Outcome, "logs">, name: string): Buffer[] {
  const head = eventTag(name);
  return outcome.logs
    .filter((line) => line.startsWith("Program data: "))
    .map((line) => Buffer.from(line.slice("Program data: ".length), "base64"))
    .filter((data) => data.subarray(0, 8).equals(head))
    .map((data) => data.subarray(8));
}
