// LayerZero V2 on TON from its own compiled contracts: Controller, Endpoint, the ULN with two DVNs, the executor and a
// price feed, set up as the main network has them.
import { type Address, type Cell, Dictionary, type StateInit, beginCell, contractAddress, toNano } from "@ton/core";
import { SigningKey } from "ethers";
import { StunError } from "../chains/errors";
import { addressOf, bytesToCell, cellToBytes, hashOf } from "../chains/ton/address";
import {
  EMPTY,
  NULL,
  artifact,
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
  opcodeName,
  verifierKey,
  verifierSet,
  workerStorage,
  type Decoded,
} from "./ton-classlib";
import { localKey } from "./keys";
import type { TonSandbox, Trace } from "./ton-sandbox";
import type { Packet } from "./types";

const OWNER = "layerzero";
export const TON_EID = 30_343;
const CONFIRMATIONS = 15n;
const TREASURY_BPS = 1_000;

// 1e20 = one remote base unit costs one nanoton: ETH 3,000 USD, TON 3 USD
const PRICE_FEED = {
  priceRatio: 10n ** 14n,
  gasPriceInRemoteUnit: 2_000_000_000n,
  gasPerByte: 16n,
  nativePriceUsd: 3n * 10n ** 20n,
};
const EXECUTOR_FEES = {
  lzReceiveBaseGas: 60_000n,
  multiplierBps: 12_000,
  floorMarginUSD: 10n ** 18n,
  nativeCap: 10n ** 17n,
  lzComposeBaseGas: 50_000n,
};
const DVN_FEES = { quorum: 1n, remoteGas: 50_000n, multiplierBps: 12_000, floorMarginUSD: 10n ** 18n };

interface Worker {
  readonly contract: Address;
  /** The worker's identity: it is in configurations and is paid. */
  readonly proxy: Address;
}

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

export class TonLayerZero {
  private nextWorker = 1n;
  private readonly controllerInit: StateInit;
  private readonly managerInit: StateInit;
  readonly controller: Address;
  readonly ulnManager: Address;
  private readonly derive: ReturnType<typeof deriveAddresses>;
  private readonly destinations = new Set<number>();
  private readonly dvns: Worker[] = [];
  private readonly dvnKeys = ["dvn1", "dvn2"].map((name) => new SigningKey(localKey(name)));
  private executor!: Worker;
  private readonly feeds: Worker[] = [];

  private constructor(
    readonly sandbox: TonSandbox,
    private readonly owner: Address,
    private readonly codes: Readonly<Record<string, Cell>>,
    readonly eid: number,
  ) {
    this.controllerInit = {
      code: this.code("Controller"),
      data: build("Controller", {
        baseStorage: baseStorage(hashOf(owner)),
        eid,
        endpointCode: this.code("Endpoint"),
        channelCode: this.code("Channel"),
        zroWallet: 0n,
        tentativeOwner: 0n,
      }),
    };
    this.controller = contractAddress(0, this.controllerInit);
    this.managerInit = {
      code: this.code("UlnManager"),
      data: build("UlnManager", {
        baseStorage: baseStorage(hashOf(owner)),
        ulnCode: this.code("Uln"),
        ulnConnectionCode: this.code("UlnConnection"),
        controllerAddress: hashOf(this.controller),
        eid,
        endpointCode: EMPTY,
        channelCode: EMPTY,
        workerFeelibBytecodes: emptyMap(),
        adminWorkers: EMPTY,
        tentativeOwner: 0n,
      }),
    };
    this.ulnManager = contractAddress(0, this.managerInit);
    const code = (name: string): Cell => this.code(name);
    this.derive = deriveAddresses(code, { controller: this.controller, ulnManager: this.ulnManager, eid });
  }

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

  endpoint(dstEid: number): Address {
    return this.derive.endpoint(dstEid);
  }

  uln(dstEid: number): Address {
    if (!this.destinations.has(dstEid)) {
      throw new StunError(`LayerZero on the local TON has no path to endpoint ${dstEid}.`);
    }
    return this.derive.uln(dstEid);
  }

