// One user's view of the bridge, the same on every VM: what the demo and the cross-chain tests drive.
import { StunError } from "../chains/errors";
import type { Execution, LayerZeroChain, Packet } from "./types";

/** The token at one end of the bridge. Amounts are base units of its chain; users are names of local keys. */
export interface BridgeEnd {
  readonly chain: LayerZeroChain;
  /** What one base unit is worth in 1e-18 STUN: 1 with 18 decimals, 1e9 with 9. */
  readonly unit: bigint;
  /** The user as a LayerZero recipient, 32 bytes. */
  recipient(user: string): Promise<string>;
  balance(user: string): Promise<bigint>;
  /** Sends over the bridge with LayerZero's quoted fee; whoever wants to know what was sent asks `chain.takePackets`. */
  send(user: string, dstEid: number, recipient: string, amount: bigint): Promise<void>;
  /** A holder burns his own tokens, without the bridge. */
  burn(user: string, amount: bigint): Promise<void>;
  /** Supply of this chain's token. */
  supply(): Promise<bigint>;
  /** What arrived here and waits to be released. */
  held(): Promise<bigint>;
}

/** Carries packets between chains as LayerZero's workers do. */
export class Relayer {
  private readonly chains: ReadonlyMap<number, LayerZeroChain>;
  /** Sent and not yet delivered, by GUID. */
  readonly inFlight = new Map<string, Packet>();
  private readonly verified = new Set<string>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(chains: readonly LayerZeroChain[]) {
    this.chains = new Map(chains.map((chain) => [chain.eid, chain]));
  }

  /** Takes what the chains have sent since the last call. */
  async collect(): Promise<Packet[]> {
    const sent = (await Promise.all([...this.chains.values()].map((chain) => chain.takePackets()))).flat();
    for (const packet of sent) this.inFlight.set(packet.guid, packet);
    return sent;
  }

  /** Begins anew, for chains that were put back to an earlier state. */
  forget(): void {
    this.inFlight.clear();
    this.verified.clear();
  }

  /** The DVNs attest to a packet and it is committed; done once, however often it is asked for. */
  async verify(packet: Packet): Promise<void> {
    if (this.verified.has(packet.guid)) return;
    await this.chainOf(packet).verify(packet);
    this.verified.add(packet.guid);
  }

  private chainOf(packet: Packet): LayerZeroChain {
    const chain = this.chains.get(packet.dstEid);
    if (!chain)
      throw new StunError(`Packet ${packet.guid} is for endpoint ${packet.dstEid}, which is not running here.`);
    return chain;
  }

  /** Verifies a packet and executes it; a failing delivery stays in flight. */
  async deliver(packet: Packet): Promise<Execution> {
    const chain = this.chainOf(packet);
    await this.verify(packet);
    const execution = await chain.execute(packet);
    if (execution.delivered) this.inFlight.delete(packet.guid);
    return execution;
  }

  /** Delivers what is in flight and can be delivered now; what fails stays. Callers may overlap: each waits for its turn. */
  relay(): Promise<void> {
    const mine = this.turn.then(async () => {
      await this.collect();
      for (const packet of [...this.inFlight.values()]) await this.deliver(packet).catch(() => undefined);
    });
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  /** Delivers everything that is in flight, and what these deliveries send. @throws StunError when one fails. */
  async deliverAll(): Promise<number> {
    let delivered = 0;
    await this.collect();
    while (this.inFlight.size > 0) {
      for (const packet of [...this.inFlight.values()]) {
        const execution = await this.deliver(packet);
        if (!execution.delivered) {
          throw new StunError(
            `Packet ${packet.nonce} from ${packet.srcEid} to ${packet.dstEid} failed: ${execution.reason}.`,
          );
        }
        delivered++;
      }
      await this.collect();
    }
    return delivered;
  }
}
