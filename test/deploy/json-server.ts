// A loopback HTTP server that answers JSON with JSON.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface JsonServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function serveJson(answer: (path: string, body: unknown) => Promise<unknown>): Promise<JsonServer> {
  const server = createServer((request, response) => {
    const reply = async (): Promise<unknown> => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const text = Buffer.concat(parts).toString();
      return answer(request.url ?? "/", text === "" ? {} : JSON.parse(text));
    };
    reply().then(
      (body) => response.setHeader("content-type", "application/json").end(JSON.stringify(body)),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(JSON.stringify({ ok: false, error: String(error) }));
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
