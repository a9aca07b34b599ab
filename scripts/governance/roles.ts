import { localWallet } from "../../localnet/keys";
import { StunError } from "../../chains/errors";
import type { Governed } from "./action";

/** The address of a role of the network file on the home chain. */
export function holderAddress(world: Governed, role: string): string {
  const { network } = world.described;
  const holder = network.roles[role]?.[world.home] ?? network.roles[role]?.evm;
  if (!holder)
    throw new StunError(`${network.file}: roles.${role} names nobody on ${world.home}; add a holder for it.`);
  if (holder.kind === "local") return localWallet(holder.name).address;
  if (holder.kind === "contract") return world.address(world.home, holder.name);
  return holder.address;
}
