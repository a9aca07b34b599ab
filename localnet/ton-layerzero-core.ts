// The set-up of LayerZero V2 on TON, as the main network has it: Controller, Endpoint, the ULN with two DVNs, the executor and a
// price feed.
import { type Address, type Cell, type StateInit, contractAddress, toNano } from "@ton/core";
import { SigningKey } from "ethers";
import { StunError } from "../chains/errors";
import { hashOf } from "../chains/ton/address";
import {
  EMPTY,
  NULL,
  baseStorage,
  build,
  emptyMap,
  opcode,
  opcodeName,
  verifierSet,
  workerStorage,
} from "./ton-classlib";
import { localKey } from "./keys";
import { deriveAddresses, lzBody, lzEvents } from "./ton-layerzero-paths";
import type { TonSandbox, Trace } from "./ton-sandbox";

export const OWNER = "layerzero";
const CONFIRMATIONS = 15n;
const TREASURY_BPS = 1_000;

// 1e20 = one remote base unit costs one nanoton: ETH 3,000 USD, TON 3 USD
export const PRICE_FEED = {
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

/** The contracts, deployed and configured; `TonLayerZero` is what is done with them. */
export class TonLayerZeroCore {
  private nextWorker = 1n;
  private readonly controllerInit: StateInit;
  private readonly managerInit: StateInit;
  readonly controller: Address;
  readonly ulnManager: Address;
  protected readonly derive: ReturnType<typeof deriveAddresses>;
  private readonly destinations = new Set<number>();
  protected readonly dvns: Worker[] = [];
  protected readonly dvnKeys = ["dvn1", "dvn2"].map((name) => new SigningKey(localKey(name)));
  protected executor!: Worker;
  protected readonly feeds: Worker[] = [];

  protected constructor(
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

  protected code(name: string): Cell {
    const code = this.codes[name];
    if (!code) throw new StunError(`LayerZero's contract ${name} is not loaded.`);
    return code;
  }

  protected async call(
    from: string,
    to: Address,
    value: string,
    op: string,
    md: Cell,
    init?: StateInit,
  ): Promise<Trace> {
    return this.send(from, to, toNano(value), op, md, init);
  }

  protected async send(
    from: string,
    to: Address,
    value: bigint,
    op: string,
    md: Cell,
    init?: StateInit,
    donation = 0n,
  ) {
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

  protected async deployCore(): Promise<void> {
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
  protected async addDestination(dstEid: number): Promise<void> {
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

  protected sendConfig(): Cell {
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

  protected receiveConfig(): Cell {
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

  protected endpointConfig(useDefaults: boolean): Cell {
    return build("md::SetEpConfig", {
      useDefaults,
      sendMsglibManager: hashOf(this.ulnManager),
      receiveMsglibManager: hashOf(this.ulnManager),
      timeoutReceiveMsglibManager: 0n,
      timeoutReceiveMsglibExpiry: 0n,
    });
  }

  protected feedStorage(gasPriceInRemoteUnit: bigint): Cell {
    return build("PriceFeedFeelib", {
      ...PRICE_FEED,
      gasPriceInRemoteUnit,
      arbitrumExtension: NULL,
      optimismExtension: NULL,
    });
  }

  protected executeParams(target: Address, op: string, callData: Cell): Cell {
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
export function publicKey(key: SigningKey): Buffer {
  return Buffer.from(key.publicKey.slice(4), "hex");
}
