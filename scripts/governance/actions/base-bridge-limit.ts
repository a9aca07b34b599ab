// Lets more STUN into Base each day: a parameter of another chain, changed through LayerZero.
import { StunError } from "../../../chains/errors";
import { action, type Governed } from "../action";

const CHAIN = "base";
/** STUN, and the seconds in which the limit refills. */
const CAPACITY = 12_000_000n * 10n ** 18n;
const WINDOW = 86_400n;

interface Prepared {
  eid: number;
}

async function limit(world: Governed, eid: number, inbound: boolean): Promise<{ capacity: bigint; window: bigint }> {
  const [capacity, window] = (await world.at(CHAIN, "bridge").getFunction("rateLimit")(eid, inbound)) as [
    bigint,
    bigint,
  ];
  return { capacity, window };
}

export default action<Prepared>({
  title: "Raise what may arrive on Base to 12,000,000 STUN a day",
  why: "Transfers to Base reach the limit of 10,000,000 a day and wait in held entries. The other direction stays as it is.",

  async prepare(world) {
    const eid = world.eid(world.home);
    const { capacity } = await limit(world, eid, true);
    if (capacity === 0n) throw new StunError(`The path into ${CHAIN} is closed: reopen it by an action of its own.`);
    return { eid };
  },

  async simulate(world, { eid }) {
    const out = await limit(world, eid, false);
    return { [`${CHAIN}: limit of the other direction`]: `${out.capacity} in ${out.window} s` };
  },

  async enact(world, { eid }) {
    const param = { eid, inbound: true, capacity: CAPACITY, window: WINDOW };
    return [world.call(CHAIN, "bridge", "setRateLimits", [[param]], "12,000,000 STUN a day may arrive")];
  },

  async enacted(world, { eid }) {
    const { capacity, window } = await limit(world, eid, true);
    return capacity === CAPACITY && window === WINDOW;
  },

  async verify(world, { eid }) {
    const { capacity, window } = await limit(world, eid, true);
    if (capacity !== CAPACITY || window !== WINDOW) {
      throw new StunError(`${CHAIN} lets ${capacity} base units in ${window} s arrive, not ${CAPACITY} in ${WINDOW}.`);
    }
  },
});
