// What a refused call says, in one sentence. Custom errors of this repository's contracts are found by their selector.
import { AbiCoder, Interface, type ErrorFragment, type Result } from "ethers";
import { messageOf } from "../errors";
import { artifactNames, contractInterface } from "./artifacts";

/** Errors of contracts that are not ours and that a caller of ours can meet. */
const FOREIGN = new Interface([
  "error LZ_InsufficientFee(uint256 requiredNative,uint256 suppliedNative,uint256 requiredLzToken,uint256 suppliedLzToken)",
  "error LZ_PayloadHashNotFound(bytes32 expected,bytes32 actual)",
  "error LZ_PathNotInitializable()",
  "error LZ_PathNotVerifiable()",
  "error LZ_Unauthorized()",
  "error LZ_DefaultSendLibUnavailable()",
  "error LZ_ComposeNotFound(bytes32 expected,bytes32 actual)",
  "error LZ_ULN_Verifying()",
  "error LZ_ULN_InvalidWorkerOptions(uint256 cursor)",
  "error Executor_NoOptions()",
  "error Executor_ZeroLzReceiveGasProvided()",
  "error Executor_UnsupportedOptionType(uint8 optionType)",
  "error Transfer_NativeFailed(address to,uint256 value)",
]);

let known: Map<string, { abi: Interface; error: ErrorFragment }> | undefined;

function errors(): Map<string, { abi: Interface; error: ErrorFragment }> {
  if (known) return known;
  known = new Map();
  for (const abi of [FOREIGN, ...artifactNames().map(contractInterface)]) {
    abi.forEachError((error) => known!.set(error.selector, { abi, error }));
  }
  return known;
}

function parameters(error: ErrorFragment, values: Result): string {
  return error.inputs.map((input, i) => `${input.name || `value ${i + 1}`} ${String(values[i])}`).join(", ");
}

/** One clause for revert data: the name of the custom error and its values, or the reason string. */
export function explainData(data: string): string {
  if (data === "0x") return "it ran out of gas or reverted without a reason";
  const selector = data.slice(0, 10);
  try {
    if (selector === "0x08c379a0")
      return AbiCoder.defaultAbiCoder().decode(["string"], `0x${data.slice(10)}`)[0] as string;
    if (selector === "0x4e487b71") {
      const code = AbiCoder.defaultAbiCoder().decode(["uint256"], `0x${data.slice(10)}`)[0] as bigint;
      return `panic 0x${code.toString(16)}`;
    }
    const found = errors().get(selector);
    if (!found) return `an unknown error ${data}`;
    const values = parameters(found.error, found.abi.decodeErrorResult(found.error, data));
    return values ? `${found.error.name} (${values})` : found.error.name;
  } catch {
    return `malformed revert data ${data}`;
  }
}

/** The revert data that an ethers or JSON-RPC error carries, if any. */
export function revertData(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; typeof at === "object" && at !== null && depth < 8; depth++) {
    const { data, info, error: inner, cause } = at as Record<"data" | "info" | "error" | "cause", unknown>;
    if (typeof data === "string" && data.startsWith("0x")) return data;
    if (typeof data === "object" && data !== null) {
      const nested = (data as Record<string, unknown>).data;
      if (typeof nested === "string" && nested.startsWith("0x")) return nested;
    }
    at = inner ?? info ?? cause;
  }
  return undefined;
}

/** One clause for anything that was thrown while a transaction or call was made. */
export function explain(error: unknown): string {
  const data = revertData(error);
  return data === undefined ? messageOf(error) : explainData(data);
}
