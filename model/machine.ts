import { ModelError, type ErrorValues, type ModelErrorCode } from "./errors";

/** What a state machine gives back: the next state and what happened, in order. */
export interface Step<State, Effect> {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/**
 * Runs `change` on a copy of `state`. The state that was passed in never changes, so an action that throws has no effect.
 */
export function transition<State, Effect>(
  state: State,
  change: (draft: State, emit: (effect: Effect) => void) => void,
): Step<State, Effect> {
  const draft = structuredClone(state);
  const effects: Effect[] = [];
  change(draft, (effect) => effects.push(effect));
  return { state: draft, effects };
}

/** Refuses an action with one sentence. */
export function refuse(code: ModelErrorCode, message: string, values: ErrorValues = {}): never {
  throw new ModelError(code, message, values);
}

/** Refuses an action of anybody but `allowed`. */
export function only<Party extends string>(actor: Party, ...allowed: Party[]): void {
  if (!allowed.includes(actor)) {
    refuse("WRONG_PARTY", `The ${actor} cannot do this: only the ${allowed.join(" or the ")} can.`, { actor });
  }
}

/** Checks one equation of a state. Errors: INVARIANT_BROKEN with both sides. */
export function mustEqual(rule: string, left: bigint, right: bigint): void {
  if (left !== right) refuse("INVARIANT_BROKEN", `${rule}: ${left} is not ${right}.`, { rule, left, right });
}

/** Checks that `left` is at most `right`. Errors: INVARIANT_BROKEN with both sides. */
export function mustNotExceed(rule: string, left: bigint, right: bigint): void {
  if (left > right) refuse("INVARIANT_BROKEN", `${rule}: ${left} is above ${right}.`, { rule, left, right });
}
