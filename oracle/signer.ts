import { Signature, SigningKey, computeAddress, getBytes, hashMessage, recoverAddress } from "ethers";

/** A key that signs 32-byte digests: a file, an environment variable or a key service behind one interface. */
export interface DigestSigner {
  readonly address: string;
  /** 65 bytes: r, s (low), v. */
  signDigest(digest: string): Promise<string>;
}

/** A signer over a private key in memory. */
export function keySigner(privateKey: string): DigestSigner {
  const key = new SigningKey(privateKey);
  return { address: computeAddress(key), signDigest: async (digest) => key.sign(digest).serialized };
}

/**
 * The address that signed `digest`, or undefined for a signature of nobody or in another form than the contracts take:
 * 65 bytes, s low, v 27 or 28.
 */
export function signerOf(digest: string, signature: string): string | undefined {
  try {
    const parsed = Signature.from(signature);
    if (!parsed.isValid() || parsed.serialized !== signature) return undefined;
    return recoverAddress(digest, parsed);
  } catch {
    return undefined;
  }
}

/** The digest by which one oracle proves a request to another to be its own. */
export function requestDigest(body: string): string {
  return hashMessage(getBytes(Buffer.from(body)));
}
