// What a path of LayerZero on TON is made of: its addresses, its first states, and the messages that deploy it.
import { type Address, type Cell, beginCell, contractAddress, toNano } from "@ton/core";
import { hashOf } from "../chains/ton/address";
import {
  EMPTY,
  NULL,
  asciiOf,
  baseStorage,
  bigField,
  build,
  buildPath,
  cellField,
  decode,
  emptyMap,
  emptyReceipts,
  endpointStorage,
  opcode,
} from "./ton-classlib";
import type { Trace } from "./ton-sandbox";

/** The contracts of one path: the application, its peer, and what LayerZero keeps for the two. */
export interface TonPath {
  readonly path: Cell;
  readonly channel: Address;
  readonly connection: Address;
}

/** Body of a LayerZero message. */
export function lzBody(op: bigint, md: Cell, origin: Address, donation = 0n): Cell {
  return beginCell()
    .storeUint(op, 32)
    .storeUint(1, 64)
    .storeCoins(donation)
    .storeAddress(origin)
    .storeRef(md)
    .endCell();
}

export const NO_SEND_CONFIG = build("UlnSendConfig", {
  workerQuoteGasLimit: 0,
  maxMessageBytes: 0,
  executorNull: true,
  executor: 0n,
  requiredDVNsNull: true,
  requiredDVNs: EMPTY,
  optionalDVNsNull: true,
  optionalDVNs: EMPTY,
  confirmationsNull: true,
  confirmations: 0n,
});
export const NO_RECEIVE_CONFIG = build("UlnReceiveConfig", {
  minCommitPacketGasNull: true,
  minCommitPacketGas: 0,
  confirmationsNull: true,
  confirmations: 0n,
  requiredDVNsNull: true,
  requiredDVNs: EMPTY,
  optionalDVNsNull: true,
  optionalDVNs: EMPTY,
  optionalDVNThreshold: 0,
});

/** LayerZero's events in a trace: topic and object. */
export function lzEvents(trace: Trace): { topic: string; from: Address; body: Cell }[] {
  const op = Number(opcode("BaseInterface_OP_EVENT"));
  return trace.steps
    .filter((step) => !step.bounced && step.op === op && step.body.refs.length > 0)
    .map((step) => {
      const event = decode("action::event", step.body.refs[0]!);
      return { topic: asciiOf(bigField(event, "topic")), from: step.from, body: cellField(event, "body") };
    });
}

/** Where LayerZero's contracts are: an address on TON is the hash of the first state. */
export function deriveAddresses(
  code: (name: string) => Cell,
  of: { controller: Address; ulnManager: Address; eid: number },
): {
  endpoint(dstEid: number): Address;
  uln(dstEid: number): Address;
  path(app: bigint, dstEid: number, peer: bigint): TonPath;
} {
  const endpoint = (dstEid: number): Address => {
    const path = { srcEid: of.eid, dstEid };
    const data = endpointStorage({ controllerAddress: hashOf(of.controller), path });
    return contractAddress(0, { code: code("Endpoint"), data });
  };
  const uln = (dstEid: number): Address => {
    const data = build("Uln", {
      baseStorage: baseStorage(hashOf(of.ulnManager)),
      eid: of.eid,
      dstEid,
      defaultUlnReceiveConfig: NO_RECEIVE_CONFIG,
      defaultUlnSendConfig: NO_SEND_CONFIG,
      connectionCode: EMPTY,
      workerFeelibInfos: emptyMap(),
      treasuryFeeBps: 0,
      remainingWorkerSlots: 0,
      remainingAdminWorkerSlots: 0,
    });
    return contractAddress(0, { code: code("Uln"), data });
  };
  const path = (app: bigint, dstEid: number, peer: bigint): TonPath => {
    const cell = buildPath({ srcEid: of.eid, srcOApp: app, dstEid, dstOApp: peer });
    const zeros = {
      sendMsglibManager: 0n,
      sendMsglib: 0n,
      sendMsglibConnection: 0n,
      receiveMsglib: 0n,
      receiveMsglibConnection: 0n,
      timeoutReceiveMsglib: 0n,
      timeoutReceiveMsglibConnection: 0n,
      timeoutReceiveMsglibExpiry: 0n,
    };
    const channel = build("Channel", {
      baseStorage: baseStorage(hashOf(of.controller)),
      path: cell,
      endpointAddress: hashOf(endpoint(dstEid)),
      epConfigOApp: build("lz::EpConfig::NewWithConnection", { isNull: true, ...zeros }),
      outboundNonce: 0n,
      sendRequestQueue: NULL,
      lastSendRequestId: 0n,
      commitPOOO: emptyReceipts(),
      executePOOO: emptyReceipts(),
      executionQueue: NULL,
      zroBalance: 0n,
    });
    const connection = build("UlnConnection", {
      baseStorage: baseStorage(hashOf(of.ulnManager)),
      path: cell,
      endpointAddress: 0n,
      channelAddress: 0n,
      firstUnexecutedNonce: 1n,
      ulnAddress: hashOf(uln(dstEid)),
      UlnSendConfigOApp: NO_SEND_CONFIG,
      UlnReceiveConfigOApp: NO_RECEIVE_CONFIG,
      hashLookups: emptyMap(),
      commitPOOO: EMPTY,
    });
    return {
      path: cell,
      channel: contractAddress(0, { code: code("Channel"), data: channel }),
      connection: contractAddress(0, { code: code("UlnConnection"), data: connection }),
    };
  };
  return { endpoint, uln, path };
}

/** What an application sends, by name: the deployment of its path's Channel and UlnConnection. */
export function deployMessages(
  dstEid: number,
  peer: bigint,
): Record<"channel" | "connection", { op: bigint; md: Cell }> {
  const common = { initialDeposit: toNano("1"), dstEid, dstOApp: peer };
  return {
    channel: { op: opcode("Controller_OP_DEPLOY_CHANNEL"), md: build("md::Deploy", { ...common, extraInfo: NULL }) },
    connection: {
      op: opcode("MsglibManager_OP_DEPLOY_CONNECTION"),
      md: build("md::Deploy", {
        ...common,
        extraInfo: build("md::InitUlnConnection", {
          ulnSendConfigOApp: NO_SEND_CONFIG,
          ulnReceiveConfigOApp: NO_RECEIVE_CONFIG,
          endpointAddress: 0n,
          channelAddress: 0n,
        }),
      }),
    },
  };
}
