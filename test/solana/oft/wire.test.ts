// What wallets, explorers and executors rely on: addresses, layouts, account lists, sizes and prices in compute units.
import { expect } from "chai";
import { PublicKey, TransactionInstruction } from "@solana/web3.js";
import { getBytes, hexlify, keccak256 } from "ethers";
import { accountTag, eventTag, instructionTag, recordedEvents } from "../../../chains/solana/anchor";
import { ENDPOINT, LIBRARY, endpointAccounts as at, libraryAccounts } from "../../../chains/solana/layerzero/addresses";
import { executeCall, planV1, planV2, receiveCall } from "../../../chains/solana/layerzero/executor";
import { payloadHash, sendAccounts } from "../../../chains/solana/layerzero/library";
import {
  heldAddress,
  pauseFor,
  peerAddress,
  readPeer,
  readStore,
  sendCall,
  setLookupTable,
  tokenAccount,
  typesAddress,
} from "../../../chains/solana/oft";
import { deliveryOf, solanaKey } from "../../../localnet/solana";
import { HOME_EID, HOME_PEER, OFT_ERROR, STUN, evmAddress, message, refused } from "./setup";
import { onEachWorld } from "./worlds";

describe("Solana OFT: facts of LayerZero's that nobody can change", function () {
  it("discriminators are the published ones", function () {
    const hex = (bytes: Buffer): string => bytes.toString("hex");
    const instructions: Record<string, string> = {
      oft_version: "b373fdbb58165040",
      init_oft: "b6a99310c92d4c17",
      set_oft_config: "377e57d99f4218c2",
      set_peer_config: "4fbba8398b8c5d2f",
      set_pause: "3f209a0238674f2d",
      withdraw_fee: "0e7ae7da1feedf96",
      quote_oft: "b3ff5ccafb525276",
      quote_send: "cf0031d6a0d34cd3",
      send: "66fb14bb414b0c45",
      lz_receive: "08b3786d2176bd50",
      lz_receive_types: "dd11f69ff8801f60",
      lz_receive_types_info: "2b94d55d657f25aa",
      lz_receive_types_v2: "6d9dc88e8adf9fa4",
    };
    for (const [name, tag] of Object.entries(instructions)) expect(hex(instructionTag(name)), name).to.equal(tag);
    expect(hex(accountTag("OFTStore"))).to.equal("c3d76886b9c3f072");
    expect(hex(accountTag("PeerConfig"))).to.equal("b59d56c621c15ecb");
    expect(hex(accountTag("LzReceiveTypesAccounts"))).to.equal("f857a77505fb157e");
    expect(hex(eventTag("OFTSent"))).to.equal("6cabdb02bd156e6e");
    expect(hex(eventTag("OFTReceived"))).to.equal("908170439098c92a");
  });

  it("addresses of the endpoint and of the library are those of the main network", function () {
    expect(String(at.settings())).to.equal("2uk9pQh3tB5ErV7LGQJcbWjb4KeJ2UJki5qJZ8QG56G3");
    expect(String(libraryAccounts.settings())).to.equal("2XgGZG4oP29U3w5h4nTk1V2LFHL23zKDPJjs3psGzLKQ");
  });

  it("a payload's hash is keccak of guid and message", function () {
    const hash = payloadHash(new Uint8Array(32).fill(1), Uint8Array.from([2, 3]));
    expect(hexlify(hash)).to.equal(keccak256(`0x${"01".repeat(32)}0203`));
  });
});

/** For packets that are only asked about: they leave no gap. */
const UNSENT = { nonce: 1_000_000n };

