// One in-process Ethereum node (the Hardhat network) with a clock of its own: a block's time depends on the
// transactions before it and on `advance`, never on the machine's clock, so that a test does the same thing every time.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Eip1193Provider, JsonRpcApiProvider } from "ethers";
import { defaultHardhatNetworkParams } from "hardhat/internal/core/config/default-config";
import { JsonRpcHandler } from "hardhat/internal/hardhat-network/jsonrpc/handler";
import { createHardhatNetworkProvider } from "hardhat/internal/hardhat-network/provider/provider";
import { HardforkName } from "hardhat/internal/util/hardforks";
import type { EIP1193Provider } from "hardhat/types";
import { StunError, messageOf } from "../chains/errors";
import { embeddedProvider } from "../chains/evm/client";
import { ROLES, localKey } from "./keys";

const BALANCE = 1_000_000n * 10n ** 18n;
const MINING = new Set(["eth_sendTransaction", "eth_sendRawTransaction", "evm_mine", "hardhat_mine"]);

export interface ServedPort {
  readonly url: string;
  close(): Promise<void>;
}

export class EvmNode implements Eip1193Provider {
  readonly provider: JsonRpcApiProvider;
  private chosen = false;

  private constructor(
    readonly chainId: number,
    private readonly inner: EIP1193Provider,
    private clock: bigint,
  ) {
    this.provider = embeddedProvider(this, chainId);
  }

  /** A new chain whose genesis has the time `start` (unix seconds). */
  static async start(chainId: number, start: bigint): Promise<EvmNode> {
    return new EvmNode(chainId, await createNode(chainId, { initialDate: new Date(Number(start) * 1000) }), start);
  }

  /** A copy of the chain behind an RPC URL as it is now: what happens on the copy happens nowhere else. */
  static async copyOf(url: string, chainId: number): Promise<EvmNode> {
    const node = new EvmNode(
      chainId,
      await createNode(chainId, { forkConfig: { jsonRpcUrl: url }, ...newCache() }),
      0n,
    );
    node.clock = await node.latestTime();
    // A call at a block of the chain that was copied would need to know which rules held then.
    await node.advance(1n);
    return node;
  }

  /** Every mined block is one second after its parent, unless somebody chose its time. */
  async request(args: { method: string; params?: unknown[] | Record<string, unknown> }): Promise<unknown> {
    const { method } = args;
    const params = Array.isArray(args.params) ? [...args.params] : [];
    if (method === "evm_increaseTime") {
      await this.advance(BigInt(params[0] as number | string));
      return this.clock.toString();
    }
    // The pending block, in which gas is estimated, takes the time that the next block will have.
    const next = MINING.has(method) || method === "eth_estimateGas";
    if (next && !this.chosen && !(method === "evm_mine" && params[0] !== undefined)) {
      await this.inner.request({ method: "evm_setNextBlockTimestamp", params: [hex(this.clock + 1n)] });
    }
    try {
      return await this.inner.request({ method, params });
    } finally {
      if (method === "evm_setNextBlockTimestamp") this.chosen = true;
      else if (MINING.has(method) || method === "evm_revert") {
        this.chosen = false;
        this.clock = await this.latestTime();
      }
    }
  }

  /** The time of the latest block, unix seconds. */
  now(): bigint {
    return this.clock;
  }

  /** Mines an empty block `seconds` after the latest one. */
  async advance(seconds: bigint): Promise<void> {
    if (seconds <= 0n) throw new StunError(`A chain's clock only moves forward; got ${seconds} seconds.`);
    await this.request({ method: "evm_setNextBlockTimestamp", params: [hex(this.clock + seconds)] });
    await this.request({ method: "evm_mine" });
  }

  /** Lets transactions from `contract` in, and gives it what they cost. */
  async speakAs(contract: string): Promise<void> {
    await this.inner.request({ method: "hardhat_impersonateAccount", params: [contract] });
    const has = BigInt(
      (await this.inner.request({ method: "eth_getBalance", params: [contract, "latest"] })) as string,
    );
    await this.inner.request({ method: "hardhat_setBalance", params: [contract, hex(has + BALANCE)] });
  }

  /** Remembers the whole state; `restore` brings it back, once. */
  async snapshot(): Promise<string> {
    return (await this.request({ method: "evm_snapshot" })) as string;
  }

  async restore(snapshot: string): Promise<void> {
    if (!(await this.request({ method: "evm_revert", params: [snapshot] }))) {
      throw new StunError(`The chain has no snapshot ${snapshot}: a snapshot can be restored only once.`);
    }
  }

  /** Serves the chain by JSON-RPC on a loopback port; 0 takes any free one. */
  async serve(port: number): Promise<ServedPort> {
    const handler = new JsonRpcHandler(this as unknown as EIP1193Provider);
    const server: Server = createServer((request, response) => void handler.handleHttp(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) =>
        reject(
          error.code === "EADDRINUSE"
            ? new StunError(`Port ${port} is in use: stop what listens there or choose another port.`, error)
            : new StunError(`Cannot listen on port ${port}: ${messageOf(error)}.`, error),
        ),
      );
      server.listen(port, "127.0.0.1", resolve);
    });
    const address = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${address.port}`,
      close: () =>
        new Promise((resolve, reject) => {
          server.close((error) => (error ? reject(error) : resolve()));
          server.closeAllConnections();
        }),
    };
  }

  private async latestTime(): Promise<bigint> {
    const block = (await this.inner.request({ method: "eth_getBlockByNumber", params: ["latest", false] })) as {
      timestamp: string;
    };
    return BigInt(block.timestamp);
  }
}

interface Origin {
  initialDate?: Date;
  forkConfig?: { jsonRpcUrl: string };
  forkCachePath?: string;
}

/**
 * Where a copy keeps what it has read; gone with the process. Answers are kept by URL and block number, so a folder that stays
 * would answer for another chain that listens at the same port later.
 */
function newCache(): Origin {
  const folder = mkdtempSync(join(tmpdir(), "stun-copy-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return { forkCachePath: folder };
}

async function createNode(chainId: number, origin: Origin): Promise<EIP1193Provider> {
  const defaults = defaultHardhatNetworkParams;
  const history = { hardforkHistory: new Map([[HardforkName.CANCUN, 0]]) };
  return createHardhatNetworkProvider(
    {
      hardfork: defaults.hardfork,
      chainId,
      networkId: chainId,
      blockGasLimit: defaults.blockGasLimit,
      minGasPrice: 0n,
      automine: true,
      intervalMining: 0,
      mempoolOrder: "fifo",
      chains: new Map([...defaults.chains, [chainId, history]]),
      genesisAccounts: ROLES.map((role) => ({ privateKey: localKey(role), balance: BALANCE })),
      allowUnlimitedContractSize: false,
      throwOnTransactionFailures: true,
      throwOnCallFailures: true,
      allowBlocksWithSameTimestamp: false,
      enableTransientStorage: false,
      enableRip7212: false,
      ...origin,
    },
    { enabled: false },
  );
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
