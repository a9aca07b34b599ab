import { keccakText } from "../bytes";

/** Deterministic numbers: the n-th value is taken from keccak256 of the name and n, so that no platform differs. */
export class Random {
  private count = 0;

  constructor(private readonly name: string) {}

  /** Uniform in [min, max], both included. */
  between(min: bigint, max: bigint): bigint {
    let value = 0n;
    for (const byte of this.bytes()) value = (value << 8n) | BigInt(byte);
    return min + (value % (max - min + 1n));
  }

  /** Between 0 and max with all magnitudes about equally likely: small numbers are where rounding shows. */
  magnitude(max: bigint): bigint {
    const bits = this.between(0n, BigInt(max.toString(2).length));
    const limit = (1n << bits) - 1n;
    return this.between(0n, limit < max ? limit : max);
  }

  bool(): boolean {
    return this.between(0n, 1n) === 1n;
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[Number(this.between(0n, BigInt(list.length - 1)))] ?? list[0];
  }

  /** 32 bytes. */
  bytes(): Uint8Array {
    return keccakText(`${this.name}/${this.count++}`);
  }
}
