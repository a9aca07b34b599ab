// A Solana JSON-RPC node over the embedded machine. It stands in for a validator, which no npm package brings along: what
// it answers is the protocol's own form, so that the transport to real nodes runs here as it is.
import { PublicKey, VersionedTransaction } from "@solana/web3.js";
import { encodeBase58 } from "ethers";
import type { SolanaAccount } from "../../chains/solana/transport";
import type { SolanaChain } from "../../localnet/solana";
import { serveJson, type JsonServer } from "./json-server";

interface Request {
  readonly id: string | number;
  readonly method: string;
  readonly params?: readonly unknown[];
}

export interface SolanaNode extends JsonServer {
  /** Every method that was called. */
  readonly called: Set<string>;
}

export async function startSolanaNode(chain: SolanaChain): Promise<SolanaNode> {
  const { transport } = chain;
  const called = new Set<string>();
  const known = new Map<string, { slot: bigint; err: unknown }>();

  const methods: Record<string, (params: readonly unknown[]) => Promise<unknown>> = {
    getGenesisHash: async () => new PublicKey(Buffer.alloc(32, 7)).toBase58(),
    getSlot: async () => Number(await transport.slot()),
    getBlockHeight: async () => Number(await transport.slot()),
    getMinimumBalanceForRentExemption: async ([bytes]) => Number(await transport.rent(bytes as number)),
    getLatestBlockhash: async () =>
      inContext({ blockhash: await transport.blockhash(), lastValidBlockHeight: Number(await transport.slot()) }),
    getMultipleAccounts: async ([addresses]) => {
      const found = await transport.accounts((addresses as string[]).map((address) => new PublicKey(address)));
      return inContext(found.map((account) => account && wire(account)));
    },
    simulateTransaction: async ([text]) => {
      const { failure, logs, units } = await transport.simulate(decode(text));
      return inContext({ err: failure ?? null, logs, accounts: null, unitsConsumed: Number(units) });
    },
    sendTransaction: async ([text]) => {
      const transaction = decode(text);
      const signature = encodeBase58(transaction.signatures[0]!);
      const slot = await transport.slot();
      const { failure } = await transport.send(transaction);
      // A transaction whose blockhash is too old is in no block, so that no node knows it.
      if (failure === undefined) known.set(signature, { slot, err: null });
      return signature;
    },
    getSignatureStatuses: async ([signatures]) =>
      inContext(
        (signatures as string[]).map((signature) => {
          const status = known.get(signature);
          return status
            ? { slot: Number(status.slot), confirmations: null, err: status.err, confirmationStatus: "finalized" }
            : null;
        }),
      ),
  };

  const inContext = async (value: unknown): Promise<unknown> => ({
    context: { slot: Number(await transport.slot()) },
    value,
  });

  const server = await serveJson(async (_path, body) => {
    const { id, method, params } = body as Request;
    called.add(method);
    const run = methods[method];
    if (!run) return { jsonrpc: "2.0", id, error: { code: -32_601, message: `Method ${method} not found` } };
    return { jsonrpc: "2.0", id, result: await run(params ?? []) };
  });
  return { ...server, called };
}

function decode(text: unknown): VersionedTransaction {
  return VersionedTransaction.deserialize(Buffer.from(text as string, "base64"));
}

function wire({ owner, lamports, data }: SolanaAccount): unknown {
  return {
    owner: owner.toBase58(),
    lamports: Number(lamports),
    data: [data.toString("base64"), "base64"],
    executable: false,
    rentEpoch: 0,
  };
}
