/** A LayerZero packet as its source chain emitted it. */
export interface Packet {
  readonly srcEid: number;
  readonly dstEid: number;
  readonly nonce: bigint;
  /** 32 bytes, 0x-prefixed. */
  readonly sender: string;
  /** 32 bytes, 0x-prefixed. */
  readonly receiver: string;
  /** 32 bytes, 0x-prefixed. */
  readonly guid: string;
  readonly message: Uint8Array;
  /** What the sender asked of the executor (LayerZero options, type 3), when the source chain tells. */
  readonly options?: Uint8Array;
  /** The wire packet, version 1: header (81 bytes), guid, message. */
  readonly bytes: Uint8Array;
}

/** What became of one execution: a failing delivery leaves the packet executable, and is not an exception. */
export type Execution = { delivered: true } | { delivered: false; reason: string };

/** One embedded chain with LayerZero's endpoint, as a relayer sees it. */
export interface LayerZeroChain {
  readonly name: string;
  readonly eid: number;
  /** The chain's own clock, unix seconds. */
  now(): Promise<bigint>;
  /** Moves the chain's clock forward. */
  advance(seconds: bigint): Promise<void>;
  /** Packets emitted since the last call, oldest first. */
  takePackets(): Promise<Packet[]>;
  /** Both DVNs attest to the packet and it is committed; throws when the chain refuses it. */
  verify(packet: Packet): Promise<void>;
  /** The executor delivers a verified packet. */
  execute(packet: Packet): Promise<Execution>;
}
