import { keccak256, toUtf8Bytes, toUtf8String } from "ethers";
import { StunError } from "../chains/errors";

/** The interface between runner and module that `jobs/README.md` describes. */
export const WASM_ABI = "stun-wasm/1";
/** `verifierConfigHash` of the policy that runs a job again and compares the bytes. */
export const REEXECUTE = keccak256(toUtf8Bytes(`reexecute ${WASM_ABI}`));

/** What is to be computed: both parts addressed by content hash. */
export interface JobSpec {
  module: string;
  input: string;
}

const HASH = /^0x[0-9a-f]{64}$/;

/** The bytes of a specification; one specification has one encoding. Their keccak256 is the `specHash` of the terms. */
export function encodeSpec({ module, input }: JobSpec): Uint8Array {
  return toUtf8Bytes(JSON.stringify({ abi: WASM_ABI, input, module }));
}

/** @throws StunError for anything that `encodeSpec` would not have written. */
export function decodeSpec(bytes: Uint8Array): JobSpec {
  let value: unknown;
  try {
    value = JSON.parse(toUtf8String(bytes));
  } catch {
    value = undefined;
  }
  const { abi, input, module } = (value ?? {}) as Record<string, unknown>;
  const valid = abi === WASM_ABI && typeof input === "string" && typeof module === "string";
  if (!valid || !HASH.test(input) || !HASH.test(module)) {
    throw new StunError(
      `The job's specification is no ${WASM_ABI}: it names abi, input and module, both by content hash.`,
    );
  }
  const spec = { module, input };
  if (Buffer.compare(encodeSpec(spec), bytes) !== 0) {
    throw new StunError("The job's specification is not in its one encoding: write it with encodeSpec.");
  }
  return spec;
}
