import fastify, { type FastifyInstance } from "fastify";
import { StunError, messageOf } from "../chains/errors";
import { requestDigest, signerOf, type DigestSigner } from "./signer";

/** One oracle asks another to sign a batch: the leaves, ascending, under a committee version. */
export interface SignRequest {
  target: string;
  version: string;
  leaves: string[];
  /** Unix seconds of the chain, so that a request cannot be replayed for long. */
  time: number;
}

/** What answers a request: the signature over the batch's root, or the leaves that this oracle does not sign. */
export type SignAnswer = { signature: string } | { refused: string[] };

/** Requests older than this are refused, in seconds of the chain. */
const MAX_AGE = 600;
/** Longest request and answer, in bytes. */
const MAX_BYTES = 64 * 1024;
const HEADER = "x-stun-signature";

export interface PeerServerOptions {
  port: number;
  /** Checksummed addresses that may ask. */
  members: () => readonly string[];
  now: () => number;
  answer: (request: SignRequest) => Promise<SignAnswer>;
  healthy: () => boolean;
}

/** Serves signatures to the other members on the loopback interface; `port` 0 takes a free one. */
export async function servePeers(options: PeerServerOptions): Promise<{ url: string; close: () => Promise<void> }> {
  const server: FastifyInstance = fastify({ bodyLimit: MAX_BYTES });
  server.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => done(null, body));
  server.get("/health", async (_request, reply) =>
    reply.code(options.healthy() ? 200 : 503).send({ healthy: options.healthy() }),
  );
  server.post("/v1/sign", async (request, reply) => {
    const body = request.body as string;
    const signer = signerOf(requestDigest(body), String(request.headers[HEADER] ?? ""));
    if (!signer || !options.members().includes(signer))
      return reply.code(401).send({ error: "The request is not signed by a member." });
    const parsed = parseRequest(body);
    if (!parsed) return reply.code(400).send({ error: "The request is malformed." });
    if (Math.abs(options.now() - parsed.time) > MAX_AGE)
      return reply.code(400).send({ error: "The request is too old." });
    return reply.send(await options.answer(parsed));
  });
  try {
    const url = await server.listen({ host: "127.0.0.1", port: options.port });
    return { url, close: () => server.close() };
  } catch (error) {
    throw new StunError(
      `The oracle cannot listen on port ${options.port} (${messageOf(error)}): choose a free one.`,
      error,
    );
  }
}

function parseRequest(body: string): SignRequest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  const { target, version, leaves, time } = (value ?? {}) as Partial<SignRequest>;
  const hashes =
    Array.isArray(leaves) &&
    leaves.length > 0 &&
    leaves.length <= 256 &&
    leaves.every((l) => /^0x[0-9a-f]{64}$/.test(String(l)));
  if (typeof target !== "string" || !/^\d+$/.test(String(version)) || !hashes || typeof time !== "number")
    return undefined;
  return { target, version: String(version), leaves, time };
}

/** A peer may send anything: only an answer about these leaves is one. */
function parseAnswer(body: string, leaves: readonly string[]): SignAnswer | undefined {
  const { signature, refused } = (JSON.parse(body) ?? {}) as { signature?: unknown; refused?: unknown };
  if (typeof signature === "string") return { signature };
  if (!Array.isArray(refused)) return undefined;
  return { refused: leaves.filter((leaf) => refused.includes(leaf)) };
}

/** The body of an answer, whatever length a peer gives it. */
async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    parts.push(part as Uint8Array);
    length += (part as Uint8Array).length;
    if (length > MAX_BYTES) throw new StunError(`its answer is longer than ${MAX_BYTES} bytes`);
  }
  return Buffer.concat(parts).toString();
}

/** Asks one peer. @throws StunError when it does not answer well within five seconds. */
export async function askPeer(url: string, request: SignRequest, signer: DigestSigner): Promise<SignAnswer> {
  const body = JSON.stringify(request);
  const signature = await signer.signDigest(requestDigest(body));
  try {
    const response = await fetch(`${url}/v1/sign`, {
      method: "POST",
      headers: { "content-type": "application/json", [HEADER]: signature },
      body,
      signal: AbortSignal.timeout(5_000),
    });
    const text = await readText(response);
    if (!response.ok) throw new StunError(`it answered ${response.status}: ${text.slice(0, 200)}`);
    const answer = parseAnswer(text, request.leaves);
    if (!answer) throw new StunError("its answer is malformed");
    return answer;
  } catch (error) {
    throw new StunError(`The oracle at ${url} gave no signature: ${messageOf(error)}.`, error);
  }
}
