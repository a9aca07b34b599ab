// What a channel's vouchers paid for: the payer signs the root of a list of receipts, and the committee counts the seconds
// of those whose work it has run again with the same outcome.
import { toUtf8Bytes, toUtf8String } from "ethers";
import { StunError } from "../chains/errors";
import type { ContentStore } from "./content";
import { reexecute } from "./reexecute";
import { JobError } from "./wasm/errors";

/** One task of a channel. */
export interface Receipt {
  specHash: string;
  outputHash: string;
  units: bigint;
  /** Unix seconds: when the work began and when it was handed over. */
  from: bigint;
  to: bigint;
}

/** Most receipts, and units of work, of one root that are run again: a list can be as long as anyone likes. */
const MAX_RECEIPTS = 1_000;
const MAX_UNITS = 10_000n;

const HASH = /^0x[0-9a-f]{64}$/;
const NUMBER = /^(0|[1-9]\d{0,17})$/;

/** The bytes of a list of receipts; their content hash is the `receiptsRoot` of the voucher that pays for them. */
export function encodeReceipts(receipts: readonly Receipt[]): Uint8Array {
  const list = receipts.map(({ specHash, outputHash, units, from, to }) => {
    return { from: String(from), outputHash, specHash, to: String(to), units: String(units) };
  });
  return toUtf8Bytes(JSON.stringify(list));
}

/** @throws StunError for anything that `encodeReceipts` would not have written. */
export function decodeReceipts(bytes: Uint8Array): Receipt[] {
  let value: unknown;
  try {
    value = JSON.parse(toUtf8String(bytes));
  } catch {
    value = undefined;
  }
  const receipts = (Array.isArray(value) ? value : [undefined]).map((entry: unknown): Receipt => {
    const { specHash, outputHash, units, from, to } = (entry ?? {}) as Record<string, string>;
    const valid =
      [specHash, outputHash].every((hash) => HASH.test(hash ?? "")) &&
      [units, from, to].every((number) => NUMBER.test(number ?? ""));
    if (!valid) throw new StunError("The list of receipts is malformed: write it with encodeReceipts.");
    return {
      specHash: specHash!,
      outputHash: outputHash!,
      units: BigInt(units!),
      from: BigInt(from!),
      to: BigInt(to!),
    };
  });
  if (Buffer.compare(encodeReceipts(receipts), bytes) !== 0) {
    throw new StunError("The list of receipts is not in its one encoding: write it with encodeReceipts.");
  }
  return receipts;
}

/**
 * The time of those receipts under a root whose work gives the same output and units when it is run again. A list that is
 * not here or is malformed counts nothing: seconds are earned by what can be checked.
 */
export async function checkedIntervals(content: ContentStore, receiptsRoot: string): Promise<[bigint, bigint][]> {
  let receipts: Receipt[];
  try {
    receipts = decodeReceipts(content.get(receiptsRoot));
  } catch (error) {
    if (error instanceof StunError) return [];
    throw error;
  }
  const intervals: [bigint, bigint][] = [];
  let left = MAX_UNITS;
  for (const { specHash, outputHash, units, from, to } of receipts.slice(0, MAX_RECEIPTS)) {
    if (units > left) break;
    left -= units;
    try {
      const outcome = await reexecute(content, specHash, units);
      if (outcome.outputHash === outputHash && outcome.units === units) intervals.push([from, to]);
    } catch (error) {
      // Spec, module or input are not here, or no machine can be asked to run it: that task is not checked.
      if (!(error instanceof StunError) && !(error instanceof JobError)) throw error;
    }
  }
  return intervals;
}
