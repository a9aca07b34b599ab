// The test chain behind JSON-RPC over HTTP, as an oracle's node: with blocks that become final late, and answers that can lie.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { toQuantity } from "ethers";
import hre from "hardhat";

interface Call {
  id: number;
  method: string;
  params: unknown[];
}

export interface ServedChain {
  readonly url: string;
  /** Blocks behind the newest one that are not final. */
  depth: number;
  /** Changes an answer on its way. */
  lie: ((method: string, result: unknown) => unknown) | undefined;
  /** Requests answered so far. */
  count: number;
  close(): void;
}

/** Serves the test chain of this process on a loopback port. */
export async function serveChain(depth = 0): Promise<ServedChain> {
  const { provider } = hre.network;
  const state: ServedChain = { url: "", depth, lie: undefined, count: 0, close: () => undefined };

  async function final(): Promise<string> {
    const newest = BigInt((await provider.send("eth_blockNumber", [])) as string);
    const height = newest - BigInt(state.depth);
    return toQuantity(height > 0n ? height : 0n);
  }

  async function answer({ id, method, params }: Call): Promise<unknown> {
    state.count++;
    try {
      const asked = params?.[0] === "finalized" ? [await final(), ...params.slice(1)] : params;
      const result = (await provider.send(method, asked ?? [])) as unknown;
      return { jsonrpc: "2.0", id, result: state.lie ? state.lie(method, result) : result };
    } catch (error) {
      const { message, data, code } = error as { message: string; data?: unknown; code?: number };
      return { jsonrpc: "2.0", id, error: { code: code ?? -32_000, message, data } };
    }
  }

  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(parts).toString()) as Call | Call[];
      const all = Array.isArray(body) ? Promise.all(body.map(answer)) : answer(body);
      void all.then((result) => response.setHeader("content-type", "application/json").end(JSON.stringify(result)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return Object.assign(state, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close });
}
