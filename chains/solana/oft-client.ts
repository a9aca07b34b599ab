// What a person or a deployment does with the OFT: open it, open paths, quote, send, and read its state.
import {
  AddressLookupTableProgram,
  type AddressLookupTableAccount,
  Keypair,
  PublicKey,
  SystemProgram,
  type TransactionInstruction,
} from "@solana/web3.js";
import {
  MINT_SIZE,
  TOKEN_PROGRAM_ID,
  createInitializeMint2Instruction,
  unpackAccount,
  unpackMint,
} from "@solana/spl-token";
import { StunError } from "../errors";
import { SolanaClient, type Outcome, type SendOptions } from "./client";
import type { Channel } from "./layerzero/addresses";
import {
  initConfig,
  initNonce,
  initReceiveLibrary,
  initSendLibrary,
  setConfig,
  setReceiveLibrary,
  setSendLibrary,
} from "./layerzero/endpoint";
import { quoteAccounts, readSendPath, sendAccounts, type SendPath } from "./layerzero/library";
import { writeExecutor, writeUln, type ExecutorConfig, type UlnConfig } from "./layerzero/state";
import {
  HELD_RECIPIENT_OFFSET,
  initOft,
  oftAt,
  peerAddress,
  quoteCall,
  readFee,
  readHeld,
  readPeer,
  readQuote,
  readReceipt,
  readStore,
  sendCall,
  setPeerConfig,
  tokenAccount,
  typesAddress,
  heldAddress,
  type HeldEntry,
  type MessagingFee,
  type Oft,
  type OftQuote,
  type OftStore,
  type Peer,
  type SendReceipt,
  type Transfer,
} from "./oft";

/** Send runs through five programs, the deepest that the network allows. */
const SEND_UNITS = 300_000;
const DECIMALS = 9;

/** How a path's messages are verified and delivered: explicit, nothing is inherited. */
export interface PathSettings {
  readonly send: UlnConfig;
  readonly receive: UlnConfig;
  readonly executor: ExecutorConfig;
}

export class OftClient {
  constructor(
    readonly client: SolanaClient,
    readonly oft: Oft,
  ) {}

  /** The same OFT, used and paid for by another. */
  as(payer: Keypair): OftClient {
    return new OftClient(this.client.as(payer), this.oft);
  }

  /**
   * Creates the mint, whose only authority is the store, and opens the store. The client's payer must be the program's
   * upgrade authority. `admin` also becomes the endpoint's delegate.
   */
  static async open(client: SolanaClient, mint: Keypair, escrow: Keypair, admin: PublicKey): Promise<OftClient> {
    const oft = oftAt(mint.publicKey, escrow.publicKey);
    const payer = client.payer.publicKey;
    const lamports = Number(await client.transport.rent(MINT_SIZE));
    const create = SystemProgram.createAccount({
      fromPubkey: payer,
      newAccountPubkey: mint.publicKey,
      space: MINT_SIZE,
      lamports,
      programId: TOKEN_PROGRAM_ID,
    });
    const calls = [
      create,
      createInitializeMint2Instruction(mint.publicKey, DECIMALS, oft.store, null),
      initOft(oft, payer, admin),
    ];
    await client.send("open the OFT", calls, { signers: [mint, escrow] });
    return new OftClient(client, oft);
  }

  channel(eid: number, peer: Uint8Array): Channel {
    return { local: this.oft.store, remoteEid: eid, remote: peer };
  }

  /** Opens a path; the payer must be both admin and delegate. */
  async openPath(eid: number, peer: Uint8Array, settings: PathSettings): Promise<void> {
    const { oft, client } = this;
    const me = client.payer.publicKey;
    const steps: [string, TransactionInstruction[]][] = [
      ["set the peer", [setPeerConfig(oft, me, eid, { peer })]],
      ["open the channel", [initNonce(me, this.channel(eid, peer))]],
      ["choose the libraries", [initSendLibrary(me, oft.store, eid), initReceiveLibrary(me, oft.store, eid)]],
      ["fix the libraries", [setSendLibrary(me, oft.store, eid), setReceiveLibrary(me, oft.store, eid, 0n)]],
      ["open the path's configuration", [initConfig(me, me, oft.store, eid)]],
      ["set the sending DVNs", [setConfig(me, oft.store, eid, "send", writeUln(settings.send))]],
      ["set the receiving DVNs", [setConfig(me, oft.store, eid, "receive", writeUln(settings.receive))]],
      ["set the executor", [setConfig(me, oft.store, eid, "executor", writeExecutor(settings.executor))]],
    ];
    for (const [what, calls] of steps) await client.send(`${what} of endpoint ${eid}`, calls);
  }

