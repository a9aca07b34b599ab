import { Address, Cell, beginCell } from "@ton/core";

/** The account hash of an address as a number: how LayerZero and our contracts name an account of the basechain. */
export function hashOf(address: Address): bigint {
  return BigInt(`0x${address.hash.toString("hex")}`);
}

/** The basechain account with this hash. */
export function addressOf(hash: bigint | string): Address {
  const digits = typeof hash === "bigint" ? hash.toString(16) : hash.replace(/^0x/, "");
  return Address.parseRaw(`0:${digits.padStart(64, "0")}`);
}

/** The account hash as 32 bytes, 0x-prefixed: how other chains name a TON account. */
export function bytes32Of(address: Address): string {
  return `0x${address.hash.toString("hex")}`;
}

/** Bytes as LayerZero stores them in cells: every cell but the last has 127 bytes and one reference. */
export function bytesToCell(bytes: Uint8Array): Cell {
  let next: Cell | null = null;
  for (let at = Math.max(0, Math.ceil(bytes.length / 127) - 1) * 127; at >= 0; at -= 127) {
    const builder = beginCell().storeBuffer(Buffer.from(bytes.subarray(at, at + 127)));
    if (next) builder.storeRef(next);
    next = builder.endCell();
  }
  return next ?? Cell.EMPTY;
}

/** The bytes of such a chain of cells. */
export function cellToBytes(cell: Cell): Uint8Array {
  const parts: Buffer[] = [];
  let slice = cell.beginParse();
  for (;;) {
    parts.push(slice.loadBuffer(slice.remainingBits / 8));
    if (slice.remainingRefs === 0) return new Uint8Array(Buffer.concat(parts));
    slice = slice.loadRef().beginParse();
  }
}
