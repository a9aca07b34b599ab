// LayerZero's SDK for TON by names: its types describe each of two hundred classes and cost the type checker more than
// they tell here.
import { Cell } from "@ton/core";
import * as sdk from "@layerzerolabs/lz-ton-sdk-v2";

export type Field = bigint | number | boolean | Cell | readonly bigint[];
export type Decoded = Record<string, unknown>;

/** Builds an object of LayerZero's classlib, in its canonical cells. */
export const build = sdk.buildClass as unknown as (name: string, fields: Record<string, Field>) => Cell;
const decodeWith = sdk.decodeClass as unknown as (name: string, cell: Cell) => Decoded;

/** The fields of an object; numbers are bigint, addresses are read by `hashField`, references by `cellField`. */
export function decode(name: string, cell: Cell): Decoded {
  return decodeWith(name, cell);
}

export function bigField(object: Decoded, name: string): bigint {
  const value = object[name];
  if (typeof value !== "bigint" && typeof value !== "number") throw new Error(`Field ${name} is not a number.`);
  return BigInt(value);
}

export function cellField(object: Decoded, name: string): Cell {
  const value = object[name];
  if (value instanceof Cell) return value;
  const raw = (value as { rawCell?: unknown } | undefined)?.rawCell;
  if (raw instanceof Cell) return raw;
  throw new Error(`Field ${name} is not a cell.`);
}

export const OPCODES = sdk.OPCODES as unknown as Record<string, bigint>;
export const NULL = sdk.nullObject();
export const EMPTY = sdk.emptyCell();

export function opcode(name: string): bigint {
  const value = OPCODES[name];
  if (value === undefined) throw new Error(`LayerZero has no opcode ${name}.`);
  return BigInt(value);
}

/** The compiled code of one of LayerZero's contracts. */
export function artifact(name: string): Cell {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a JSON file of a package, chosen at run time
  const file = require(`@layerzerolabs/lz-ton-sdk-v2/artifacts/${name}.compiled.json`) as { hex: string };
  return Cell.fromHex(file.hex);
}

interface PathFields {
  readonly srcEid: number;
  readonly srcOApp: bigint;
  readonly dstEid: number;
  readonly dstOApp: bigint;
}

export const buildPath = sdk.buildPathClass as unknown as (path: PathFields) => Cell;
export const baseStorage = sdk.initBaseStorage as unknown as (owner: bigint) => Cell;
export const workerStorage = sdk.initWorkerCoreStorage as unknown as (
  admins: readonly bigint[],
  proxy: bigint,
  version: bigint,
) => Cell;
export const endpointStorage = sdk.getEndpointInitStorage as unknown as (of: {
  controllerAddress: bigint;
  path: { srcEid: number; dstEid: number };
}) => Cell;
export const verifierSet = sdk.createVerifierDictSet as unknown as (keys: readonly Buffer[]) => Cell;
export const verifierKey = sdk.publicKeyToHash as unknown as (key: Buffer) => bigint;
export const emptyMap = sdk.emptyMap as () => Cell;
export const emptyReceipts = sdk.emptyPOOO as () => Cell;
export const asciiOf = sdk.bigintToAsciiString as (topic: bigint) => string;
export const opcodeName = sdk.opcodeToName as unknown as (op: bigint | number) => string;
