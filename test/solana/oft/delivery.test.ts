import { expect } from "chai";
import {
  AuthorityType,
  createAssociatedTokenAccountInstruction,
  createSetAuthorityInstruction,
} from "@solana/spl-token";
import { PublicKey } from "@solana/web3.js";
import { getBytes } from "ethers";
import { ENDPOINT, EXECUTOR, LIBRARY, endpointAccounts as at } from "../../../chains/solana/layerzero/addresses";
import {
  burn,
  clear,
  initNonce,
  initReceiveLibrary,
  initVerify,
  nilify,
  skip,
} from "../../../chains/solana/layerzero/endpoint";
import { executeCall, planV1, receiveCall } from "../../../chains/solana/layerzero/executor";
import { payloadHash } from "../../../chains/solana/layerzero/library";
import { readNonce, readPayloadHash } from "../../../chains/solana/layerzero/state";
import { oftEvents, tokenAccount } from "../../../chains/solana/oft";
import { recordedEvents } from "../../../chains/solana/anchor";
import { channelOf, deliveryOf, solanaKey } from "../../../localnet/solana";
import type { Packet } from "../../../localnet/types";
import { HOME_EID, HOME_PEER, OFT_ERROR, RATE, STUN, evmAddress, message, refused } from "./setup";
import { onEachWorld } from "./worlds";

const NOT_INITIALIZED = 3012;
const INVALID_NONCE = 6009;
const UNAUTHORIZED = 6010;
const PAYLOAD_NOT_FOUND = 6011;
const VERIFYING = 6013;
const INSUFFICIENT_BALANCE = 6014;
const NOT_EXECUTOR = 6007;
const ATA_RENT = 2_039_280n;

