// Amounts as people read them.

/** An amount of base units (1e-18) as STUN, with as many decimals as it has, and separators. */
export function stun(amount: bigint): string {
  const whole = amount / 10n ** 18n;
  const fraction = (amount % 10n ** 18n).toString().padStart(18, "0").replace(/0+$/, "");
  return `${whole.toLocaleString("en-US")}${fraction ? `.${fraction}` : ""}`;
}
