// A new version of the committee on every chain, with the members it has: all older signatures are refused from then on.
import { StunError } from "../../../chains/errors";
import { action, type Governed } from "../action";

/** The version that begins. */
const VERSION = 2n;

interface Prepared {
  chains: { chain: string; version: bigint; members: string[]; threshold: bigint }[];
}

async function committee(world: Governed, chain: string): Promise<Prepared["chains"][number]> {
  const at = world.at(chain, "committee");
  const [version, members, threshold] = (await Promise.all(
    ["version", "members", "threshold"].map((name) => at.getFunction(name)()),
  )) as [bigint, string[], bigint];
  return { chain, version, members: [...members], threshold };
}

export default action<Prepared>({
  title: "Begin a new version of the committee on every chain",
  why: "A member's key may have leaked signatures. The members stay; what they signed before is refused everywhere.",

  async prepare(world) {
    const { chains } = world.described.network.committee;
    const reached = world.governed.filter((chain) => chains.includes(chain));
    const found = await Promise.all(reached.map((chain) => committee(world, chain)));
    const odd = found.find(({ version }) => version + 1n < VERSION);
    if (odd)
      throw new StunError(
        `${odd.chain} has version ${odd.version} of the committee: version ${VERSION} is not its next.`,
      );
    return { chains: found };
  },

  async simulate(world, { chains }) {
    const now = await Promise.all(chains.map(({ chain }) => committee(world, chain)));
    return Object.fromEntries(now.map(({ chain, version }) => [`${chain}: version of the committee`, String(version)]));
  },

  async enact(world, { chains }) {
    const old = chains.filter(({ version }) => version < VERSION);
    return old.map(({ chain, members, threshold }) =>
      world.call(chain, "committee", "setMembers", [members, threshold], "the same members, a new version"),
    );
  },

  async enacted(world, { chains }) {
    const now = await Promise.all(chains.map(({ chain }) => committee(world, chain)));
    return now.every(({ version }) => version >= VERSION);
  },

  async verify(world, { chains }) {
    for (const { chain, members, threshold } of chains) {
      const now = await committee(world, chain);
      if (now.version < VERSION) throw new StunError(`${chain} still has version ${now.version} of the committee.`);
      if (now.members.join() !== members.join() || now.threshold !== threshold) {
        throw new StunError(`${chain} has other members than before: ${now.threshold} of ${now.members.join(", ")}.`);
      }
    }
  },
});
