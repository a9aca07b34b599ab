// LayerZero V2 on TON from its own compiled contracts: quotes, packets, and what its DVNs and its executor do.
import { type Address, type Cell, Dictionary, beginCell, toNano } from "@ton/core";
import { type SigningKey } from "ethers";
import { StunError } from "../chains/errors";
import { addressOf, bytesToCell, cellToBytes, hashOf } from "../chains/ton/address";
import {
  NULL,
  artifact,
  bigField,
  build,
  buildPath,
  cellField,
  decode,
  opcode,
  verifierKey,
  type Decoded,
} from "./ton-classlib";
import { OWNER, PRICE_FEED, TonLayerZeroCore, publicKey } from "./ton-layerzero-core";
import { NO_SEND_CONFIG, deployMessages, lzEvents, type TonPath } from "./ton-layerzero-paths";
import type { TonSandbox, Trace } from "./ton-sandbox";
import type { Packet } from "./types";

export const TON_EID = 30_343;

export class TonLayerZero extends TonLayerZeroCore {
  /** Deploys LayerZero with paths to the given chains. */
  static async deploy(sandbox: TonSandbox, destinations: readonly number[], eid = TON_EID): Promise<TonLayerZero> {
    const names = [
      "Controller",
      "Endpoint",
      "Channel",
      "UlnManager",
      "Uln",
      "UlnConnection",
      "Dvn",
      "Executor",
      "Proxy",
      "PriceFeedCache",
      "PriceFeedFeeLibDefault",
      "ExecutorFeeLib",
      "DvnFeeLib",
    ];
    const codes = Object.fromEntries(names.map((name) => [name, artifact(name)]));
    const stack = new TonLayerZero(sandbox, await sandbox.addressOf(OWNER), codes, eid);
    await stack.deployCore();
    for (const destination of destinations) await stack.addDestination(destination);
    return stack;
  }

  /** The contracts of the path between an application here and its peer. */
  pathOf(app: Address, dstEid: number, peer: bigint): TonPath {
    return this.derive.path(hashOf(app), dstEid, peer);
  }

  /** Deploy messages of a path; they must come from the application. */
  deployMessages(dstEid: number, peer: bigint): ReturnType<typeof deployMessages> {
    return deployMessages(dstEid, peer);
  }

  /** Configuration of a path with explicit libraries and workers; like the deploy messages, from the application. */
  configMessages(path: Cell): { target: "controller" | "ulnManager"; op: bigint; md: Cell }[] {
    const of = (md: Cell): Cell => build("md::MdObj", { md, obj: path });
    return [
      { target: "ulnManager", op: opcode("MsglibManager_OP_SET_OAPP_MSGLIB_SEND_CONFIG"), md: of(this.sendConfig()) },
      {
        target: "ulnManager",
        op: opcode("MsglibManager_OP_SET_OAPP_MSGLIB_RECEIVE_CONFIG"),
        md: of(this.receiveConfig()),
      },
      {
        target: "controller",
        op: opcode("Controller_OP_SET_EP_CONFIG_OAPP"),
        md: of(this.endpointConfig(false)),
      },
    ];
  }

  /** LayerZero's fee of a send, nanotons: the Uln's own quote. */
  async quote(of: TonPath, dstEid: number, message: Cell, options: Cell): Promise<{ fee: bigint; error: bigint }> {
    const request = build("md::UlnSend", {
      lzSend: this.sendRequest(of, { message, options, fee: 0n }),
      customUlnSendConfig: NO_SEND_CONFIG,
      connectionInitialStorage: NULL,
      forwardingAddress: 0n,
    });
    const result = await this.sandbox.blockchain.runGetMethod(this.uln(dstEid), "ulnQuote", [
      { type: "cell", cell: request },
    ]);
    // a list of actions; the first is a call with the answer: [outflow, [name, to, opcode, md]]
    const actions = result.stack[0];
    const call = actions?.type === "tuple" ? actions.items[1] : undefined;
    const answer = call?.type === "tuple" ? call.items[3] : undefined;
    if (answer?.type !== "cell") throw new StunError("LayerZero's quote on TON has another form than expected.");
    const callback = decode("md::MsglibSendCallback", answer.cell);
    return { fee: bigField(callback, "nativeFee"), error: bigField(callback, "errorCode") };
  }

  /** A send request: as an application writes it, or with the fields that the Channel had filled in (to abort it). */
  sendRequest(
    of: TonPath,
    request: {
      message: Cell;
      options: Cell;
      fee: bigint;
      callbackData?: Cell;
      stored?: { id: bigint; dstEid: number };
    },
  ): Cell {
    const { stored } = request;
    return build("md::LzSend", {
      sendRequestId: stored?.id ?? 0n,
      sendMsglibManager: stored ? hashOf(this.ulnManager) : 0n,
      sendMsglib: stored ? hashOf(this.uln(stored.dstEid)) : 0n,
      sendMsglibConnection: stored ? hashOf(of.connection) : 0n,
      packet: build("lz::Packet", { path: of.path, message: request.message, nonce: 0n, guid: 0n }),
      nativeFee: request.fee,
      zroFee: 0n,
      extraOptions: NULL,
      enforcedOptions: request.options,
      callbackData: request.callbackData ?? NULL,
    });
  }

