// What an address looks like on each virtual machine, and as the 32 bytes that LayerZero names an app by.
import { Address } from "@ton/core";
import { decodeBase58, getAddress, isAddress, zeroPadValue } from "ethers";

export type Vm = "evm" | "solana" | "ton";

/** The 32 bytes of a base58 text, or undefined when it is none or of another length. */
function base58Bytes(text: string): Uint8Array | undefined {
  if (!/^[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(text)) return undefined;
  const zeros = /^1*/.exec(text)![0].length;
  const digits = decodeBase58(text).toString(16);
  const even = digits === "0" ? "" : digits.length % 2 === 0 ? digits : `0${digits}`;
  const bytes = Buffer.concat([Buffer.alloc(zeros), Buffer.from(even, "hex")]);
  return bytes.length === 32 ? bytes : undefined;
}

function tonAddress(text: string): Address | undefined {
  try {
    const address = Address.parse(text);
    return address.workChain === 0 ? address : undefined;
  } catch {
    return undefined;
  }
}

export function isAddressOf(vm: Vm, text: string): boolean {
  if (vm === "evm") return text.startsWith("0x") && isAddress(text);
  return vm === "solana" ? base58Bytes(text) !== undefined : tonAddress(text) !== undefined;
}

/** The 32 bytes by which LayerZero names an account of that virtual machine, 0x-prefixed and in lower case. */
export function toBytes32(vm: Vm, text: string): string {
  if (vm === "evm") return zeroPadValue(getAddress(text), 32).toLowerCase();
  const bytes = vm === "solana" ? base58Bytes(text) : tonAddress(text)?.hash;
  if (!bytes) throw new TypeError(`'${text}' is no ${vm} address.`);
  return `0x${Buffer.from(bytes).toString("hex")}`;
}
