// The TON chain of a local network: the sandbox with LayerZero's real contracts.
import { type Address } from "@ton/core";
import { readExecutorOptions } from "./evm-layerzero";
import { decodePacket } from "./packet";
import { TonLayerZero, TON_EID } from "./ton-layerzero";
import { lzEvents } from "./ton-layerzero-paths";
import { TonSandbox, type Trace } from "./ton-sandbox";
import type { Execution, LayerZeroChain, Packet } from "./types";
import { StunError } from "../chains/errors";
import { addressOf } from "../chains/ton/address";

const START = 1_800_000_200n;
/** Nanotons that the executor gives a delivery whose sender named no options. */
const DEFAULT_NANOTONS = 300_000_000n;

export class TonChain implements LayerZeroChain {
  readonly name = "ton";
  readonly eid = TON_EID;
  private outbox: Packet[] = [];

  private constructor(
    readonly sandbox: TonSandbox,
    readonly layerZero: TonLayerZero,
  ) {
    sandbox.watch((trace) => {
      this.outbox.push(...layerZero.packetsOf(trace).map((bytes) => decodePacket(bytes)));
    });
  }

  /** Starts the chain with paths to the given endpoints; the home chain alone by default. */
  static async start(destinations: readonly number[] = [30_101]): Promise<TonChain> {
    const sandbox = await TonSandbox.start(START);
    return new TonChain(sandbox, await TonLayerZero.deploy(sandbox, destinations));
  }

  now(): Promise<bigint> {
    return this.sandbox.now();
  }

  advance(seconds: bigint): Promise<void> {
    return this.sandbox.advance(seconds);
  }

  async takePackets(): Promise<Packet[]> {
    const packets = this.outbox;
    this.outbox = [];
    return packets;
  }

  async verify(packet: Packet): Promise<void> {
    await this.layerZero.attest(0, packet);
    await this.layerZero.attest(1, packet);
    if (!(await this.layerZero.commit(packet))) {
      throw new StunError(`ton refused packet ${packet.nonce} of ${packet.srcEid}: it was not committed.`);
    }
  }

  /**
   * The executor delivers a verified packet. The gas of its sender's option is what the delivery gets in nanotons;
   * `nanotons` takes its place (a later try with more).
   */
  async execute(packet: Packet, nanotons?: bigint): Promise<Execution> {
    const asked = packet.options ? readExecutorOptions(packet.options, "receive").gas : 0n;
    const trace = await this.layerZero.deliver(packet, nanotons ?? (asked > 0n ? asked : DEFAULT_NANOTONS));
    return this.outcome(packet, trace);
  }

  private outcome(packet: Packet, trace: Trace): Execution {
    const topics = lzEvents(trace).map((event) => event.topic);
    if (topics.includes("Channel::event::DELIVERED")) return { delivered: true };
    const app: Address = addressOf(packet.receiver);
    const failed = trace.steps.find(
      (step) => !step.bounced && step.exit !== null && step.exit !== 0 && step.op !== 0xe33b9873,
    );
    if (failed) {
      const where = failed.to.equals(app) ? "the application" : `LayerZero's contract ${failed.to.toString()}`;
      return { delivered: false, reason: `${where} ended with exit code ${failed.exit}` };
    }
    if (topics.includes("Channel::event::LZ_RECEIVE_ALERT")) {
      return { delivered: false, reason: "the application answered that it could not take the packet" };
    }
    return { delivered: false, reason: "the packet was not delivered" };
  }
}
