import { expect } from "chai";
import type { BaseContract, ContractTransactionResponse } from "ethers";
import { ModelError, type ModelErrorCode, type Step } from "../../model";
import { refusal } from "./kit";

/** Which custom errors of a contract stand for a code of the model. */
export type Meanings = Partial<Record<ModelErrorCode, readonly string[]>>;

/**
 * Does the same in the model and on the chain: both accept, and the model's next state is returned, or both refuse for the
 * same reason, and `state` is returned.
 */
export async function agree<State, Effect>(
  label: string,
  contract: BaseContract,
  state: State,
  step: () => Step<State, Effect>,
  call: Promise<ContractTransactionResponse>,
  meanings: Meanings,
): Promise<State> {
  let next: State;
  try {
    next = step().state;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const names = meanings[error.code];
    expect(names, `${label}: the model says ${error.code}: ${error.message}`).not.to.equal(undefined);
    const message = await refusal(call);
    // The node names most errors itself and leaves those that the compiler inlined to be read here.
    const data = /return data: (0x[0-9a-f]+)/.exec(message)?.[1];
    const reason = data ? contract.interface.parseError(data)?.name : /custom error '(\w+)/.exec(message)?.[1];
    expect(names, `${label}: the model says ${error.code}, the contract ${message}`).to.include(reason);
    return state;
  }
  await (await call).wait();
  return next;
}
