// The Solana chain of a local network: a machine in this process with LayerZero's programs and this repository's.
import { Keypair, LAMPORTS_PER_SOL, PublicKey } from "@solana/web3.js";
import { getBytes, hexlify } from "ethers";
import { LiteSVM } from "litesvm";
import { messageOf, StunError } from "../chains/errors";
import { recordedEvents } from "../chains/solana/anchor";
import { BorshReader } from "../chains/solana/borsh";
import { SolanaClient, type Outcome } from "../chains/solana/client";
import { refusal } from "../chains/solana/errors";
import { programBinary, programId } from "../chains/solana/idl";
import {
  ENDPOINT,
  executorConfig,
  endpointAccounts as at,
  libraryAccounts,
  programData,
  type Channel,
} from "../chains/solana/layerzero/addresses";
import { initVerify } from "../chains/solana/layerzero/endpoint";
import { executeCall, planV1, planV2, type Delivery } from "../chains/solana/layerzero/executor";
import {
  attest,
  attested,
  commitVerification,
  initAttestation,
  readReceivePath,
} from "../chains/solana/layerzero/library";
import { explicitUln } from "../chains/solana/layerzero/state";
import { EmbeddedTransport, svmAddress } from "../chains/solana/litesvm";
import type { PathSettings } from "../chains/solana/oft-client";
import { readExecutorOptions } from "./evm-layerzero";
import { localKey } from "./keys";
import { decodePacket } from "./packet";
import { genesis, layerZeroPrograms, realPrograms } from "./solana-layerzero";
import type { Execution, LayerZeroChain, Packet } from "./types";

export const SOLANA_EID = 30_168;
const REMOTES = [30_101, 30_184, 30_110, 30_343] as const;
/** Its clock differs from those of the other chains. */
const START = 1_800_000_700n;

/** Compute units and lamports of a delivery whose sender named none: rent of one token account. */
const DEFAULT_DELIVERY = { gas: 200_000n, value: 2_039_280n };
/** What the executor's own program needs beside the receiver's. */
const EXECUTOR_UNITS = 30_000n;
const CONFIRMATIONS = 15n;

const keypairs = new Map<string, Keypair>();

/** The key of a name on a local Solana network. It holds nothing anywhere else. */
export function solanaKey(name: string): Keypair {
  const known = keypairs.get(name) ?? Keypair.fromSeed(getBytes(localKey(name)));
  keypairs.set(name, known);
  return known;
}

export class SolanaChain implements LayerZeroChain {
  readonly name = "solana";
  readonly eid = SOLANA_EID;
  readonly transport: EmbeddedTransport;
  private readonly packets: Packet[] = [];

  private constructor(
    readonly svm: LiteSVM,
    /** True when LayerZero's real programs run here. */
    readonly real: boolean,
  ) {
    this.transport = new EmbeddedTransport(svm, (outcome) => {
      for (const body of recordedEvents(outcome, ENDPOINT, "PacketSentEvent")) {
        const reader = new BorshReader(body);
        const [packet, options] = [reader.bytes(), reader.bytes()];
        this.packets.push(decodePacket(Uint8Array.from(packet), Uint8Array.from(options)));
      }
    });
  }

  /** Starts a chain; `programs` names a directory with LayerZero's real programs. */
  static start(programs = realPrograms()): SolanaChain {
    const chain = new SolanaChain(new LiteSVM(), programs !== undefined);
    chain.setTime(START);
    for (const { id, code } of layerZeroPrograms(programs)) chain.svm.addProgram(svmAddress(id), code);
    const [admin, executor, treasury] = ["layerzero", "executor", "lz-treasury"].map((n) => solanaKey(n).publicKey);
    const dvns = chain.dvns().map((dvn) => dvn.publicKey);
    const cast = { admin: admin!, executor: executor!, treasury: treasury!, dvns };
    for (const { address, owner, data } of genesis(SOLANA_EID, REMOTES, cast)) {
      const lamports = chain.svm.minimumBalanceForRentExemption(BigInt(data.length));
      chain.setAccount(address, owner, lamports, data);
    }
    for (const name of ["layerzero", "executor", "lz-treasury"]) chain.fund(solanaKey(name).publicKey);
    return chain;
  }

  /** Loads a program of this repository; `authority` may upgrade it. */
  deploy(name: string, authority: PublicKey): PublicKey {
    const id = new PublicKey(programId(name));
    this.svm.addProgram(svmAddress(id), programBinary(name));
    const address = programData(id);
    const account = this.svm.getAccount(svmAddress(address));
    if (!account.exists) throw new StunError(`The machine keeps the code of ${name} in no account of its own.`);
    const data = Buffer.from(account.data);
    // tag, slot, then the optional authority
    data.writeUInt8(1, 12);
    authority.toBuffer().copy(data, 13);
    this.setAccount(address, new PublicKey(account.programAddress), BigInt(account.lamports), data);
    return id;
  }

  private setAccount(address: PublicKey, owner: PublicKey, lamports: bigint, data: Buffer): void {
    this.svm.setAccount({
      address: svmAddress(address),
      programAddress: svmAddress(owner),
      lamports: lamports as never,
      data: new Uint8Array(data),
      space: BigInt(data.length),
      executable: false,
    });
  }

