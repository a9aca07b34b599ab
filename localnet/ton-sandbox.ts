// The TON sandbox of a local network: the prices of the main network, a clock of its own, and traces of what a message
// set off.
import { type Address, Cell, Dictionary, type TupleItem, type TupleReader, beginCell } from "@ton/core";
import { Blockchain, type BlockchainSnapshot, type BlockchainTransaction } from "@ton/sandbox";
import { StunError, messageOf } from "../chains/errors";
import type { TonAccount, TonMessage, TonSigner, TonTransport } from "../chains/ton/transport";

/** One transaction that an internal message caused. */
export interface Step {
  readonly from: Address;
  readonly to: Address;
  readonly op: number | null;
  readonly value: bigint;
  readonly body: Cell;
  readonly bounced: boolean;
  /** Exit code of the compute phase; null when the account had no code or the value bought no gas. */
  readonly exit: number | null;
  /** Result of the action phase; null when there was none. */
  readonly action: number | null;
  readonly gas: bigint;
  /** Everything that the network kept of this step, with the forward fees of what it sent. */
  readonly fees: bigint;
}

export interface LogEvent {
  readonly from: Address;
  readonly topic: bigint;
  readonly body: Cell;
}

/** What one message set off, to the end. */
export class Trace {
  readonly steps: Step[];
  readonly events: LogEvent[];

  constructor(readonly transactions: readonly BlockchainTransaction[]) {
    this.steps = transactions.flatMap((transaction) => stepOf(transaction));
    this.events = transactions.flatMap((transaction) => eventsOf(transaction));
  }

  /** Steps at an account, oldest first. */
  at(account: Address): Step[] {
    return this.steps.filter((step) => step.to.equals(account));
  }

  /** The step of one opcode, at an account when one is given. */
  find(op: number | bigint, account?: Address): Step | undefined {
    return this.steps.find(
      (step) => !step.bounced && step.op === Number(op) && (account === undefined || step.to.equals(account)),
    );
  }

  event(topic: number): LogEvent | undefined {
    return this.events.find((event) => event.topic === BigInt(topic));
  }

  get gas(): bigint {
    return this.steps.reduce((sum, step) => sum + step.gas, 0n);
  }

  get fees(): bigint {
    return this.steps.reduce((sum, step) => sum + step.fees, 0n);
  }
}

function stepOf(transaction: BlockchainTransaction): Step[] {
  const message = transaction.inMessage;
  if (message?.info.type !== "internal" || transaction.description.type !== "generic") return [];
  const { computePhase: compute, actionPhase: action } = transaction.description;
  const body = message.body.beginParse();
  const prefix = message.info.bounced ? 32 : 0;
  const op = body.remainingBits >= prefix + 32 ? body.skip(prefix).loadUint(32) : null;
  return [
    {
      from: message.info.src,
      to: message.info.dest,
      op,
      value: message.info.value.coins,
      body: message.body,
      bounced: message.info.bounced,
      exit: compute.type === "vm" ? compute.exitCode : null,
      action: action?.resultCode ?? null,
      gas: compute.type === "vm" ? compute.gasUsed : 0n,
      fees: transaction.totalFees.coins + (action?.totalFwdFees ?? 0n) - (action?.totalActionFees ?? 0n),
    },
  ];
}

function eventsOf(transaction: BlockchainTransaction): LogEvent[] {
  return [...transaction.outMessages.values()].flatMap((message) => {
    if (message.info.type !== "external-out" || !message.info.dest) return [];
    // 8 zero bits and 248 of topic
    return [{ from: message.info.src, topic: message.info.dest.value & ((1n << 248n) - 1n), body: message.body }];
  });
}

/**
 * The sandbox's default configuration is the main network's of 2024. Since then the price of gas and of forwarding has
 * fallen to a sixth; storage costs the same.
 */
export function mainNetworkPrices(config: Cell): Cell {
  const params = config.beginParse().loadDictDirect(Dictionary.Keys.Int(32), Dictionary.Values.Cell());
  const sixth = (price: bigint): bigint => (price + 5n) / 6n;
  const gas = params.get(21)?.beginParse();
  const forward = params.get(25)?.beginParse();
  if (!gas || !forward) throw new StunError("The sandbox's configuration has no prices (parameters 21 and 25).");
  const [tag, flatLimit, flatPrice, extendedTag, price] = [
    gas.loadUint(8),
    gas.loadUintBig(64),
    gas.loadUintBig(64),
    gas.loadUint(8),
    gas.loadUintBig(64),
  ];
  params.set(
    21,
    beginCell()
      .storeUint(tag, 8)
      .storeUint(flatLimit, 64)
      .storeUint(sixth(flatPrice), 64)
      .storeUint(extendedTag, 8)
      .storeUint(sixth(price), 64)
      .storeSlice(gas)
      .endCell(),
  );
  const forwardPrices = beginCell().storeUint(forward.loadUint(8), 8);
  for (let price = 0; price < 3; price++) forwardPrices.storeUint(sixth(forward.loadUintBig(64)), 64);
  params.set(25, forwardPrices.storeSlice(forward).endCell());
  return beginCell().storeDictDirect(params).endCell();
}