  /** Creates a lookup table with everything of a path that does not change, and returns its address. */
  async createTable(path: SendPath): Promise<PublicKey> {
    const { client, oft } = this;
    const me = client.payer.publicKey;
    const recentSlot = Number((await client.transport.slot()) - 1n);
    const [create, table] = AddressLookupTableProgram.createLookupTable({ authority: me, payer: me, recentSlot });
    await client.send("create a lookup table", [create]);
    const eid = path.channel.remoteEid;
    const send = sendCall(
      oft,
      me,
      { dstEid: eid, to: new Uint8Array(32), amount: 0n, minAmount: 0n },
      { native: 0n, token: 0n },
      sendAccounts(path, me),
    );
    const mine = [me, tokenAccount(oft, me)].map(String);
    const fixed = new Map([...send.keys.map((key) => key.pubkey), typesAddress(oft)].map((key) => [String(key), key]));
    const addresses = [...fixed].filter(([text]) => !mine.includes(text)).map(([, key]) => key);
    // a transaction has room for some twenty addresses
    for (let from = 0; from < addresses.length; from += 20) {
      const part = addresses.slice(from, from + 20);
      const extend = AddressLookupTableProgram.extendLookupTable({
        lookupTable: table,
        authority: me,
        payer: me,
        addresses: part,
      });
      await client.send("fill the lookup table", [extend]);
    }
    return table;
  }

  async store(): Promise<OftStore> {
    return readStore((await this.client.existing(this.oft.store, "OFT store")).data);
  }

  async peer(eid: number): Promise<Peer> {
    return readPeer((await this.client.existing(peerAddress(this.oft, eid), `peer of endpoint ${eid}`)).data);
  }

  /** Tokens in existence, base units. */
  async supply(): Promise<bigint> {
    const { data, owner, lamports } = await this.client.existing(this.oft.mint, "mint");
    const info = { data, owner, lamports: Number(lamports), executable: false };
    return unpackMint(this.oft.mint, info, TOKEN_PROGRAM_ID).supply;
  }

  /** What an owner has in the associated token account, base units; 0 when there is none. */
  async balance(owner: PublicKey): Promise<bigint> {
    const address = tokenAccount(this.oft, owner);
    const account = await this.client.account(address);
    if (!account) return 0n;
    const info = { ...account, lamports: Number(account.lamports), executable: false };
    return unpackAccount(address, info, TOKEN_PROGRAM_ID).amount;
  }

  async held(guid: Uint8Array): Promise<HeldEntry | null> {
    const account = await this.client.account(heldAddress(this.oft, guid));
    return account ? readHeld(account.data) : null;
  }

  /** Everything that is held for a recipient. */
  async heldOf(recipient: PublicKey): Promise<HeldEntry[]> {
    const found = await this.client.transport.programAccounts(
      this.oft.program,
      HELD_RECIPIENT_OFFSET,
      recipient.toBytes(),
    );
    return found.filter(({ account }) => account.data.length === 103).map(({ account }) => readHeld(account.data));
  }

  async path(eid: number): Promise<SendPath> {
    const { address } = await this.peer(eid);
    return readSendPath(this.client, this.channel(eid, address));
  }

  /** What a transfer would bring, before LayerZero's price. */
  async quoteOft(transfer: Transfer): Promise<OftQuote> {
    const outcome = await this.client.simulate("quote the transfer", [quoteCall(this.oft, "quote_oft", transfer, [])]);
    return readQuote(this.answer(outcome));
  }

  /** LayerZero's price of a transfer, in lamports. */
  async quote(transfer: Transfer, path: SendPath, tables: AddressLookupTableAccount[] = []): Promise<MessagingFee> {
    const call = quoteCall(this.oft, "quote_send", transfer, quoteAccounts(path));
    return readFee(
      this.answer(await this.client.simulate("quote the transfer", [call], { tables, units: SEND_UNITS })),
    );
  }

  /** Sends the payer's tokens, at the price that `quote` gives now. */
  async send(
    transfer: Transfer,
    options: SendOptions & { fee?: MessagingFee; path?: SendPath } = {},
  ): Promise<{ outcome: Outcome; receipt: SendReceipt }> {
    const path = options.path ?? (await this.path(transfer.dstEid));
    const fee = options.fee ?? (await this.quote(transfer, path, [...(options.tables ?? [])]));
    const me = this.client.payer.publicKey;
    const call = sendCall(this.oft, me, transfer, fee, sendAccounts(path, me));
    const outcome = await this.client.send("send tokens", [call], { units: SEND_UNITS, ...options });
    return { outcome, receipt: readReceipt(this.answer(outcome)) };
  }

  private answer(outcome: Outcome): Buffer {
    if (!outcome.returned?.program.equals(this.oft.program)) throw new StunError("The OFT program answers nothing.");
    return outcome.returned.data;
  }
}
