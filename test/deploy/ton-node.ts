// A TON HTTP API over the sandbox. It stands in for a node, which no npm package brings along: what it answers is the
// API's own form, so that the transport to real nodes runs here as it is.
import { Address, Cell, beginCell, loadMessage, storeTransaction, type TupleItem } from "@ton/core";
import type { BlockchainTransaction } from "@ton/sandbox";
import type { TonChain } from "../../localnet/ton";
import { serveJson, type JsonServer } from "./json-server";

type Params = Readonly<Record<string, unknown>>;

export interface TonNode extends JsonServer {
  /** Every method that was called. */
  readonly called: Set<string>;
}

const HASH = Buffer.alloc(32, 7).toString("base64");
const BLOCK = { "@type": "ton.blockIdExt", workchain: -1, shard: "-1", seqno: 1, root_hash: HASH, file_hash: HASH };
/** What a get-method of an account without code ends with. */
const NO_CODE = -256;

export async function startTonNode({ sandbox }: TonChain): Promise<TonNode> {
  const called = new Set<string>();
  let newest: BlockchainTransaction | undefined;
  sandbox.watch((trace) => (newest = trace.transactions.at(-1) ?? newest));
  await sandbox.send("layerzero", { to: await sandbox.addressOf("layerzero"), value: 1n });

  const methods: Record<string, (params: Params) => Promise<unknown>> = {
    getAddressInformation: async ({ address }) => {
      const { state, balance, code, data } = await sandbox.account(Address.parse(address as string));
      return {
        "@type": "raw.fullAccountState",
        balance: balance.toString(),
        state: state === "none" ? "uninitialized" : state,
        code: code ? base64(code) : "",
        data: data ? base64(data) : "",
        last_transaction_id: { "@type": "internal.transactionId", lt: "0", hash: HASH },
        block_id: BLOCK,
        sync_utime: Number(await sandbox.now()),
      };
    },
    runGetMethod: async ({ address, method, stack }) => {
      try {
        const args = (stack as [string, string][]).map(argument);
        const result = await sandbox.blockchain.runGetMethod(Address.parse(address as string), method as string, args);
        return { gas_used: Number(result.gasUsed), exit_code: result.exitCode, stack: result.stack.map(entry) };
      } catch (error) {
        return { gas_used: 0, exit_code: (error as { exitCode?: number }).exitCode ?? NO_CODE, stack: [] };
      }
    },
    // The sandbox has no elector, whose newest transaction tells the time: one of another account, at its clock's time.
    getTransactions: async () => {
      const transaction = { ...newest!, now: Number(await sandbox.now()) };
      const data = base64(beginCell().store(storeTransaction(transaction)).endCell());
      const id = { lt: transaction.lt.toString(), hash: HASH };
      const fees = { fee: "0", storage_fee: "0", other_fee: "0" };
      return [{ data, utime: transaction.now, transaction_id: id, ...fees, out_msgs: [] }];
    },
    sendBoc: async ({ boc }) => {
      const message = loadMessage(Cell.fromBase64(boc as string).beginParse());
      sandbox.record(await sandbox.blockchain.sendMessage(message));
      return { "@type": "ok" };
    },
  };

  const server = await serveJson(async (_path, body) => {
    const { id, method, params } = body as { id: string; method: string; params: Params };
    called.add(method);
    const run = methods[method];
    if (!run) return { ok: false, id, error: `method ${method} not found`, code: 404 };
    return { ok: true, jsonrpc: "2.0", id, result: await run(params) };
  });
  return { ...server, called };
}

function base64(cell: Cell): string {
  return cell.toBoc().toString("base64");
}

function argument([kind, value]: [string, string]): TupleItem {
  if (kind === "num") return { type: "int", value: BigInt(value) };
  const cell = Cell.fromBase64(value);
  return kind === "tvm.Slice" ? { type: "slice", cell } : { type: "cell", cell };
}

/** The API gives slices as cells, and null as a list of nothing. */
function entry(item: TupleItem): [string, unknown] {
  if (item.type === "int") return ["num", `${item.value < 0n ? "-" : ""}0x${abs(item.value).toString(16)}`];
  if (item.type === "cell" || item.type === "slice" || item.type === "builder") {
    return ["cell", { bytes: base64(item.cell) }];
  }
  if (item.type === "null") return ["list", { "@type": "tvm.list", elements: [] }];
  throw new TypeError(`The stack has an item of the type ${item.type}.`);
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
