import { expect } from "chai";
import { ModelError, type ModelErrorCode } from "../../model";

/** Expects a ModelError with this code, whose message is one sentence that names a value. */
export function expectError(code: ModelErrorCode, action: () => unknown): ModelError {
  try {
    action();
  } catch (error) {
    expect(error).to.be.instanceOf(ModelError);
    const refused = error as ModelError;
    expect(refused.code, refused.message).to.equal(code);
    expect(refused.message).to.match(/^\S.*\.$/);
    return refused;
  }
  throw new Error(`expected a ModelError ${code}, but nothing was thrown`);
}
