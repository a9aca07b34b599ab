// Borsh, as Solana programs read and write it: little-endian numbers, lengths of 32 bits.
import { PublicKey } from "@solana/web3.js";
import { StunError } from "../errors";

export class BorshWriter {
  private readonly parts: Buffer[] = [];

  u8(value: number): this {
    return this.raw(Buffer.from([value]));
  }

  bool(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  u16(value: number): this {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16LE(value);
    return this.raw(bytes);
  }

  u32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return this.raw(bytes);
  }

  u64(value: bigint): this {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    return this.raw(bytes);
  }

  u128(value: bigint): this {
    return this.u64(value & 0xffff_ffff_ffff_ffffn).u64(value >> 64n);
  }

  key(value: PublicKey): this {
    return this.raw(value.toBuffer());
  }

  /** Bytes without a length. */
  raw(value: Uint8Array): this {
    this.parts.push(Buffer.from(value));
    return this;
  }

  /** A length, then the bytes. */
  bytes(value: Uint8Array): this {
    return this.u32(value.length).raw(value);
  }

  list<T>(values: readonly T[], write: (value: T) => void): this {
    this.u32(values.length);
    values.forEach(write);
    return this;
  }

  option<T>(value: T | null | undefined, write: (value: T) => void): this {
    if (value === null || value === undefined) return this.u8(0);
    this.u8(1);
    write(value);
    return this;
  }

  finish(): Buffer {
    return Buffer.concat(this.parts);
  }
}

export class BorshReader {
  private at = 0;
  private readonly data: Buffer;

  constructor(data: Uint8Array, discriminator?: Uint8Array, what = "account") {
    this.data = Buffer.from(data);
    if (discriminator && !this.raw(discriminator.length).equals(discriminator)) {
      throw new StunError(`These ${data.length} bytes are no ${what}.`);
    }
  }

  u8(): number {
    return this.raw(1).readUInt8();
  }

  bool(): boolean {
    return this.u8() !== 0;
  }

  u16(): number {
    return this.raw(2).readUInt16LE();
  }

  u32(): number {
    return this.raw(4).readUInt32LE();
  }

  u64(): bigint {
    return this.raw(8).readBigUInt64LE();
  }

  i64(): bigint {
    return this.raw(8).readBigInt64LE();
  }

  key(): PublicKey {
    return new PublicKey(this.raw(32));
  }

  raw(length: number): Buffer {
    if (this.at + length > this.data.length) {
      throw new StunError(`${this.data.length} bytes end before what was expected at ${this.at} + ${length}.`);
    }
    const part = this.data.subarray(this.at, this.at + length);
    this.at += length;
    return part;
  }

  bytes(): Buffer {
    return this.raw(this.u32());
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: this.u32() }, read);
  }

  option<T>(read: () => T): T | null {
    return this.u8() === 0 ? null : read();
  }

  get left(): number {
    return this.data.length - this.at;
  }
}