  /** The keys of the two DVNs. */
  dvns(): Keypair[] {
    return [solanaKey("dvn1"), solanaKey("dvn2")];
  }

  /** A client that the key of `name` pays for; the key is funded. */
  client(name: string): SolanaClient {
    const key = solanaKey(name);
    this.fund(key.publicKey);
    return new SolanaClient(this.transport, key);
  }

  /** Fills an account up to a thousand SOL. */
  fund(address: PublicKey): void {
    const wanted = 1_000n * BigInt(LAMPORTS_PER_SOL);
    const has = this.svm.getBalance(svmAddress(address)) ?? 0n;
    if (has < wanted / 2n) this.svm.airdrop(svmAddress(address), (wanted - has) as never);
  }

  /** Both DVNs of this network are required in both directions, and nothing is inherited. */
  pathSettings(): PathSettings {
    const dvns = this.dvns().map((dvn) => dvn.publicKey);
    const uln = explicitUln(CONFIRMATIONS, dvns);
    return { send: uln, receive: uln, executor: { maxMessageSize: 10_000, executor: executorConfig() } };
  }

  async now(): Promise<bigint> {
    return this.transport.time();
  }

  async advance(seconds: bigint): Promise<void> {
    this.setTime((await this.now()) + seconds);
  }

  private setTime(time: bigint): void {
    const clock = this.svm.getClock();
    clock.unixTimestamp = time;
    this.svm.setClock(clock);
  }

  async takePackets(): Promise<Packet[]> {
    return this.packets.splice(0);
  }

  async verify(packet: Packet): Promise<void> {
    for (const dvn of this.dvns()) await this.attest(packet, dvn);
    await this.commit(packet);
  }

  /** One DVN attests to a packet. */
  async attest(packet: Packet, dvn: Keypair): Promise<void> {
    const client = this.client("executor");
    const { header, hash } = attested(packet.bytes);
    const exists = await client.account(libraryAccounts.confirmations(header, hash, dvn.publicKey));
    const me = client.payer.publicKey;
    const room = exists ? [] : [initAttestation(me, packet.bytes, dvn.publicKey)];
    const calls = [...room, attest(dvn.publicKey, packet.bytes, CONFIRMATIONS)];
    await client.send(`attest to packet ${packet.nonce} of ${packet.srcEid}`, calls, { signers: [dvn] });
  }

  /** Commits a packet to the endpoint, if enough DVNs have attested to it. */
  async commit(packet: Packet): Promise<void> {
    const client = this.client("executor");
    const channel = channelOf(packet);
    const uln = await readReceivePath(client, channel);
    const exists = await client.account(at.payload(channel, packet.nonce));
    const room = exists ? [] : [initVerify(client.payer.publicKey, channel, packet.nonce)];
    const calls = [...room, commitVerification(uln, channel, packet.nonce, packet.bytes)];
    await client.send(`commit packet ${packet.nonce} of ${packet.srcEid}`, calls);
  }

  /** The executor delivers with the units and lamports that the sender asked for, or with others that are given. */
  async execute(packet: Packet, override: { gas?: bigint; value?: bigint } = {}): Promise<Execution> {
    let outcome: Outcome;
    try {
      outcome = await this.tryExecute(packet, override);
    } catch (error) {
      return { delivered: false, reason: messageOf(error) };
    }
    return outcome.failure === undefined ? { delivered: true } : { delivered: false, reason: refusal(outcome).reason };
  }

  /** The same, with everything that is known of the transaction. */
  async tryExecute(packet: Packet, override: { gas?: bigint; value?: bigint } = {}): Promise<Outcome> {
    const client = this.client("executor");
    const me = client.payer.publicKey;
    const asked = packet.options ? readExecutorOptions(packet.options, "receive") : DEFAULT_DELIVERY;
    const { gas, value } = { ...asked, ...override };
    const delivery = deliveryOf(packet);
    let plan = await planV1(client, delivery, me);
    // a composed message does not fit without the receiver's lookup table
    if (packet.message.length > 40) plan = await planV2(client, delivery, me);
    const call = await executeCall(client, delivery, plan.accounts, me, value, gas);
    return client.attempt([call], { units: Number(gas + EXECUTOR_UNITS), tables: plan.tables });
  }
}

/** The channel that a packet arrives on. */
export function channelOf(packet: Packet): Channel {
  return {
    local: new PublicKey(getBytes(packet.receiver)),
    remoteEid: packet.srcEid,
    remote: getBytes(packet.sender),
  };
}

export function deliveryOf(packet: Packet): Delivery {
  return {
    receiver: new PublicKey(getBytes(packet.receiver)),
    srcEid: packet.srcEid,
    sender: getBytes(packet.sender),
    nonce: packet.nonce,
    guid: getBytes(packet.guid),
    message: packet.message,
  };
}

/** A public key as the other chains write it. */
export function keyToBytes32(key: PublicKey): string {
  return hexlify(key.toBytes());
}
