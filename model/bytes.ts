import { keccak_256 } from "@noble/hashes/sha3";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils";
import { amount, integer, type Integer } from "./check";
import { ModelError } from "./errors";

/** Bytes as a 0x-prefixed lower-case hexadecimal string. */
export type Hex = `0x${string}`;
/** Bytes as the caller has them. */
export type Bytes = string | Uint8Array;

/** The bytes of a hexadecimal string or an array. Errors: INVALID_BYTES. */
export function toBytes(name: string, value: Bytes): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === "string" && /^0x([0-9a-fA-F]{2})*$/.test(value)) return hexToBytes(value.slice(2).toLowerCase());
  throw new ModelError(
    "INVALID_BYTES",
    `${name} is '${String(value)}': pass bytes, or 0x and an even number of hex digits.`,
    {
      [name]: String(value),
    },
  );
}

/** 0x-prefixed hexadecimal of bytes. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${bytesToHex(bytes)}`;
}

/** One ABI word of exactly 32 bytes. Errors: INVALID_BYTES. */
export function bytes32(name: string, value: Bytes): Uint8Array {
  const bytes = toBytes(name, value);
  if (bytes.length !== 32) throw wrongLength(name, bytes.length, "32");
  return bytes;
}

/** An account of any chain as 32 bytes: 32 bytes as they are, an EVM address of 20 bytes padded on the left. */
export function accountWord(name: string, value: Bytes): Uint8Array {
  const bytes = toBytes(name, value);
  if (bytes.length === 32) return bytes;
  if (bytes.length === 20) return leftPad(bytes);
  throw wrongLength(name, bytes.length, "20 or 32");
}

/** An EVM address as an ABI word. Errors: INVALID_BYTES unless it has 20 bytes. */
export function addressWord(name: string, value: Bytes): Uint8Array {
  const bytes = toBytes(name, value);
  if (bytes.length !== 20) throw wrongLength(name, bytes.length, "20");
  return leftPad(bytes);
}

/** An unsigned integer of `bits` as an ABI word. Errors: NEGATIVE, ABOVE_MAXIMUM, NOT_AN_INTEGER. */
export function uintWord(name: string, value: Integer, bits: number): Uint8Array {
  const checked = amount(name, integer(name, value), 0n, (1n << BigInt(bits)) - 1n);
  return hexToBytes(checked.toString(16).padStart(64, "0"));
}

/** keccak256 of the concatenation of the parts. */
export function keccak(...parts: Uint8Array[]): Uint8Array {
  const hash = keccak_256.create();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** keccak256 of a UTF-8 text. */
export function keccakText(text: string): Uint8Array {
  return keccak_256(new TextEncoder().encode(text));
}

/** Order of two byte strings of equal length: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function leftPad(bytes: Uint8Array): Uint8Array {
  const word = new Uint8Array(32);
  word.set(bytes, 32 - bytes.length);
  return word;
}

function wrongLength(name: string, length: number, expected: string): ModelError {
  return new ModelError("INVALID_BYTES", `${name} has ${length} bytes: pass ${expected}.`, {
    [name]: BigInt(length),
    expected,
  });
}
