// Admits a verifying key of zk jobs on every chain with an escrow, beside those that are there: open jobs keep the key that they
// name. An old key is removed 27 days later by a copy of this file that lists it in REMOVED; a forged one at once.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { keyIdOf } from "../../../chains/evm/proofs";
import { StunError, messageOf } from "../../../chains/errors";
import { digitsCircuit } from "../../../circuits/build";
import { proverOf } from "../../../circuits/prover";
import { action, type Action, type Governed } from "../action";

/** The key's bytes, as `npm run prove -- key --zkey … --out …` wrote them, beside this file; null is the local ceremony's key. */
const ADMITTED: string | null = null;
/** Units of work that a proof is worth under the local key. */
const LOCAL_UNITS = 1n;
/** Ids of keys that no proof is taken under from then on. */
const REMOVED: readonly string[] = [];

interface Prepared {
  keyId: string;
  key: string;
  chains: readonly string[];
}

async function isEnabled(world: Governed, chain: string, keyId: string): Promise<boolean> {
  return ((await world.at(chain, "proofs").getFunction("keyOf")(keyId)) as unknown as { enabled: boolean }).enabled;
}

async function read(world: Governed, file: string | null): Promise<string> {
  if (file === null) {
    if (!world.described.network.local) {
      throw new StunError(
        "The key of the local ceremony is public, anybody can forge proofs under it: name the file of a real one in zk-key.ts.",
      );
    }
    return (await proverOf(await digitsCircuit(), LOCAL_UNITS)).key;
  }
  try {
    return readFileSync(join(__dirname, file), "utf8").trim();
  } catch (error) {
    throw new StunError(`The key file ${file} cannot be read: ${messageOf(error)}.`, error);
  }
}

/** The action for a key, given by its file or `null`, and for keys to remove. */
export function zkKey(file: string | null, removed: readonly string[]): Action {
  return action<Prepared>({
    title: "Admit a verifying key of zk jobs",
    why: "Its ceremony is published with this proposal. Jobs that name another key are settled as before.",

    async prepare(world) {
      const key = await read(world, file);
      const chains = world.governed.filter((chain) => world.described.deployment.contracts[chain]?.proofs);
      return { key, keyId: keyIdOf(key), chains };
    },

    async simulate(world, { keyId, chains }) {
      const state = async (chain: string, id: string): Promise<[string, string]> => [
        `${chain}: proofs under ${id}`,
        (await isEnabled(world, chain, id)) ? "settle jobs" : "are refused",
      ];
      const ids = [keyId, ...removed];
      return Object.fromEntries(await Promise.all(chains.flatMap((chain) => ids.map((id) => state(chain, id)))));
    },

    async enact(world, { key, keyId, chains }) {
      const calls = await Promise.all(
        chains.map(async (chain) => {
          const admit = (await isEnabled(world, chain, keyId)) ? [] : [key];
          const enabled = await Promise.all(removed.map((id) => isEnabled(world, chain, id)));
          return [
            ...admit.map((bytes) => world.call(chain, "proofs", "addKey", [bytes], `admit the key ${keyId}`)),
            ...removed
              .filter((_, i) => enabled[i])
              .map((id) => world.call(chain, "proofs", "removeKey", [id], `remove the key ${id}`)),
          ];
        }),
      );
      return calls.flat();
    },

    async enacted(world, prepared) {
      return (await wrong(world, prepared, removed)) === undefined;
    },

    async verify(world, prepared) {
      const problem = await wrong(world, prepared, removed);
      if (problem) throw new StunError(problem);
    },
  });
}

async function wrong(
  world: Governed,
  { keyId, chains }: Prepared,
  removed: readonly string[],
): Promise<string | undefined> {
  for (const chain of chains) {
    if (!(await isEnabled(world, chain, keyId))) return `${chain} does not take proofs under the key ${keyId}.`;
    for (const id of removed) {
      if (await isEnabled(world, chain, id)) return `${chain} still takes proofs under the key ${id}.`;
    }
  }
  return undefined;
}

export default zkKey(ADMITTED, REMOVED);
