// STUN amounts of a network file, as exact numbers.
import type { Vm } from "../addresses";

/** STUN amounts in files have at most the shared decimals of the bridge, so that every chain can hold them exactly. */
export const SHARED_DECIMALS = 6;
export const UNIT = 10n ** BigInt(SHARED_DECIMALS);
const DECIMALS: Record<Vm, number> = { evm: 18, solana: 9, ton: 9 };

/** An amount in shared units as base units of a chain of that virtual machine. */
export function toBaseUnits(vm: Vm, shared: bigint): bigint {
  return shared * 10n ** BigInt(DECIMALS[vm] - SHARED_DECIMALS);
}

/** An amount as a file writes it, which the schema has checked, in shared units. */
export function parseAmount(text: string): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole) * UNIT + BigInt(fraction.padEnd(SHARED_DECIMALS, "0"));
}

/** An amount in shared units as a person writes it. */
export function showAmount(shared: bigint): string {
  const fraction = (shared % UNIT).toString().padStart(SHARED_DECIMALS, "0").replace(/0+$/, "");
  return `${shared / UNIT}${fraction === "" ? "" : `.${fraction}`}`;
}
