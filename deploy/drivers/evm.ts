// How the engine reads and writes an EVM chain: through one EIP-1193 transport, embedded or behind an RPC URL.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Interface, Transaction, Wallet, getAddress, type Result } from "ethers";
import { StunError } from "../../chains/errors";
import { explain } from "../../chains/evm/revert";
import { localWallet } from "../../localnet/keys";
import type { Holder } from "../network";
import { SignerAbsent, type Driver, type Outcome, type Signed } from "../types";

export interface EvmCall {
  readonly vm: "evm";
  readonly to: string;
  readonly data: string;
  readonly value?: bigint;
  /** A transaction that somebody has signed already, for every chain: sent as it is. */
  readonly presigned?: string;
}

export interface EvmTransport {
  request(args: { method: string; params?: unknown[] }): Promise<unknown>;
}

interface Receipt {
  status: string;
  blockNumber: string;
}

export interface EvmDriverOptions {
  chain: string;
  chainId: number;
  confirmations: number;
  transport: EvmTransport;
  /** Who holds a role here, contracts of the deployment resolved to their addresses. */
  holder(role: string): Holder;
}

const PATIENCE_MS = 300_000;
const MIN_TIP = 1_000_000n;

export class EvmDriver implements Driver {
  readonly chain: string;
  private readonly transport: EvmTransport;
  private pollMs = 0;

  constructor(private readonly options: EvmDriverOptions) {
    this.chain = options.chain;
    this.transport = options.transport;
  }

  async rpc<T>(method: string, ...params: unknown[]): Promise<T> {
    return (await this.transport.request({ method, params })) as T;
  }

  async identity(): Promise<string> {
    const [id, genesis] = await Promise.all([
      this.rpc<string>("eth_chainId"),
      this.rpc<{ hash: string }>("eth_getBlockByNumber", "0x0", false),
    ]);
    if (Number(id) !== this.options.chainId) {
      throw new StunError(
        `The node of ${this.chain} is on chain id ${Number(id)}, not ${this.options.chainId}: check the RPC URL or the network file.`,
      );
    }
    return genesis.hash;
  }

  /** The time of block 0, unix seconds: the same whenever it is asked. */
  async genesisTime(): Promise<bigint> {
    return BigInt((await this.rpc<{ timestamp: string }>("eth_getBlockByNumber", "0x0", false)).timestamp);
  }

  async code(address: string): Promise<string> {
    return this.rpc<string>("eth_getCode", address, "latest");
  }

  async balance(address: string): Promise<bigint> {
    return BigInt(await this.rpc<string>("eth_getBalance", address, "latest"));
  }

  /** Calls a view function; undefined when there is no contract at the address yet. */
  async view(
    address: string,
    abi: Interface,
    name: string,
    args: readonly unknown[] = [],
  ): Promise<Result | undefined> {
    const data = await this.rpc<string>(
      "eth_call",
      { to: address, data: abi.encodeFunctionData(name, args) },
      "latest",
    ).catch((error: unknown) => {
      throw new StunError(`${name} of ${address} on ${this.chain} failed: ${explain(error)}.`, error);
    });
    return data === "0x" ? undefined : abi.decodeFunctionResult(name, data);
  }

  /** The address that signs for a role, whether or not its key is here. */
  addressOf(role: string): string {
    const holder = this.options.holder(role);
    if (holder.kind === "local") return localWallet(holder.name).address;
    if (holder.kind === "contract")
      throw new StunError(
        `Role '${role}' is the contract '${holder.name}' on ${this.chain}, which this deployment does not create; correct the network file.`,
      );
    return getAddress(holder.address);
  }

  async sign(call: EvmCall, role: string): Promise<Signed> {
    if (call.presigned !== undefined) return toSigned(Transaction.from(call.presigned));
    const wallet = this.wallet(role);
    const request = { from: wallet.address, to: call.to, data: call.data, value: hex(call.value ?? 0n) };
    const [nonce, gas, block] = await Promise.all([
      this.rpc<string>("eth_getTransactionCount", wallet.address, "pending"),
      this.rpc<string>("eth_estimateGas", request).catch((error: unknown) => {
        throw new StunError(`the transaction would fail: ${explain(error)}`, error);
      }),
      this.rpc<{ baseFeePerGas: string; gasLimit: string }>("eth_getBlockByNumber", "latest", false),
    ]);
    const tip = await this.tip();
    const withMargin = (BigInt(gas) * 6n) / 5n;
    const transaction = Transaction.from({
      type: 2,
      chainId: this.options.chainId,
      nonce: Number(nonce),
      to: call.to,
      data: call.data,
      value: call.value ?? 0n,
      gasLimit: withMargin < BigInt(block.gasLimit) ? withMargin : BigInt(block.gasLimit),
      maxFeePerGas: 2n * BigInt(block.baseFeePerGas) + tip,
      maxPriorityFeePerGas: tip,
    });
    return toSigned(Transaction.from(await wallet.signTransaction(transaction)));
  }