  /** Proxies of the two DVNs and of the executor, as configurations name them. */
  get workers(): { dvns: Address[]; executor: Address } {
    return { dvns: this.dvns.map((dvn) => dvn.proxy), executor: this.executor.proxy };
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

  private code(name: string): Cell {
    const code = this.codes[name];
    if (!code) throw new StunError(`LayerZero's contract ${name} is not loaded.`);
    return code;
  }

  private async call(from: string, to: Address, value: string, op: string, md: Cell, init?: StateInit): Promise<Trace> {
    return this.send(from, to, toNano(value), op, md, init);
  }

  private async send(from: string, to: Address, value: bigint, op: string, md: Cell, init?: StateInit, donation = 0n) {
    const origin = await this.sandbox.addressOf(from);
    const body = lzBody(opcode(op), md, origin, donation);
    return this.sandbox.send(from, { to, value, body, ...(init ? { init } : {}) });
  }

  /** A set-up step: every transaction must succeed; events are sent to accounts that do not take them. */
  private async setup(
    to: Address,
    value: string,
    op: string,
    md: Cell,
    init?: StateInit,
    donation = 0n,
  ): Promise<Trace> {
    const trace = await this.send(OWNER, to, toNano(value), op, md, init, donation);
    const event = Number(opcode("BaseInterface_OP_EVENT"));
    for (const step of trace.steps) {
      const fine = step.op === event || step.exit === null || ((step.exit === 0 || step.exit === 262) && !step.action);
      if (!fine) {
        throw new StunError(
          `Setting up LayerZero on TON: ${op} ended with exit ${step.exit}, action ${step.action} at ${opcodeName(step.op ?? 0)}.`,
        );
      }
    }
    return trace;
  }

  private async deployCore(): Promise<void> {
    const donation = toNano("5");
    await this.setup(this.controller, "10", "BaseInterface_OP_INITIALIZE", NULL, this.controllerInit, donation);
    const init = build("md::InitUlnManager", {
      endpointCode: this.code("Endpoint"),
      channelCode: this.code("Channel"),
    });
    await this.setup(this.ulnManager, "10", "BaseInterface_OP_INITIALIZE", init, this.managerInit, donation);
    for (const key of this.dvnKeys) {
      this.dvns.push(
        await this.deployWorker("Dvn", {
          quorum: 1n,
          verifiers: verifierSet([publicKey(key)]),
          setQuorumNonce: 1n,
          setVerifiersNonce: 1n,
          setAdminsByQuorumNonce: 1n,
        }),
      );
    }
    this.executor = await this.deployWorker("Executor", { nativeDropTotalCap: toNano("10") });
    for (const library of ["PriceFeedFeeLibDefault", "ExecutorFeeLib", "DvnFeeLib"]) {
      const md = build("md::UlnWorkerFeelibBytecode", { bytecode: this.code(library) });
      await this.setup(this.ulnManager, "2", "UlnManager_OP_REGISTER_WORKER_FEELIB_BYTECODE", md);
    }
  }

  /** One more chain to send to and receive from: an Endpoint, a Uln and a price feed, and the workers' part in them. */
  private async addDestination(dstEid: number): Promise<void> {
    const deploy = (extraInfo: Cell, deposit: string): Cell =>
      build("md::Deploy", { initialDeposit: toNano(deposit), dstEid, dstOApp: 0n, extraInfo });
    await this.setup(this.controller, "10", "Controller_OP_DEPLOY_ENDPOINT", deploy(NULL, "2"));
    const init = build("md::InitUln", { connectionCode: EMPTY, treasuryFeeBps: TREASURY_BPS });
    await this.setup(this.ulnManager, "10", "UlnManager_OP_DEPLOY_ULN", deploy(init, "5"));
    this.destinations.add(dstEid);
    if ((await this.sandbox.account(this.uln(dstEid))).state !== "active") {
      throw new StunError(`LayerZero's UlnManager did not deploy the Uln of endpoint ${dstEid} where it belongs.`);
    }

    const storage = this.feedStorage(PRICE_FEED.gasPriceInRemoteUnit);
    const feed = await this.deployWorker("PriceFeedCache", { priceFeedFeeLibStorage: storage, dstEid });
    this.feeds.push(feed);
    const admins = [...this.dvns, this.executor, ...this.feeds].map((worker) => hashOf(worker.proxy));
    const admission = build("md::SetAdminWorkerAddresses", { adminWorkers: admins });
    await this.setup(this.ulnManager, "2", "UlnManager_OP_SET_ADMIN_WORKERS", admission);
    await this.addWorker(dstEid, feed, "PriceFeedFeeLibDefault", storage, 0n);
    const friend = hashOf(feed.proxy);
    await this.addWorker(dstEid, this.executor, "ExecutorFeeLib", build("ExecutorFeelib", EXECUTOR_FEES), friend);
    for (const dvn of this.dvns) await this.addWorker(dstEid, dvn, "DvnFeeLib", build("DvnFeelib", DVN_FEES), friend);

    const ofEid = (md: Cell): Cell => build("md::MdEid", { md, eid: dstEid });
    await this.setup(this.ulnManager, "3", "UlnManager_OP_SET_DEFAULT_ULN_SEND_CONFIG", ofEid(this.sendConfig()));
    await this.setup(this.ulnManager, "3", "UlnManager_OP_SET_DEFAULT_ULN_RECEIVE_CONFIG", ofEid(this.receiveConfig()));
    const library = build("md::AddMsglib", { msglibManagerAddress: hashOf(this.ulnManager), dstEid });
    await this.setup(this.controller, "10", "Controller_OP_ADD_MSGLIB", library);
    await this.setup(this.controller, "10", "Controller_OP_SET_EP_CONFIG_DEFAULTS", ofEid(this.endpointConfig(true)));
  }

  private sendConfig(): Cell {
    return build("UlnSendConfig", {
      workerQuoteGasLimit: 200_000,
      maxMessageBytes: 10_000,
      executorNull: false,
      executor: hashOf(this.executor.proxy),
      requiredDVNsNull: false,
      requiredDVNs: this.dvns.map((dvn) => hashOf(dvn.proxy)),
      optionalDVNsNull: false,
      optionalDVNs: EMPTY,
      confirmationsNull: false,
      confirmations: CONFIRMATIONS,
    });
  }

  private receiveConfig(): Cell {
    return build("UlnReceiveConfig", {
      minCommitPacketGasNull: false,
      minCommitPacketGas: 200_000,
      confirmationsNull: false,
      confirmations: CONFIRMATIONS,
      requiredDVNsNull: false,
      requiredDVNs: this.dvns.map((dvn) => hashOf(dvn.proxy)),
      optionalDVNsNull: false,
      optionalDVNs: EMPTY,
      optionalDVNThreshold: 0,
    });
  }

  private endpointConfig(useDefaults: boolean): Cell {
    return build("md::SetEpConfig", {
      useDefaults,
      sendMsglibManager: hashOf(this.ulnManager),
      receiveMsglibManager: hashOf(this.ulnManager),
      timeoutReceiveMsglibManager: 0n,
      timeoutReceiveMsglibExpiry: 0n,
    });
  }

  private feedStorage(gasPriceInRemoteUnit: bigint): Cell {
    return build("PriceFeedFeelib", {
      ...PRICE_FEED,
      gasPriceInRemoteUnit,
      arbitrumExtension: NULL,
      optimismExtension: NULL,
    });
  }

  private executeParams(target: Address, op: string, callData: Cell): Cell {
    return build("md::ExecuteParams", {
      target: hashOf(target),
      callData,
      expiration: 0n,
      opcode: opcode(op),
      forwardingAddress: 0n,
    });
  }

  /** A worker and its proxy, which is what others know of it. */
  private async deployWorker(name: string, fields: Parameters<typeof build>[1]): Promise<Worker> {
    const version = this.nextWorker++;
    const storage = workerStorage([hashOf(this.owner)], 0n, version);
    const init = { code: this.code(name), data: build(name, { workerCoreStorage: storage, ...fields }) };
    const contract = contractAddress(0, init);
    await this.sandbox.send(OWNER, { to: contract, value: toNano("3"), init, bounce: false });
    const proxyStorage = workerStorage([hashOf(contract)], 0n, 1n);
    const proxyInit = {
      code: this.code("Proxy"),
      data: build("Proxy", { workerCoreStorage: proxyStorage, callbackEnabled: false }),
    };
    const proxy = contractAddress(0, proxyInit);
    await this.sandbox.send(OWNER, { to: proxy, value: toNano("2"), init: proxyInit, bounce: false });
    await this.setup(contract, "1", "Worker_OP_SET_PROXY", build("md::SetAddress", { address: hashOf(proxy) }));
    return { contract, proxy };
  }

  private async addWorker(
    dstEid: number,
    worker: Worker,
    library: string,
    storage: Cell,
    friend: bigint,
  ): Promise<void> {
    const info = build("UlnWorkerFeelibInfo", {
      workerAddress: 0n,
      workerFeelibBytecode: this.code(library),
      workerFeelibStorage: storage,
      friendWorkerAddress: friend,
      dstEid,
      rentBalance: 0n,
      lastRentTimestamp: 0n,
      isAdmin: true,
    });
    const params = this.executeParams(this.ulnManager, "UlnManager_OP_ADD_ULN_WORKER", info);
    const trace = await this.setup(worker.contract, "3", "Worker_OP_CALL_VIA_PROXY", params);
    if (!lzEvents(trace).some((event) => event.topic === "Uln::event::ULN_WRKR_REGISTRD")) {
      throw new StunError(`LayerZero's Uln of endpoint ${dstEid} did not register the worker with ${library}.`);
    }
  }
}

/** A key's 64 bytes x | y, as a DVN on TON knows it. */
function publicKey(key: SigningKey): Buffer {
  return Buffer.from(key.publicKey.slice(4), "hex");
}