onEachWorld("the wire", (world) => {
  const alice = solanaKey("alice").publicKey;

  it("accounts have the sizes that their layouts say, and begin as OFT302's do", async function () {
    const { client, oft, admin } = world();
    const size = async (address: PublicKey): Promise<number> =>
      (await client.client.existing(address, "account")).data.length;
    expect(await size(oft.store)).to.equal(322);
    expect(await size(peerAddress(oft, HOME_EID))).to.equal(1_671);
    const types = await client.client.existing(typesAddress(oft), "account");
    expect(types.data.length).to.equal(104);
    expect((types.data.length - 8) % 32).to.equal(0);
    const store = (await client.client.existing(oft.store, "store")).data;
    const key = (from: number): string => String(new PublicKey(store.subarray(from, from + 32)));
    expect([store[8], store.readBigUInt64LE(9)]).to.deep.equal([0, 1_000n]);
    expect([key(17), key(49), key(81)]).to.deep.equal([oft.mint, oft.escrow, ENDPOINT].map(String));
    // bump, value locked, then the admin
    expect(key(122)).to.equal(String(admin.publicKey));
    expect(readStore(store).version).to.equal(1);
    const peer = (await client.client.existing(peerAddress(oft, HOME_EID), "peer")).data;
    expect(hexlify(peer.subarray(8, 40))).to.equal(hexlify(HOME_PEER));
    expect(readPeer(peer).version).to.equal(1);
  });

  it("a delivery takes the accounts of OFT302 in their order, then the held entry", async function () {
    const { oft } = world();
    const me = solanaKey("executor").publicKey;
    const packet = world().packet(message(alice, 5n), UNSENT);
    const { accounts } = await planV1(world().chain.client("executor"), deliveryOf(packet), me);
    const channel = world().client.channel(HOME_EID, HOME_PEER);
    const expected: [PublicKey | string, string][] = [
      [me, "sw"],
      [peerAddress(oft, HOME_EID), "w"],
      [oft.store, "w"],
      [oft.escrow, "w"],
      [alice, ""],
      [tokenAccount(oft, alice), "w"],
      [oft.mint, "w"],
      [oft.program, ""],
      ["TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", ""],
      ["ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL", ""],
      [PublicKey.default, ""],
      [PublicKey.findProgramAddressSync([Buffer.from("__event_authority")], oft.program)[0], ""],
      [oft.program, ""],
      [ENDPOINT, ""],
      [oft.store, ""],
      [at.registry(oft.store), ""],
      [at.nonce(channel), ""],
      [at.payload(channel, packet.nonce), "w"],
      [at.settings(), "w"],
      [PublicKey.findProgramAddressSync([Buffer.from("__event_authority")], ENDPOINT)[0], ""],
      [ENDPOINT, ""],
      [heldAddress(oft, getBytes(packet.guid)), "w"],
    ];
    const flags = accounts.map((a) => [String(a.pubkey), `${a.isSigner ? "s" : ""}${a.isWritable ? "w" : ""}`]);
    expect(flags).to.deep.equal(expected.map(([key, flag]) => [String(key), flag]));
  });

  it("both ways of asking name the same accounts, the second with a lookup table", async function () {
    for (const compose of [undefined, Buffer.alloc(40, 1)]) {
      const packet = world().packet(message(alice, 5n, compose), UNSENT);
      const client = world().chain.client("executor");
      const [first, second] = [
        await planV1(client, deliveryOf(packet), client.payer.publicKey),
        await planV2(client, deliveryOf(packet), client.payer.publicKey),
      ];
      const plain = (plan: typeof first): unknown => plan.accounts.map((a) => ({ ...a, pubkey: String(a.pubkey) }));
      expect(plain(second)).to.deep.equal(plain(first));
      expect(first.accounts.length).to.equal(compose ? 29 : 22);
      expect(second.tables.map((table) => String(table.key))).to.deep.equal([String(world().table.key)]);
    }
  });

  it("the second way works without a lookup table, and refuses what is none", async function () {
    const { client, oft, admin, table } = world();
    const set = (key: PublicKey): Promise<unknown> =>
      client.client.send("set the table", [setLookupTable(oft, admin.publicKey, key)]);
    await set(PublicKey.default);
    const packet = world().packet(message(alice, 5n, Buffer.alloc(40, 1)), UNSENT);
    const executor = world().chain.client("executor");
    const plan = await planV2(executor, deliveryOf(packet), executor.payer.publicKey);
    expect([plan.accounts.length, plan.tables.length]).to.deep.equal([29, 0]);
    await set(table.key);
    await refused(set(oft.mint), OFT_ERROR.InvalidLookupTable);
  });

  it("no message makes the question for accounts fail", async function () {
    const executor = world().chain.client("executor");
    for (const length of [0, 1, 31, 32, 39, 40, 71, 72, 100]) {
      const packet = world().packet(Buffer.alloc(length, 255), UNSENT);
      await planV1(executor, deliveryOf(packet), executor.payer.publicKey);
      await planV2(executor, deliveryOf(packet), executor.payer.publicKey);
    }
  });

  it("a send fits into a transaction with the lookup table, and costs less than 220,000 units", async function () {
    await world().give(alice, 100n * STUN);
    const plain = { dstEid: HOME_EID, to: evmAddress("x"), amount: STUN, minAmount: 0n };
    const options = { tables: [world().table] };
    const sent = await world().as("alice").send(plain, options);
    const composed = await world()
      .as("alice")
      .send({ ...plain, compose: Buffer.alloc(64, 1) }, options);
    for (const { outcome } of [sent, composed]) {
      expect(outcome.bytes).to.be.lessThan(600);
      expect(outcome.units < 220_000n, `${outcome.units} units`).to.equal(true);
    }
    const depth = Math.max(...sent.outcome.logs.map((line) => Number(/invoke \[(\d)\]/.exec(line)?.[1] ?? 0)));
    expect(depth).to.equal(5);
  });

  it("a composed send without the table does not fit, and the client says so before it sends", async function () {
    const client = world().as("alice");
    const path = await client.path(HOME_EID);
    const plain = { dstEid: HOME_EID, to: evmAddress("x"), amount: STUN, minAmount: 0n, compose: Buffer.alloc(64, 1) };
    const call = sendCall(world().oft, alice, plain, { native: 1n, token: 0n }, sendAccounts(path, alice));
    const error: unknown = await client.client.send("send", [call]).catch((thrown: unknown) => thrown);
    expect((error as Error).message).to.match(
      /^The transaction (has \d+ bytes and the network takes 1232|is too large)/,
    );
  });

  it("a delivery fits into a transaction and costs less than 110,000 units, with a new token account", async function () {
    const packet = await world().verified(solanaKey("somebody new").publicKey, STUN);
    const { client } = world().as("carol");
    const plan = await planV1(client, deliveryOf(packet), client.payer.publicKey);
    const outcome = await client.send("deliver", [await receiveCall(client, deliveryOf(packet), plan.accounts)]);
    expect(outcome.bytes).to.be.lessThan(1_100);
    expect(outcome.units < 110_000n, `${outcome.units} units`).to.equal(true);
  });

  it("a delivery through the executor fits too, a composed one with the table", async function () {
    const executor = world().chain.client("executor");
    const me = executor.payer.publicKey;
    const plain = await world().verified(alice, STUN);
    const composed = await world().verified(alice, STUN, Buffer.alloc(96, 1));
    for (const packet of [plain, composed]) {
      const ask = packet === composed ? planV2 : planV1;
      const plan = await ask(executor, deliveryOf(packet), me);
      const call = await executeCall(executor, deliveryOf(packet), plan.accounts, me, 10_000_000n, 0n);
      const outcome = await executor.send("execute", [call], { tables: plan.tables });
      expect(outcome.bytes).to.be.lessThan(1_200);
      expect(outcome.units < 160_000n, `${outcome.units} units`).to.equal(true);
    }
  });

  it("a held delivery costs less than one that mints", async function () {
    const { client, oft } = world();
    const guardian = world().as("guardian").client;
    await guardian.send("pause", [pauseFor(oft, guardian.payer.publicKey, 60)]);
    const outcome = await world().give(solanaKey("in a pause").publicKey, STUN);
    expect(outcome.units < 110_000n, `${outcome.units} units`).to.equal(true);
    await world().chain.advance(60n);
    expect((await client.store()).held).to.equal(STUN);
  });

  it("events are byte for byte what indexers decode", async function () {
    const received = await world().give(alice, 7n * STUN);
    const [inbound] = recordedEvents(received, world().oft.program, "OFTReceived");
    expect(inbound?.length).to.equal(32 + 4 + 32 + 8);
    expect(inbound?.readUInt32LE(32)).to.equal(HOME_EID);
    expect(String(new PublicKey(inbound!.subarray(36, 68)))).to.equal(String(alice));
    expect(inbound?.readBigUInt64LE(68)).to.equal(7n * STUN);
    const transfer = { dstEid: HOME_EID, to: evmAddress("x"), amount: 2n * STUN + 1n, minAmount: 0n };
    const { outcome, receipt } = await world()
      .as("alice")
      .send(transfer, { tables: [world().table] });
    const [outbound] = recordedEvents(outcome, world().oft.program, "OFTSent");
    expect(outbound?.length).to.equal(32 + 4 + 32 + 8 + 8);
    expect(outbound?.subarray(0, 32).equals(receipt.guid)).to.equal(true);
    expect(String(new PublicKey(outbound!.subarray(36, 68)))).to.equal(String(tokenAccount(world().oft, alice)));
    expect([outbound?.readBigUInt64LE(68), outbound?.readBigUInt64LE(76)]).to.deep.equal([2n * STUN, 2n * STUN]);
    expect(recordedEvents(outcome, LIBRARY, "FeesPaidEvent").length).to.equal(1);
  });

  it("an event cannot be forged from outside", async function () {
    const { client } = world().as("mallory");
    const authority = PublicKey.findProgramAddressSync([Buffer.from("__event_authority")], world().oft.program)[0];
    const data = Buffer.concat([Buffer.from("e445a52e51cb9a1d", "hex"), eventTag("OFTReceived"), Buffer.alloc(76)]);
    const keys = [{ pubkey: authority, isSigner: false, isWritable: false }];
    const outcome = await client.attempt([new TransactionInstruction({ programId: world().oft.program, keys, data })]);
    expect(outcome.failure).to.not.equal(undefined);
  });
});
