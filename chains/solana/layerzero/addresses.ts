// Addresses of LayerZero's programs, the same on every Solana network, and of their accounts.
import { PublicKey } from "@solana/web3.js";
import { getBytes, keccak256 } from "ethers";

export const ENDPOINT = new PublicKey("76y77prsiCMvXMjuoZ5VRrhG5qYBrUMYTE5WgHqgjEn6");
export const LIBRARY = new PublicKey("7a4WjyR8VZ7yZz5XJAKm39BUGn5iT9CKcv2pmG9tdXVH");
export const EXECUTOR = new PublicKey("6doghB248px58JSSwG4qejQ46kFMW4AMj7vzJnWZHNZn");
export const PRICE_FEED = new PublicKey("8ahPGPjEbpgGaZx2NV1iG5Shj7TDwvsjkEDcGWjt94TP");
/** LayerZero Labs' own DVN. */
export const DVN = new PublicKey("HtEYV4xB4wvsj5fgTkcfuChYpvGYzgzwvNhgDZQNh7wW");

type Seed = string | Uint8Array | PublicKey;

function seedBytes(seed: Seed): Uint8Array {
  if (typeof seed === "string") return Buffer.from(seed);
  return seed instanceof PublicKey ? seed.toBytes() : seed;
}

// a derivation tries curve points until one fits, which takes milliseconds
const derived = new Map<string, [PublicKey, number]>();

/** The address that a program derives from seeds, with its bump. */
export function derive(program: PublicKey, ...seeds: Seed[]): [PublicKey, number] {
  const bytes = seeds.map(seedBytes);
  const name = [program.toBytes(), ...bytes].map((part) => Buffer.from(part).toString("hex")).join();
  const known = derived.get(name) ?? PublicKey.findProgramAddressSync(bytes, program);
  derived.set(name, known);
  return known;
}

const pda = (program: PublicKey, ...seeds: Seed[]): PublicKey => derive(program, ...seeds)[0];

export function be32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function be64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

export const eventAuthority = (program: PublicKey): PublicKey => pda(program, "__event_authority");

/** One direction-less path between a local OApp and a remote one. */
export interface Channel {
  readonly local: PublicKey;
  readonly remoteEid: number;
  /** 32 bytes. */
  readonly remote: Uint8Array;
}

export const endpointAccounts = {
  settings: (): PublicKey => pda(ENDPOINT, "Endpoint"),
  registry: (oapp: PublicKey): PublicKey => pda(ENDPOINT, "OApp", oapp),
  nonce: (c: Channel): PublicKey => pda(ENDPOINT, "Nonce", c.local, be32(c.remoteEid), c.remote),
  pending: (c: Channel): PublicKey => pda(ENDPOINT, "PendingNonce", c.local, be32(c.remoteEid), c.remote),
  payload: (c: Channel, nonce: bigint): PublicKey =>
    pda(ENDPOINT, "PayloadHash", c.local, be32(c.remoteEid), c.remote, be64(nonce)),
  composed: (from: PublicKey, to: PublicKey, guid: Uint8Array, index: number, message: Uint8Array): PublicKey =>
    pda(ENDPOINT, "ComposedMessageHash", from, to, guid, be32(index).subarray(2), getBytes(keccak256(message))),
  libraryInfo: (library: PublicKey): PublicKey => pda(ENDPOINT, "MessageLib", library),
  sendLibrary: (eid: number, oapp?: PublicKey): PublicKey =>
    pda(ENDPOINT, "SendLibraryConfig", ...(oapp ? [oapp] : []), be32(eid)),
  receiveLibrary: (eid: number, oapp?: PublicKey): PublicKey =>
    pda(ENDPOINT, "ReceiveLibraryConfig", ...(oapp ? [oapp] : []), be32(eid)),
};

export const libraryAccounts = {
  /** Also the library's address as the endpoint knows it. */
  settings: (program = LIBRARY): PublicKey => pda(program, "MessageLib"),
  send: (eid: number, oapp?: PublicKey): PublicKey => pda(LIBRARY, "SendConfig", be32(eid), ...(oapp ? [oapp] : [])),
  receive: (eid: number, oapp?: PublicKey): PublicKey =>
    pda(LIBRARY, "ReceiveConfig", be32(eid), ...(oapp ? [oapp] : [])),
  confirmations: (header: Uint8Array, payloadHash: Uint8Array, dvn: PublicKey): PublicKey =>
    pda(LIBRARY, "Confirmations", getBytes(keccak256(header)), payloadHash, dvn),
};

export const executorConfig = (): PublicKey => pda(EXECUTOR, "ExecutorConfig");
export const dvnConfig = (program = DVN): PublicKey => pda(program, "DvnConfig");
export const priceFeed = (): PublicKey => pda(PRICE_FEED, "PriceFeed");

/** The account of a program that the upgradeable loader keeps its code in, and its upgrade authority. */
export const LOADER = new PublicKey("BPFLoaderUpgradeab1e11111111111111111111111");
export const programData = (program: PublicKey): PublicKey => pda(LOADER, program);
