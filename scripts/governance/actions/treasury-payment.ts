// Pays for liquidity out of the treasury, within its meter.
import { StunError } from "../../../chains/errors";
import { latestEvent } from "../../../chains/evm/logs";
import { action, type Governed } from "../action";
import { holderAddress } from "../roles";

const AMOUNT = 250_000n * 10n ** 18n;
const RECIPIENT = "liquidity";

interface Prepared {
  to: string;
}

/** Whether the treasury has made this very payment; an action is enacted once. */
async function isPaid(world: Governed, to: string): Promise<boolean> {
  const treasury = world.at(world.home, "treasury");
  const token = world.address(world.home, "token");
  const paid = await latestEvent(
    treasury,
    "Paid",
    ({ args }) => args.asset === token && args.to === to && args.amount === AMOUNT,
  );
  return paid !== undefined;
}

export default action<Prepared>({
  title: "Pay 250,000 STUN from the treasury for liquidity",
  why: "One quarter's liquidity on Base and Arbitrum. The treasury pays at most 2,000,000 STUN in any 30 days.",

  async prepare(world) {
    return { to: holderAddress(world, RECIPIENT) };
  },

  async simulate(world, { to }) {
    const { home } = world;
    const token = world.address(home, "token");
    const [held, left] = (await Promise.all([
      world.at(home, "token").getFunction("balanceOf")(to),
      world.at(home, "treasury").getFunction("available")(token),
    ])) as [bigint, bigint];
    return {
      [`${home}: STUN of ${RECIPIENT}, base units`]: String(held),
      [`${home}: what the treasury can still pay in these 30 days, base units`]: String(left),
    };
  },

  async enact(world, { to }) {
    const token = world.address(world.home, "token");
    const available = (await world.at(world.home, "treasury").getFunction("available")(token)) as bigint;
    if (available < AMOUNT) {
      throw new StunError(`The treasury can pay ${available} base units of STUN now, not ${AMOUNT}: wait or pay less.`);
    }
    return [world.call(world.home, "treasury", "pay", [token, to, AMOUNT], `250,000 STUN to ${RECIPIENT}`)];
  },

  enacted: (world, { to }) => isPaid(world, to),

  async verify(world, { to }) {
    if (!(await isPaid(world, to))) throw new StunError(`The treasury has not paid ${AMOUNT} base units to ${to}.`);
  },
});
