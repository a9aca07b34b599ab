// What the token's exit codes and refusal codes mean; docs/errors.md says of each what to do.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Cell } from "@ton/core";
import { EVENT } from "./messages";

const FILE = resolve(__dirname, "..", "..", "ton", "contracts", "token", "errors.tolk");

/** Codes by name, as the contracts declare them. */
export const ERROR: Readonly<Record<string, number>> = Object.fromEntries(
  [...readFileSync(FILE, "utf8").matchAll(/^const ((?:ERR|REFUSED)_\w+) = (0x[0-9a-fA-F]+|\d+)/gm)].map(
    ([, name, code]) => [name, Number(code)],
  ),
);

/** Codes with which LayerZero answers a send that did not leave. */
const LAYERZERO: Readonly<Record<number, string>> = {
  135: "it was aborted",
  136: "LayerZero's fee was above nativeFee",
  137: "LayerZero's ZRO fee was not paid",
  138: "too many sends are on their way",
  139: "LayerZero's ZRO balance was too low",
  144: "no send library is configured",
  232: "LayerZero could not quote its workers",
};

const REFUSED: Readonly<Record<string, string>> = {
  REFUSED_MALFORMED: "the payload of the burn is not SendParams",
  REFUSED_ROUTE_CLOSED: "the route to the home chain is not open",
  REFUSED_PAUSED: "sends are paused",
  REFUSED_DESTINATION: "the destination is not the home chain",
  REFUSED_RECIPIENT: "the recipient is not an address of the home chain",
  REFUSED_TOO_SMALL: "the amount is below the shared decimals",
  REFUSED_SLIPPAGE: "less than minAmount would leave",
  REFUSED_VALUE: "the attached TON does not cover LayerZero's fee and the gas",
  REFUSED_LIMIT: "the amount is above the limit of the moment",
};

/** The name of a code of our contracts. */
export function errorName(code: number): string | undefined {
  return Object.entries(ERROR).find(([, value]) => value === code)?.[0];
}

/** Why a send came back: one sentence of an event SendRefused or SendReturned. */
export function refusalOf(body: Cell): string {
  const slice = body.beginParse();
  const event = slice.loadUint(32);
  slice.skip(64);
  slice.loadAddress();
  slice.loadCoins();
  const code = slice.loadUint(16);
  const name = errorName(code);
  const why = event === EVENT.sendReturned ? LAYERZERO[code] : name && REFUSED[name];
  return `${why ?? "the bridge refused it"} (code ${code}).`;
}