export class TonSandbox implements TonTransport {
  private readonly watchers: ((trace: Trace) => void)[] = [];

  private constructor(readonly blockchain: Blockchain) {}

  static async start(now: bigint): Promise<TonSandbox> {
    const plain = await Blockchain.create();
    const blockchain = await Blockchain.create({ config: mainNetworkPrices(plain.config) });
    blockchain.now = Number(now);
    return new TonSandbox(blockchain);
  }

  /** Calls `watcher` with every trace from now on. */
  watch(watcher: (trace: Trace) => void): void {
    this.watchers.push(watcher);
  }

  async now(): Promise<bigint> {
    return BigInt(this.blockchain.now ?? 0);
  }

  async advance(seconds: bigint): Promise<void> {
    this.blockchain.now = Number((await this.now()) + seconds);
  }

  async account(address: Address): Promise<TonAccount> {
    const contract = await this.blockchain.getContract(address);
    const state = contract.accountState;
    if (state?.type === "active") {
      const { code, data } = state.state;
      return { state: "active", balance: contract.balance, code: code ?? null, data: data ?? null };
    }
    const kind = state === undefined ? "none" : state.type === "frozen" ? "frozen" : "uninitialized";
    return { state: kind, balance: contract.balance, code: null, data: null };
  }

  async get(address: Address, method: string, args: TupleItem[] = []): Promise<TupleReader> {
    try {
      return (await this.blockchain.runGetMethod(address, method, args)).stackReader;
    } catch (error) {
      throw new StunError(`Get-method ${method} of ${address.toString()} failed: ${messageOf(error)}`, error);
    }
  }

  /** The address of a funded wallet; every name has one. */
  async addressOf(name: string): Promise<Address> {
    return (await this.blockchain.treasury(name)).address;
  }

  /** A wallet by name, as a client's signer. */
  async signer(name: string): Promise<TonSigner> {
    const { address } = await this.blockchain.treasury(name);
    return { address, send: async (message) => void (await this.send(name, message)) };
  }

  /** Sends a message from the wallet of a name and follows everything that it sets off. */
  async send(name: string, message: TonMessage): Promise<Trace> {
    const wallet = await this.blockchain.treasury(name);
    return this.record(
      await wallet.send({
        to: message.to,
        value: message.value,
        bounce: message.bounce ?? true,
        body: message.body ?? Cell.EMPTY,
        ...(message.init ? { init: message.init } : {}),
      }),
    );
  }

  /**
   * A message from any account, contracts included, followed for at most `steps` transactions: what was still on its
   * way then is lost. Tests use it for forged callers and for flows that stop in the middle.
   */
  async inject(from: Address, message: TonMessage, steps = Infinity): Promise<Trace> {
    const transactions: BlockchainTransaction[] = [];
    const flow = await this.blockchain.sendMessageIter(
      {
        info: {
          type: "internal",
          ihrDisabled: true,
          bounce: message.bounce ?? true,
          bounced: false,
          src: from,
          dest: message.to,
          value: { coins: message.value },
          ihrFee: 0n,
          forwardFee: 0n,
          createdLt: 0n,
          createdAt: 0,
        },
        body: message.body ?? Cell.EMPTY,
        init: message.init ?? null,
      },
      { allowParallel: true },
    );
    for await (const transaction of flow) {
      transactions.push(transaction);
      if (transactions.length >= steps) break;
    }
    return this.record({ transactions });
  }

  record(result: { transactions: BlockchainTransaction[] }): Trace {
    const trace = new Trace(result.transactions);
    for (const watcher of this.watchers) watcher(trace);
    return trace;
  }

  snapshot(): BlockchainSnapshot {
    return this.blockchain.snapshot();
  }

  async restore(snapshot: BlockchainSnapshot): Promise<void> {
    await this.blockchain.loadFrom(snapshot);
  }
}
