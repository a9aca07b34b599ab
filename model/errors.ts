/** Every reason for which the model refuses an input or an action. A code never changes its meaning. */
export type ModelErrorCode =
  // formulas
  | "NOT_AN_INTEGER"
  | "NEGATIVE"
  | "ABOVE_MAXIMUM"
  | "BELOW_MINIMUM"
  | "INVALID_TIER"
  | "INVALID_UNIT"
  | "INVALID_BYTES"
  | "INVALID_TYPE"
  | "CLIFF_AFTER_END"
  | "ZERO_REQUIRED"
  // merkle trees
  | "EMPTY_TREE"
  | "TREE_TOO_LARGE"
  | "DUPLICATE_ACCOUNT"
  | "UNKNOWN_LEAF"
  // state machines
  | "NOT_ALLOWED"
  | "WRONG_STATE"
  | "WRONG_PARTY"
  | "TOO_EARLY"
  | "TOO_LATE"
  | "PAUSED"
  | "NOT_FOUND"
  | "ALREADY_USED"
  | "INSUFFICIENT"
  | "LIMIT_EXCEEDED"
  | "MISMATCH"
  | "EXPIRED"
  | "NOTHING_TO_DO"
  | "INVARIANT_BROKEN";

/** What an error says about the input that caused it. */
export type ErrorValues = Readonly<Record<string, string | bigint>>;

/** The only error that `model/` throws: a stable code, the offending values, and one sentence for a person. */
export class ModelError extends Error {
  readonly code: ModelErrorCode;
  readonly values: ErrorValues;

  constructor(code: ModelErrorCode, message: string, values: ErrorValues = {}) {
    super(message);
    this.name = "ModelError";
    this.code = code;
    this.values = values;
  }
}