  /** The same transaction at the present price: whichever of the two lands, the other never can. */
  async reprice(signed: Signed, role: string): Promise<Signed> {
    const transaction = Transaction.from(signed.raw).clone();
    if (transaction.type !== 2) return signed;
    const block = await this.rpc<{ baseFeePerGas: string }>("eth_getBlockByNumber", "latest", false);
    // Nodes take a replacement only when both prices rise by a tenth.
    const tip = max((transaction.maxPriorityFeePerGas! * 5n) / 4n + 1n, await this.tip());
    transaction.signature = null;
    transaction.maxPriorityFeePerGas = tip;
    transaction.maxFeePerGas = max((transaction.maxFeePerGas! * 5n) / 4n + 1n, 2n * BigInt(block.baseFeePerGas) + tip);
    return toSigned(Transaction.from(await this.wallet(role).signTransaction(transaction)));
  }

  async broadcast(signed: Signed): Promise<void> {
    await this.rpc("eth_sendRawTransaction", signed.raw);
  }

  async outcome(signed: Signed): Promise<Outcome> {
    // The nonce is read before the receipt: a transaction that lands in between is then seen by its receipt.
    const head = BigInt(await this.rpc<string>("eth_blockNumber"));
    const depth = BigInt(this.options.confirmations - 1);
    const settled = head > depth ? head - depth : 0n;
    const used = BigInt(await this.rpc<string>("eth_getTransactionCount", signed.from, hex(settled)));
    const receipt = await this.rpc<Receipt | null>("eth_getTransactionReceipt", signed.id);
    if (receipt) {
      const final = BigInt(receipt.blockNumber) + depth <= head;
      if (BigInt(receipt.status) === 1n)
        return { state: "landed", block: BigInt(receipt.blockNumber).toString(), final };
      return { state: "failed", reason: await this.failure(signed) };
    }
    if (used > BigInt(signed.limit)) {
      return { state: "dead", reason: `another transaction of ${signed.from} used nonce ${signed.limit}` };
    }
    return { state: "pending" };
  }

  async settle(signed: Signed, final = false): Promise<Outcome> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const outcome = await this.outcome(signed);
      const waiting = outcome.state === "pending" || (final && outcome.state === "landed" && !outcome.final);
      if (!waiting || Date.now() > end) return outcome;
      this.pollMs = Math.min(2_000, this.pollMs + 100);
      await new Promise((resolve) => setTimeout(resolve, this.pollMs));
    }
  }

  /** The format of Safe's Transaction Builder; a hardware signer's tool can read the same calls. */
  async writeUnsigned(directory: string, role: string, calls: { title: string; call: EvmCall }[]): Promise<string> {
    const path = join(directory, `${this.chain}-${role}.json`);
    const batch = {
      version: "1.0",
      chainId: String(this.options.chainId),
      meta: {
        name: `STUN on ${this.chain}: what ${role} has to sign`,
        description: calls.map((item, i) => `${i + 1}. ${item.title}`).join("\n"),
        createdFromSafeAddress: this.addressOf(role),
      },
      transactions: calls.map(({ call }) => ({
        to: getAddress(call.to),
        value: (call.value ?? 0n).toString(),
        data: call.data,
        contractMethod: null,
        contractInputsValues: null,
      })),
    };
    mkdirSync(directory, { recursive: true });
    writeFileSync(`${path}.new`, `${JSON.stringify(batch, null, 2)}\n`);
    renameSync(`${path}.new`, path);
    return path;
  }

  private wallet(role: string): Wallet {
    const holder = this.options.holder(role);
    if (holder.kind === "local") return localWallet(holder.name);
    if (holder.kind === "env") {
      const key = process.env[holder.variable];
      if (key) return walletOf(key, holder.variable, holder.address);
    }
    throw new SignerAbsent(role, this.addressOf(role));
  }

  private async tip(): Promise<bigint> {
    const tip = await this.rpc<string>("eth_maxPriorityFeePerGas").catch(() => "0x0");
    return max(BigInt(tip), MIN_TIP);
  }

  /** Why a transaction on the chain did nothing: the same call again, one block before it. */
  private async failure(signed: Signed): Promise<string> {
    const transaction = Transaction.from(signed.raw);
    try {
      await this.rpc(
        "eth_call",
        { from: signed.from, to: transaction.to, data: transaction.data, value: hex(transaction.value) },
        "latest",
      );
      return "it reverted";
    } catch (error) {
      return explain(error);
    }
  }
}

function walletOf(key: string, variable: string, address: string): Wallet {
  let wallet: Wallet;
  try {
    wallet = new Wallet(key);
  } catch {
    // The cause is left out on purpose: it may quote the key.
    throw new StunError(
      `The environment variable ${variable} holds no private key: give 0x and 64 hexadecimal digits.`,
    );
  }
  if (wallet.address !== getAddress(address)) {
    throw new StunError(
      `The key in ${variable} belongs to ${wallet.address}, not to ${address}: set the right key or correct the network file.`,
    );
  }
  return wallet;
}

function toSigned(transaction: Transaction): Signed {
  return {
    id: transaction.hash!,
    from: transaction.from!,
    raw: transaction.serialized,
    limit: String(transaction.nonce),
  };
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
