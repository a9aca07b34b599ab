// Who signs: a key from the environment or from an encrypted file, never from the command line, which other users of a machine
// can read. Without a key nothing is signed, and every command says what a Safe or a hardware wallet would have to send.
import { existsSync, readFileSync } from "node:fs";
import { Wallet, getAddress, isAddress } from "ethers";
import { StunError } from "../../chains/errors";

const KEY = "STUN_GOVERNANCE_KEY";
const KEYSTORE = "STUN_GOVERNANCE_KEYSTORE";
const PASSWORD = "STUN_GOVERNANCE_PASSWORD";

/** The key that signs, if there is one. Errors leave out their cause on purpose: it may quote the key. */
export async function openKey(env: NodeJS.ProcessEnv = process.env): Promise<Wallet | undefined> {
  const [key, file] = [env[KEY], env[KEYSTORE]];
  if (key && file) throw new StunError(`${KEY} and ${KEYSTORE} are both set: unset the one that is not to sign.`);
  if (key) {
    try {
      return new Wallet(key);
    } catch {
      throw new StunError(`The environment variable ${KEY} holds no private key: give 0x and 64 hexadecimal digits.`);
    }
  }
  if (!file) return undefined;
  if (!existsSync(file))
    throw new StunError(`${KEYSTORE} names '${file}', which does not exist: give a keystore file.`);
  const password = env[PASSWORD];
  if (password === undefined) throw new StunError(`The environment variable ${PASSWORD} is not set: it opens ${file}.`);
  try {
    const opened = await Wallet.fromEncryptedJson(readFileSync(file, "utf8"), password);
    return new Wallet(opened.privateKey);
  } catch {
    throw new StunError(`The keystore ${file} does not open: check that it is a version 3 keystore and its password.`);
  }
}

/** The key, which has to be there. */
export function needed(key: Wallet | undefined): Wallet {
  if (!key) {
    throw new StunError(
      `Nothing can be sent without a key: set ${KEY}, or ${KEYSTORE} and ${PASSWORD}, or leave --send out and send what is shown yourself.`,
    );
  }
  return key;
}

/** An address that a person typed. */
export function addressOf(text: string): string {
  if (!isAddress(text)) throw new StunError(`'${text}' is no address: give 0x and 40 hexadecimal digits.`);
  return getAddress(text);
}
