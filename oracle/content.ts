import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hexlify, keccak256 } from "ethers";
import { StunError, messageOf } from "../chains/errors";

/** Bytes addressed by their keccak256, in one folder: a file is named by the hash of what it holds. */
export class ContentStore {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** Stores the bytes and returns their hash. */
  put(bytes: Uint8Array): string {
    const hash = keccak256(bytes);
    const file = join(this.folder, hash.slice(2));
    // Renamed into place, so that a reader never sees half of a file.
    writeFileSync(`${file}.${process.pid}.part`, bytes);
    renameSync(`${file}.${process.pid}.part`, file);
    return hash;
  }

  /** @throws StunError when the content is not here, or is not what its name says. */
  get(hash: string): Uint8Array {
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(join(this.folder, hash.slice(2)));
    } catch (error) {
      throw new StunError(`The content ${hash} cannot be read (${messageOf(error)}): fetch it from the payer.`, error);
    }
    if (keccak256(bytes) !== hexlify(hash)) {
      throw new StunError(`The file of content ${hash} holds other bytes: delete it and fetch it again.`);
    }
    return bytes;
  }
}
