import { checkSupply } from "../../model";
import type { BridgeEnd, Relayer } from "../../localnet/bridge";
import type { EvmEnd } from "../../localnet/bridge-evm";
import type { SupplyReport } from "./result";

const STUN = 10n ** 18n;

/** An amount of STUN in the base units of an end. */
export function units(end: BridgeEnd, stun: bigint): bigint {
  return (stun * STUN) / end.unit;
}

/** Sends `stun` from one end to the other for two users and waits until it has arrived. */
export async function carry(
  relayer: Relayer,
  from: { end: BridgeEnd; user: string },
  to: { end: BridgeEnd; user: string },
  stun: bigint,
): Promise<void> {
  const before = await to.end.balance(to.user);
  const recipient = await to.end.recipient(to.user);
  await from.end.send(from.user, to.end.chain.eid, recipient, units(from.end, stun));
  await relayer.deliverAll();
  const arrived = (await to.end.balance(to.user)) - before;
  if (arrived !== units(to.end, stun)) {
    throw new Error(
      `${stun} STUN left ${from.end.chain.name}, but ${arrived} base units arrived on ${to.end.chain.name}.`,
    );
  }
}

/**
 * The supply identity over all chains, read from the chains alone. What was burned on a remote is had by subtraction and
 * must be what was burned there, and the same at home: `burnedDirectly` by chain, in 1e-18 STUN.
 * @throws ModelError INVARIANT_BROKEN when a rule does not hold to the last unit.
 */
export async function supplyReport(
  home: EvmEnd,
  remotes: Record<string, BridgeEnd>,
  relayer: Relayer,
  burnedDirectly: Record<string, bigint>,
): Promise<SupplyReport> {
  await relayer.collect();
  const cap = 1_000_000_000n * STUN;
  const [supply, locked, adapterBalance] = await Promise.all([home.supply(), home.locked(), home.backing()]);
  const report: SupplyReport = {
    cap,
    home: supply,
    locked,
    remote: {},
    inFlight: {},
    held: {},
    burned: {},
    holds: false,
  };
  const rows = [];
  for (const [name, end] of Object.entries(remotes)) {
    const { eid } = end.chain;
    const flying = [...relayer.inFlight.values()].filter((p) => p.srcEid === eid || p.dstEid === eid);
    const inFlight = flying.reduce((sum, p) => sum + sharedAmount(p.message), 0n);
    const outstanding = await home.outstanding(eid);
    const onRemote = (await end.supply()) * end.unit;
    // Held at either end of the path: until it is released at home, it is outstanding there.
    const held = (await end.held()) * end.unit + (await home.heldFrom(eid));
    const burned = outstanding - onRemote - held - inFlight;
    rows.push({ name, outstanding, supply: onRemote, inFlight, held, burned });
    Object.assign(report.remote, { [name]: onRemote });
    Object.assign(report.inFlight, { [name]: inFlight });
    Object.assign(report.held, { [name]: held });
    Object.assign(report.burned, { [name]: burned });
  }
  const homeBurned = cap - supply;
  checkSupply({ homeSupply: supply, homeBurned, locked, adapterBalance, remotes: rows });
  const asKnown = rows.every(({ name, burned }) => burned === (burnedDirectly[name] ?? 0n));
  report.holds = asKnown && homeBurned === (burnedDirectly[home.chain.name] ?? 0n);
  return report;
}

/** The amount in an OFT message (32 bytes of recipient, then 8 of shared units), in 1e-18 STUN. */
function sharedAmount(message: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(message.slice(32, 40)).toString("hex")}`) * 10n ** 12n;
}