onEachWorld("deliveries", (world) => {
  let count = 0;
  /** A recipient who has no token account yet. */
  const fresh = (): PublicKey => solanaKey(`recipient ${++count}`).publicKey;
  const fails = async (packet: Packet, code: number): Promise<void> => {
    const outcome = await world().chain.tryExecute(packet);
    expect(outcome.failure, "the delivery succeeded").to.not.equal(undefined);
    expect(outcome.logs.join("\n")).to.contain(`0x${code.toString(16)}`);
  };

  it("works once: a second execution finds no message", async function () {
    const to = fresh();
    const packet = await world().verified(to, 2n * STUN);
    await world().deliver(packet);
    await fails(packet, NOT_INITIALIZED);
    expect(await world().client.balance(to)).to.equal(2n * STUN);
  });

  it("works in any order once the gap is verified, and not before", async function () {
    const to = fresh();
    const second = world().packet(message(to, (2n * STUN) / RATE));
    const third = world().packet(message(to, (3n * STUN) / RATE));
    await world().chain.verify(third);
    await fails(third, INVALID_NONCE);
    await world().chain.verify(second);
    await world().deliver(third);
    expect(await world().client.balance(to)).to.equal(3n * STUN);
    await world().deliver(second);
    expect(await world().client.balance(to)).to.equal(5n * STUN);
  });

  it("needs both DVNs", async function () {
    const to = fresh();
    const packet = world().packet(message(to, 7n));
    await world().chain.attest(packet, world().chain.dvns()[0]!);
    await refused(world().chain.commit(packet), VERIFYING, LIBRARY);
    await world().chain.attest(packet, world().chain.dvns()[1]!);
    await world().chain.commit(packet);
    await world().deliver(packet);
    expect(await world().client.balance(to)).to.equal(7n * RATE);
  });

  it("takes the message that was verified and no other", async function () {
    const to = fresh();
    const packet = await world().verified(to, STUN);
    await fails({ ...packet, message: message(to, 9_000_000n) }, PAYLOAD_NOT_FOUND);
    await world().deliver(packet);
    expect(await world().client.balance(to)).to.equal(STUN);
  });

  it("goes to the associated account of the recipient that the message names", async function () {
    const [to, mallory] = [fresh(), solanaKey("mallory").publicKey];
    const packet = await world().verified(to, STUN);
    const delivery = deliveryOf(packet);
    const { client } = world().as("mallory");
    const { accounts } = await planV1(client, delivery, client.payer.publicKey);
    const toMallory = accounts.map((a, i) =>
      i === 4 ? { ...a, pubkey: mallory } : i === 5 ? { ...a, pubkey: tokenAccount(world().oft, mallory) } : a,
    );
    const stolen = await receiveCall(client, delivery, toMallory);
    await refused(client.send("steal", [stolen]), OFT_ERROR.InvalidTokenDest);
    const elsewhere = accounts.map((a, i) => (i === 5 ? { ...a, pubkey: tokenAccount(world().oft, mallory) } : a));
    await refused(client.send("steal", [await receiveCall(client, delivery, elsewhere)]), OFT_ERROR.InvalidTokenDest);
    await world().deliver(packet);
  });

  it("can be made by anybody, who then pays for the token account", async function () {
    const to = fresh();
    const packet = await world().verified(to, STUN);
    const { client } = world().as("carol");
    const { accounts } = await planV1(client, deliveryOf(packet), client.payer.publicKey);
    await client.send("deliver", [await receiveCall(client, deliveryOf(packet), accounts)]);
    expect(await world().client.balance(to)).to.equal(STUN);
  });

  it("that costs the executor more than was paid fails, and succeeds with enough", async function () {
    const to = fresh();
    const packet = await world().verified(to, STUN);
    const short = await world().chain.tryExecute(packet, { value: ATA_RENT - 1n });
    expect(short.logs.join("\n")).to.contain(`0x${INSUFFICIENT_BALANCE.toString(16)}`);
    expect((await world().chain.execute(packet, { gas: 1_000n })).delivered).to.equal(false);
    expect(await world().client.balance(to)).to.equal(0n);
    expect(await world().chain.execute(packet, { value: ATA_RENT })).to.deep.equal({ delivered: true });
    expect(await world().client.balance(to)).to.equal(STUN);
  });

  it("costs the executor nothing where the recipient has an account", async function () {
    const to = fresh();
    await world().give(to, STUN);
    const packet = await world().verified(to, STUN);
    expect(await world().chain.execute(packet, { value: 0n })).to.deep.equal({ delivered: true });
  });

  it("through the executor's program is for its executors", async function () {
    const packet = await world().verified(fresh(), STUN);
    const { client } = world().as("mallory");
    const me = client.payer.publicKey;
    const { accounts } = await planV1(client, deliveryOf(packet), me);
    const call = await executeCall(client, deliveryOf(packet), accounts, me, ATA_RENT, 200_000n);
    await refused(client.send("execute", [call]), NOT_EXECUTOR, EXECUTOR);
    await world().deliver(packet);
  });

  it("from another sender than the peer is refused, even when it is verified", async function () {
    const stranger = evmAddress("a stranger's adapter");
    const { client, oft, chain } = world();
    const channel = { local: oft.store, remoteEid: HOME_EID, remote: stranger };
    await client.client.send("open the channel", [initNonce(client.client.payer.publicKey, channel)]);
    const packet = world().packet(message(fresh(), 1_000_000n), { nonce: 1n, sender: stranger });
    await chain.verify(packet);
    const supply = await client.supply();
    await fails(packet, OFT_ERROR.InvalidSender);
    expect(await client.supply()).to.equal(supply);
  });

  it("from a chain without a peer is refused", async function () {
    const { client, oft, chain } = world();
    const me = client.client.payer.publicKey;
    const channel = { local: oft.store, remoteEid: 30_110, remote: HOME_PEER };
    const open = [initNonce(me, channel), initReceiveLibrary(me, oft.store, 30_110)];
    await client.client.send("open the channel", open);
    const packet = world().packet(message(fresh(), 1n), { nonce: 1n, eid: 30_110 });
    await chain.verify(packet);
    await fails(packet, NOT_INITIALIZED);
  });

  it("only reaches channels that the delegate has opened", async function () {
    const channel = { local: world().oft.store, remoteEid: HOME_EID, remote: evmAddress("unknown") };
    const { client } = world().as("mallory");
    await refused(client.send("open a channel", [initNonce(client.payer.publicKey, channel)]), 2001, ENDPOINT);
  });

  for (const [what, body] of [
    ["nothing", Buffer.alloc(0)],
    ["31 bytes", Buffer.alloc(31, 1)],
    ["39 bytes", Buffer.alloc(39, 1)],
    ["more than can exist", message(solanaKey("alice").publicKey, 2n ** 64n - 1n)],
  ] as const) {
    it(`that says ${what} is consumed with an event, mints nothing and is not stuck`, async function () {
      const packet = world().packet(body);
      await world().chain.verify(packet);
      const supply = await world().client.supply();
      const outcome = await world().deliver(packet);
      const [rejected] = oftEvents(world().oft, outcome, "OFTMessageRejected");
      expect(rejected?.nonce).to.equal(packet.nonce);
      expect(rejected?.reason).to.equal(body.length < 40 ? 1 : 2);
      expect(await world().client.supply()).to.equal(supply);
      await fails(packet, NOT_INITIALIZED);
    });
  }

  it("of nothing changes nothing", async function () {
    const to = fresh();
    const packet = await world().verified(to, 0n);
    await world().deliver(packet);
    expect(await world().client.client.account(tokenAccount(world().oft, to))).to.equal(null);
  });

  it("with a few bytes behind the amount gives the amount", async function () {
    const to = fresh();
    await world().deliver(await world().verified(to, STUN, Buffer.alloc(31, 7)));
    expect(await world().client.balance(to)).to.equal(STUN);
  });

  it("to a program's address works: its owner reaches the tokens", async function () {
    const pda = tokenAccount(world().oft, fresh());
    await world().give(pda, STUN);
    expect(await world().client.balance(pda)).to.equal(STUN);
  });

  it("hands a composed message to the endpoint once, with tokens already there", async function () {
    const to = fresh();
    const from = evmAddress("composer's caller");
    const body = Buffer.from("hello");
    const packet = await world().verified(to, 3n * STUN, Buffer.concat([from, body]));
    const outcome = await world().chain.tryExecute(packet, { value: ATA_RENT + 960_480n, gas: 300_000n });
    expect(outcome.failure, outcome.logs.join("\n")).to.equal(undefined);
    expect(await world().client.balance(to)).to.equal(3n * STUN);
    const nonce = Buffer.alloc(8);
    nonce.writeBigUInt64BE(packet.nonce);
    const head = Buffer.concat([nonce, Buffer.from("000075950000000000000000", "hex")]);
    head.writeBigUInt64BE(3n * STUN, 12);
    const handed = Buffer.concat([head, from, body]);
    const state = at.composed(world().oft.store, to, getBytes(packet.guid), 0, handed);
    expect((await world().client.client.existing(state, "composed message")).data.length).to.equal(10);
    expect(recordedEvents(outcome, ENDPOINT, "ComposeSentEvent").length).to.equal(1);
  });

  describe("by the delegate, instead of the program", function () {
    const delegate = (): PublicKey => world().admin.publicKey;

    it("is for nobody else", async function () {
      const packet = await world().verified(fresh(), STUN);
      const { client } = world().as("mallory");
      const taken = clear(
        client.payer.publicKey,
        channelOf(packet),
        packet.nonce,
        getBytes(packet.guid),
        packet.message,
      );
      await refused(client.send("clear", [taken]), UNAUTHORIZED, ENDPOINT);
      const hash = payloadHash(getBytes(packet.guid), packet.message);
      const nil = nilify(client.payer.publicKey, channelOf(packet), packet.nonce, hash);
      await refused(client.send("nilify", [nil]), UNAUTHORIZED, ENDPOINT);
      await world().deliver(packet);
    });

    it("nilify takes a verification back, and DVNs can give it again", async function () {
      const to = fresh();
      const packet = await world().verified(to, STUN);
      const hash = payloadHash(getBytes(packet.guid), packet.message);
      const account = await world().client.client.existing(at.payload(channelOf(packet), packet.nonce), "payload");
      expect(readPayloadHash(account.data).equals(hash)).to.equal(true);
      await world().client.client.send("nilify", [nilify(delegate(), channelOf(packet), packet.nonce, hash)]);
      await fails(packet, PAYLOAD_NOT_FOUND);
      await world().chain.commit(packet);
      await world().deliver(packet);
      expect(await world().client.balance(to)).to.equal(STUN);
    });

    it("clear and burn destroy a message: nothing is minted for it, ever", async function () {
      const supply = await world().client.supply();
      const [cleared, burnt] = [await world().verified(fresh(), STUN), await world().verified(fresh(), STUN)];
      const hash = payloadHash(getBytes(burnt.guid), burnt.message);
      await world().client.client.send("clear and burn", [
        clear(delegate(), channelOf(cleared), cleared.nonce, getBytes(cleared.guid), cleared.message),
        burn(delegate(), channelOf(burnt), burnt.nonce, hash),
      ]);
      for (const packet of [cleared, burnt]) await fails(packet, NOT_INITIALIZED);
      expect(await world().client.supply()).to.equal(supply);
    });

    it("skip moves the channel on by one message", async function () {
      const channel = world().client.channel(HOME_EID, HOME_PEER);
      const packet = world().packet(message(fresh(), 1n));
      const { client } = world().client;
      await client.send("make room", [initVerify(client.payer.publicKey, channel, packet.nonce)]);
      await client.send("skip", [skip(delegate(), channel, packet.nonce)]);
      const nonces = readNonce((await client.existing(at.nonce(channel), "nonce")).data);
      expect(nonces.inbound).to.equal(packet.nonce);
    });
  });

  it("further ahead than 256 messages cannot be verified", async function () {
    const channel = world().client.channel(HOME_EID, HOME_PEER);
    const account = await world().client.client.existing(at.nonce(channel), "nonce");
    const nonce = readNonce(account.data).inbound + 257n;
    await refused(world().chain.verify(world().packet(message(fresh(), 1n), { nonce })), INVALID_NONCE, ENDPOINT);
  });

  it("to an associated account that its owner gave away is held for the recipient", async function () {
    const owner = world().as("dave");
    const dave = owner.client.payer.publicKey;
    const account = tokenAccount(world().oft, dave);
    await owner.client.send("give the account away", [
      createAssociatedTokenAccountInstruction(dave, account, dave, world().oft.mint),
      createSetAuthorityInstruction(account, dave, AuthorityType.AccountOwner, solanaKey("mallory").publicKey),
    ]);
    const packet = await world().verified(dave, STUN);
    const [held] = oftEvents(world().oft, await world().deliver(packet), "OFTHeld");
    expect(held?.reason).to.equal(5);
    expect((await world().client.heldOf(dave)).map((entry) => entry.remaining)).to.deep.equal([STUN]);
  });
});
