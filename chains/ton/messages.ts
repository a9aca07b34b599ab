// Message bodies of the token's contracts; ton/contracts/token/messages.tolk is the other side of each.
import { type Address, type Builder, type Cell, beginCell } from "@ton/core";

export const OP = {
  transfer: 0x0f8a7ea5,
  internalTransfer: 0x178d4519,
  transferNotification: 0x7362d09c,
  excesses: 0xd53276db,
  burn: 0x595f07bc,
  burnNotification: 0x7bdd97de,
  provideWalletAddress: 0x2c76b973,
  takeWalletAddress: 0xd1735400,
  mint: 0x53540001,
  mintFailed: 0x53540002,
  sendBurned: 0x53540003,
  reportBurned: 0x53540004,
  burnedReport: 0x53540005,
  sendParams: 0x53540010,
  abortSend: 0x53540011,
  book: 0x53540020,
  release: 0x53540021,
  releaseRequest: 0x53540022,
  voidEntry: 0x53540023,
  voided: 0x53540024,
  bookOrphan: 0x53540025,
  deploy: 0x53540030,
  proposeAdmin: 0x53540031,
  acceptAdmin: 0x53540032,
  setGuardian: 0x53540033,
  setRoute: 0x53540034,
  probeRoute: 0x53540035,
  setLimit: 0x53540036,
  setCap: 0x53540037,
  voidHeld: 0x53540038,
  setLzConfig: 0x53540039,
  unlockPacket: 0x5354003a,
  pause: 0x5354003b,
  unpause: 0x5354003c,
  assignHeld: 0x5354003d,
} as const;

/** External messages of the contracts; the opcode is the topic too. */
export const EVENT = {
  sent: 0x53540101,
  sendRefused: 0x53540102,
  sendReturned: 0x53540103,
  received: 0x53540104,
  held: 0x53540105,
  released: 0x53540106,
  voided: 0x53540107,
  sendStarted: 0x53540108,
  routeOpened: 0x53540109,
  burned: 0x5354010a,
  admin: 0x5354010b,
  assigned: 0x5354010c,
} as const;

/** To whom SetLzConfig forwards. */
export const LZ_TARGET = { controller: 0, ulnManager: 1, channel: 2 } as const;

export interface SendParams {
  readonly dstEid: number;
  /** The recipient on the destination, as 32 bytes. */
  readonly to: bigint;
  /** Least amount that may leave, base units; what is below the shared decimals stays. */
  readonly minAmount: bigint;
  /** Highest LayerZero fee, nanotons. */
  readonly nativeFee: bigint;
}

const head = (op: number, queryId: bigint): Builder => beginCell().storeUint(op, 32).storeUint(queryId, 64);

export const sendParams = (params: SendParams): Cell =>
  beginCell()
    .storeUint(OP.sendParams, 32)
    .storeUint(params.dstEid, 32)
    .storeUint(params.to, 256)
    .storeCoins(params.minAmount)
    .storeCoins(params.nativeFee)
    .endCell();

export interface Transfer {
  readonly amount: bigint;
  readonly to: Address;
  readonly excessesTo: Address | null;
  readonly forwardTon?: bigint;
  readonly forwardPayload?: Cell;
  readonly customPayload?: Cell;
}

export const messages = {
  transfer: (transfer: Transfer, queryId = 0n): Cell =>
    head(OP.transfer, queryId)
      .storeCoins(transfer.amount)
      .storeAddress(transfer.to)
      .storeAddress(transfer.excessesTo)
      .storeMaybeRef(transfer.customPayload ?? null)
      .storeCoins(transfer.forwardTon ?? 0n)
      .storeMaybeRef(transfer.forwardPayload ?? null)
      .endCell(),
  burn: (amount: bigint, excessesTo: Address | null, payload: Cell | null = null, queryId = 0n): Cell =>
    head(OP.burn, queryId).storeCoins(amount).storeAddress(excessesTo).storeMaybeRef(payload).endCell(),
  provideWalletAddress: (owner: Address | null, includeOwner: boolean, queryId = 0n): Cell =>
    head(OP.provideWalletAddress, queryId).storeAddress(owner).storeBit(includeOwner).endCell(),
  reportBurned: (excessesTo: Address | null, queryId = 0n): Cell =>
    head(OP.reportBurned, queryId).storeAddress(excessesTo).endCell(),
  abortSend: (sendId: bigint, lzSend: Cell, queryId = 0n): Cell =>
    head(OP.abortSend, queryId).storeUint(sendId, 64).storeRef(lzSend).endCell(),
  release: (key: bigint, amount: bigint, queryId = 0n): Cell =>
    head(OP.release, queryId).storeUint(key, 256).storeCoins(amount).endCell(),
  bookOrphan: (id: bigint, queryId = 0n): Cell => head(OP.bookOrphan, queryId).storeUint(id, 256).endCell(),
  deploy: (queryId = 0n): Cell => head(OP.deploy, queryId).endCell(),
  proposeAdmin: (next: Address | null, queryId = 0n): Cell =>
    head(OP.proposeAdmin, queryId).storeAddress(next).endCell(),
  acceptAdmin: (queryId = 0n): Cell => head(OP.acceptAdmin, queryId).endCell(),
  setGuardian: (guardian: Address | null, queryId = 0n): Cell =>
    head(OP.setGuardian, queryId).storeAddress(guardian).endCell(),
  setRoute: (peer: bigint, channel: bigint, lzReceiveGas: bigint, queryId = 0n): Cell =>
    head(OP.setRoute, queryId).storeUint(peer, 256).storeUint(channel, 256).storeUint(lzReceiveGas, 64).endCell(),
  probeRoute: (queryId = 0n): Cell => head(OP.probeRoute, queryId).endCell(),
  setLimit: (direction: "out" | "in", limit: bigint, window: number, queryId = 0n): Cell =>
    head(OP.setLimit, queryId)
      .storeUint(direction === "out" ? 0 : 1, 8)
      .storeUint(limit, 64)
      .storeUint(window, 32)
      .endCell(),
  setCap: (cap: bigint, queryId = 0n): Cell => head(OP.setCap, queryId).storeUint(cap, 64).endCell(),
  voidHeld: (recipient: bigint, key: bigint, queryId = 0n): Cell =>
    head(OP.voidHeld, queryId).storeUint(recipient, 256).storeUint(key, 256).endCell(),
  assignHeld: (recipient: bigint, key: bigint, assignTo: bigint, queryId = 0n): Cell =>
    head(OP.assignHeld, queryId).storeUint(recipient, 256).storeUint(key, 256).storeUint(assignTo, 256).endCell(),
  setLzConfig: (target: keyof typeof LZ_TARGET, op: number | bigint, md: Cell, queryId = 0n): Cell =>
    head(OP.setLzConfig, queryId).storeUint(LZ_TARGET[target], 8).storeUint(op, 32).storeRef(md).endCell(),
  unlockPacket: (nonce: bigint, queryId = 0n): Cell => head(OP.unlockPacket, queryId).storeUint(nonce, 64).endCell(),
  pause: (seconds: number, queryId = 0n): Cell => head(OP.pause, queryId).storeUint(seconds, 32).endCell(),
  unpause: (queryId = 0n): Cell => head(OP.unpause, queryId).endCell(),
} as const;
