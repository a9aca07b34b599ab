// A Solana chain with one OFT and a path home. A home side is played by the test: it writes packets as the home adapter
// would, and they go through DVNs, library, endpoint and executor of the chain.
import { AddressLookupTableAccount, Keypair, PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { getBytes, hexlify, id, keccak256, solidityPacked } from "ethers";
import { SolanaError } from "../../../chains/solana/errors";
import type { Outcome } from "../../../chains/solana/client";
import { OftClient } from "../../../chains/solana/oft-client";
import { setLookupTable, setOftConfig, setPeerConfig, type Oft, type PeerSetting } from "../../../chains/solana/oft";
import { encodePacket } from "../../../localnet/packet";
import { SOLANA_EID, SolanaChain, keyToBytes32, solanaKey } from "../../../localnet/solana";
import { REAL_PROGRAMS, realPrograms } from "../../../localnet/solana-layerzero";
import type { Packet } from "../../../localnet/types";

export const HOME_EID = 30_101;
/** One STUN in base units. */
export const STUN = 10n ** 9n;
/** Base units for one unit of the shared decimals. */
export const RATE = 1_000n;

/** Both directions of a path: a million STUN, refilled in a hundred thousand seconds. */
export const LIMIT = { capacity: 1_000_000n * STUN, refillPerSecond: 10n * STUN };

/** An EVM address as 32 bytes, made of a name. */
export function evmAddress(name: string): Buffer {
  return Buffer.concat([Buffer.alloc(12), getBytes(id(name)).subarray(12)]);
}

export const HOME_PEER = evmAddress("the home adapter");

/** Options of type 3 with one lzReceive: gas, and value where it is not 0. */
export function receiveOptions(gas: bigint, value = 0n): Buffer {
  const number = (n: bigint): Buffer => Buffer.from(n.toString(16).padStart(32, "0"), "hex");
  const body = Buffer.concat([Buffer.from([1]), number(gas), ...(value ? [number(value)] : [])]);
  return Buffer.concat([Buffer.from([0, 3, 1, 0, body.length]), body]);
}

/** lzReceive and lzCompose. */
export function composeOptions(gas: bigint, composeGas: bigint): Buffer {
  const number = Buffer.from(composeGas.toString(16).padStart(32, "0"), "hex");
  const body = Buffer.concat([Buffer.from([3, 0, 0]), number]);
  return Buffer.concat([receiveOptions(gas), Buffer.from([1, 0, body.length]), body]);
}

/** The two ways in which the same tests run. */
export const WORLDS: readonly { name: string; programs: string | undefined; missing?: string }[] = [
  { name: "the test endpoint", programs: "test" },
  {
    name: "LayerZero's real programs",
    programs: realPrograms(),
    ...(realPrograms() ? {} : { missing: `${REAL_PROGRAMS} names no directory with LayerZero's programs` }),
  },
];

export function message(to: PublicKey | Uint8Array, amountSD: bigint, compose?: Uint8Array): Buffer {
  const amount = Buffer.alloc(8);
  amount.writeBigUInt64BE(amountSD);
  const recipient = to instanceof PublicKey ? to.toBytes() : to;
  return Buffer.concat([recipient, amount, compose ?? Buffer.alloc(0)]);
}

export class World {
  private nonce = 0n;

  private constructor(
    readonly chain: SolanaChain,
    readonly client: OftClient,
    readonly admin: Keypair,
    readonly table: AddressLookupTableAccount,
  ) {}

  get oft(): Oft {
    return this.client.oft;
  }

  static async start(programs: string | undefined): Promise<World> {
    const chain = SolanaChain.start(programs === "test" ? undefined : programs);
    const admin = solanaKey("timelock");
    const payer = chain.client("timelock");
    chain.deploy("oft", admin.publicKey);
    const client = await OftClient.open(payer, solanaKey("mint"), solanaKey("escrow"), admin.publicKey);
    await client.openPath(HOME_EID, HOME_PEER, chain.pathSettings());
    const enforced = setPeerConfig(client.oft, admin.publicKey, HOME_EID, {
      send: receiveOptions(100_000n),
      sendAndCall: composeOptions(100_000n, 300_000n),
    });
    const roles = [
      setOftConfig(client.oft, admin.publicKey, { pauser: solanaKey("guardian").publicKey }),
      setOftConfig(client.oft, admin.publicKey, { unpauser: solanaKey("guardian").publicKey }),
      setOftConfig(client.oft, admin.publicKey, { limiter: solanaKey("limiter").publicKey }),
    ];
    const limits = (["outbound", "inbound"] as const).map((direction) =>
      setPeerConfig(client.oft, admin.publicKey, HOME_EID, { [direction]: LIMIT } as PeerSetting),
    );
    await payer.send("set options and roles", [enforced, ...roles, ...limits]);
    const address = await client.createTable(await client.path(HOME_EID));
    await payer.send("name the lookup table", [setLookupTable(client.oft, admin.publicKey, address)]);
    return new World(chain, client, admin, await payer.table(address));
  }

  /** A packet from home with the next nonce, not yet verified. */
  packet(body: Uint8Array, from: { nonce?: bigint; sender?: Uint8Array; eid?: number } = {}): Packet {
    const nonce = from.nonce ?? ++this.nonce;
    const [sender, receiver] = [hexlify(from.sender ?? HOME_PEER), keyToBytes32(this.oft.store)];
    const srcEid = from.eid ?? HOME_EID;
    const guid = keccak256(
      solidityPacked(
        ["uint64", "uint32", "bytes32", "uint32", "bytes32"],
        [nonce, srcEid, sender, SOLANA_EID, receiver],
      ),
    );
    const fields = { srcEid, dstEid: SOLANA_EID, nonce, sender, receiver, guid, message: body };
    return { ...fields, bytes: encodePacket(fields) };
  }

  /** A verified packet that brings `amount` base units to `to`. */
  async verified(to: PublicKey | Uint8Array, amount: bigint, compose?: Uint8Array): Promise<Packet> {
    const packet = this.packet(message(to, amount / RATE, compose));
    await this.chain.verify(packet);
    return packet;
  }

  /** Verifies and delivers; throws when the delivery fails. */
  async deliver(packet: Packet): Promise<Outcome> {
    const outcome = await this.chain.tryExecute(packet);
    expect(outcome.failure, outcome.logs.join("\n")).to.equal(undefined);
    return outcome;
  }

  /** Brings `amount` to the associated account of `to`. */
  async give(to: PublicKey, amount: bigint): Promise<Outcome> {
    return this.deliver(await this.verified(to, amount));
  }

  /** The OFT as the key of `name` uses it. */
  as(name: string): OftClient {
    return new OftClient(this.chain.client(name), this.oft);
  }
}

/** Expects a transaction to be refused with an error code, by any program or by `program`. */
export async function refused(attempt: Promise<unknown>, code: number, program?: PublicKey): Promise<void> {
  let error: unknown;
  try {
    await attempt;
  } catch (thrown) {
    error = thrown;
  }
  if (!(error instanceof SolanaError)) throw error ?? new Error(`Not refused; error ${code} was expected.`);
  expect(error.code, error.message).to.equal(code);
  if (program) expect(String(error.program)).to.equal(String(program));
}

/** The codes of the OFT's errors, as its interface numbers them. */
export const OFT_ERROR = {
  Unauthorized: 6000,
  InvalidSender: 6001,
  InvalidDecimals: 6002,
  SlippageExceeded: 6003,
  InvalidTokenDest: 6004,
  RateLimitExceeded: 6005,
  InvalidFee: 6006,
  InvalidMintAuthority: 6007,
  Paused: 6008,
  InvalidEndpoint: 6009,
  InvalidSenderAccount: 6010,
  InvalidReturnData: 6011,
  InvalidRecipient: 6012,
  AmountTooSmall: 6013,
  ComposeRefused: 6014,
  InvalidOptions: 6015,
  PeerNotSet: 6016,
  InvalidOftType: 6017,
  NotUpgradeAuthority: 6018,
  MintCapTooHigh: 6019,
  InvalidPause: 6020,
  PauseCooldown: 6021,
  HeldAccountMissing: 6022,
  NothingToRelease: 6023,
  Overflow: 6024,
  PeerNotInitialized: 6025,
  InvalidLookupTable: 6026,
  RecipientFixed: 6027,
} as const;
