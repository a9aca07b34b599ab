// LayerZero's options of type 3: what the executor at the destination is asked for and paid for.
import { concat, getBytes } from "ethers";

/** One executor option, as `extraOptions` or enforced options name it. */
export interface ExecutorOption {
  /** 1 lzReceive, 3 lzCompose (index 0). */
  readonly kind: "receive" | "compose";
  readonly gas: bigint;
  readonly value?: bigint;
}

/** Options of type 3 for LayerZero's executor. */
export function executorOptions(...list: ExecutorOption[]): string {
  const coder = (value: bigint, bytes: number): string => `0x${value.toString(16).padStart(bytes * 2, "0")}`;
  const parts = list.map(({ kind, gas, value = 0n }) => {
    const index = kind === "compose" ? ["0x0000"] : [];
    const body = concat([...index, coder(gas, 16), ...(value > 0n ? [coder(value, 16)] : [])]);
    const size = BigInt(getBytes(body).length + 1);
    return concat(["0x01", coder(size, 2), kind === "compose" ? "0x03" : "0x01", body]);
  });
  return concat(["0x0003", ...parts]);
}
