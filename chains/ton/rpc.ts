// A real TON network through its HTTP API, and a wallet on it.
import { Address, Cell, SendMode, internal, type TupleItem, type TupleReader } from "@ton/core";
import { TonClient, WalletContractV5R1 } from "@ton/ton";
import { StunError, messageOf } from "../errors";
import type { TonAccount, TonMessage, TonSigner, TonTransport } from "./transport";

const STATES = { uninitialized: "uninitialized", active: "active", frozen: "frozen" } as const;
const ELECTOR = Address.parseRaw(`-1:${"3".repeat(64)}`);
const POLL_MS = 2_000;

export class RpcTransport implements TonTransport {
  readonly client: TonClient;

  constructor(endpoint: string, apiKey?: string) {
    this.client = new TonClient({ endpoint, ...(apiKey ? { apiKey } : {}) });
  }

  async now(): Promise<bigint> {
    // the elector runs in every masterchain block, so that its newest transaction has the time of the chain
    const [newest] = await this.client.getTransactions(ELECTOR, { limit: 1 });
    if (!newest) throw new StunError("The TON node knows no transaction of the elector: it is not in sync.");
    return BigInt(newest.now);
  }

  async account(address: Address): Promise<TonAccount> {
    const found = await this.client.getContractState(address);
    const cell = (boc: Buffer | null): Cell | null => (boc ? (Cell.fromBoc(boc)[0] ?? null) : null);
    return {
      state: found.state === "uninitialized" && found.balance === 0n ? "none" : STATES[found.state],
      balance: found.balance,
      code: cell(found.code),
      data: cell(found.data),
    };
  }

  /** Hands an external message, in the base64 of its bag of cells, to the network. */
  async sendExternal(boc: string): Promise<void> {
    await this.client.sendFile(Buffer.from(boc, "base64"));
  }

  async get(address: Address, method: string, args: TupleItem[] = []): Promise<TupleReader> {
    try {
      return (await this.client.runMethod(address, method, args)).stack;
    } catch (error) {
      throw new StunError(`Get-method ${method} of ${address.toString()} failed: ${messageOf(error)}`, error);
    }
  }
}

/** A wallet of version 5 with its key in memory. */
export class WalletSigner implements TonSigner {
  readonly address: Address;
  private readonly wallet: WalletContractV5R1;

  constructor(
    private readonly transport: RpcTransport,
    private readonly keys: { publicKey: Buffer; secretKey: Buffer },
    private readonly timeoutMs = 90_000,
  ) {
    this.wallet = WalletContractV5R1.create({ publicKey: keys.publicKey });
    this.address = this.wallet.address;
  }

  async send(message: TonMessage): Promise<void> {
    const wallet = this.transport.client.open(this.wallet);
    const seqno = await wallet.getSeqno();
    await wallet.sendTransfer({
      seqno,
      secretKey: this.keys.secretKey,
      sendMode: SendMode.PAY_GAS_SEPARATELY,
      messages: [
        internal({
          to: message.to,
          value: message.value,
          bounce: message.bounce ?? true,
          ...(message.body ? { body: message.body } : {}),
          ...(message.init ? { init: message.init } : {}),
        }),
      ],
    });
    const end = Date.now() + this.timeoutMs;
    while ((await wallet.getSeqno()) === seqno) {
      if (Date.now() > end) {
        throw new StunError(
          `Wallet ${this.address.toString()} did not send within ${this.timeoutMs / 1000} s: see whether it has TON, then try again.`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