  /** Wire packets that a trace sent. */
  packetsOf(trace: Trace): Uint8Array[] {
    return lzEvents(trace)
      .filter((event) => event.topic === "Channel::event::PACKET_SENT")
      .map((event) => cellToBytes(cellField(decode("md::PacketSent", event.body), "packetEncoded")));
  }

  /** A packet that arrives here, as the object whose cell hash the DVNs attest to. */
  packetCell(packet: Packet): Cell {
    return build("lz::Packet", {
      path: this.receivePath(packet),
      message: bytesToCell(packet.message),
      nonce: packet.nonce,
      guid: BigInt(packet.guid),
    });
  }

  receivePath(packet: Packet): Cell {
    return buildPath({
      srcEid: packet.srcEid,
      srcOApp: BigInt(packet.sender),
      dstEid: packet.dstEid,
      dstOApp: BigInt(packet.receiver),
    });
  }

  /** One DVN attests to a packet. */
  async attest(
    index: number,
    packet: Packet,
    change: { confirmations?: bigint; hash?: bigint; key?: SigningKey; from?: string } = {},
  ): Promise<Trace> {
    const dvn = this.dvns[index];
    const key = change.key ?? this.dvnKeys[index];
    if (!dvn || !key) throw new StunError(`There is no DVN ${index} on the local TON.`);
    const { connection } = this.pathOf(addressOf(packet.receiver), packet.srcEid, BigInt(packet.sender));
    const attestation = build("lz::Attestation", {
      hash: change.hash ?? BigInt(`0x${this.packetCell(packet).hash().toString("hex")}`),
      confirmations: change.confirmations ?? 20n,
    });
    const request = build("md::ExecuteParams", {
      target: hashOf(dvn.contract),
      callData: build("md::MdAddress", {
        md: build("md::UlnVerification", { nonce: packet.nonce, attestation }),
        address: hashOf(connection),
      }),
      expiration: (await this.sandbox.now()) + 3_600n,
      opcode: opcode("Uln_OP_ULN_VERIFY"),
      forwardingAddress: hashOf(this.uln(packet.srcEid)),
    });
    const { r, s, v } = key.sign(`0x${request.hash().toString("hex")}`);
    const signatures = Dictionary.empty(Dictionary.Keys.BigUint(256), Dictionary.Values.Cell());
    const signature = beginCell().storeUint(BigInt(r), 256).storeUint(BigInt(s), 256).storeUint(v, 8).endCell();
    signatures.set(verifierKey(publicKey(key)), signature);
    const md = build("md::SignedRequest", {
      request,
      signatures: beginCell().storeDictDirect(signatures).endCell(),
    });
    return this.call(change.from ?? OWNER, dvn.contract, "0.5", "Dvn_OP_VERIFY", md);
  }

  /** The executor commits a packet that the DVNs have attested to; true when the Channel took it. */
  async commit(packet: Packet): Promise<boolean> {
    const { connection } = this.pathOf(addressOf(packet.receiver), packet.srcEid, BigInt(packet.sender));
    const md = build("md::MdAddress", { md: this.packetCell(packet), address: hashOf(connection) });
    const params = this.executeParams(this.uln(packet.srcEid), "Uln_OP_ULN_COMMIT_PACKET", md);
    const trace = await this.call(OWNER, this.executor.contract, "1", "Executor_OP_COMMIT_PACKET", params);
    return lzEvents(trace).some((event) => event.topic === "Channel::event::PACKET_COMMITTED");
  }

  /** The executor delivers a committed packet, giving the application `nanotons`. */
  async deliver(packet: Packet, nanotons: bigint): Promise<Trace> {
    const { channel } = this.pathOf(addressOf(packet.receiver), packet.srcEid, BigInt(packet.sender));
    const md = build("md::LzReceivePrepare", { nonce: packet.nonce, nanotons });
    const params = this.executeParams(channel, "Channel_OP_LZ_RECEIVE_PREPARE", md);
    const value = nanotons + toNano("0.2");
    return this.send(OWNER, this.executor.contract, value, "Executor_OP_LZ_RECEIVE_PREPARE", params);
  }

  /** 0 not committed, 1 a lower nonce is missing, 2 executable, 3 executed, 4 executing. */
  async executionStatus(channel: Address, nonce: bigint): Promise<number> {
    const stack = await this.sandbox.get(channel, "_viewExecutionStatus", [{ type: "int", value: nonce }]);
    return stack.readNumber();
  }

  /** The state of a Channel, decoded. */
  async channelState(channel: Address): Promise<Decoded> {
    const { data } = await this.sandbox.account(channel);
    if (!data) throw new StunError(`There is no Channel at ${channel.toString()}.`);
    return decode("Channel", data);
  }

  /** Multiplies what the price feed says of the destination's gas price by `factor` / 100. */
  async setGasPrice(dstEid: number, index: number, factor: bigint): Promise<void> {
    const feed = this.feeds[index];
    if (!feed) throw new StunError(`There is no price feed ${index} on the local TON.`);
    const gasPriceInRemoteUnit = (PRICE_FEED.gasPriceInRemoteUnit * factor) / 100n;
    const md = build("md::MdAddress", {
      md: this.feedStorage(gasPriceInRemoteUnit),
      address: hashOf(this.uln(dstEid)),
    });
    await this.call(OWNER, feed.contract, "1", "PriceFeedCache_OP_UPDATE_PRICE", md);
  }
}
