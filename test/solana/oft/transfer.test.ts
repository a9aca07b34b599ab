import { expect } from "chai";
import {
  createAssociatedTokenAccountInstruction,
  createMintToInstruction,
  createSetAuthorityInstruction,
  AuthorityType,
} from "@solana/spl-token";
import { PublicKey } from "@solana/web3.js";
import { getBytes, hexlify, keccak256, solidityPacked } from "ethers";
import { LIBRARY, endpointAccounts as at } from "../../../chains/solana/layerzero/addresses";
import { readNonce } from "../../../chains/solana/layerzero/state";
import {
  oftEvents,
  peerAddress,
  sendCall,
  setPeerConfig,
  tokenAccount,
  type Transfer,
} from "../../../chains/solana/oft";
import { quoteAccounts, sendAccounts } from "../../../chains/solana/layerzero/library";
import { SOLANA_EID, keyToBytes32, solanaKey } from "../../../localnet/solana";
import { HOME_EID, HOME_PEER, LIMIT, OFT_ERROR, STUN, evmAddress, receiveOptions, refused } from "./setup";
import { onEachWorld } from "./worlds";

const INSUFFICIENT_FEE = 6023;
const CONSTRAINT_SEEDS = 2006;
const TOKEN_OWNER = 2015;
const NOT_INITIALIZED = 3012;

onEachWorld("transfers", (world) => {
  const alice = solanaKey("alice").publicKey;
  const to = evmAddress("alice at home");
  const transfer = (amount: bigint, more: Partial<Transfer> = {}): Transfer => ({
    dstEid: HOME_EID,
    to,
    amount,
    minAmount: 0n,
    ...more,
  });
  const send = (change: Transfer, who = "alice"): Promise<unknown> =>
    world()
      .as(who)
      .send(change, { tables: [world().table] });

  it("mints what the home adapter locked, to the recipient's associated account", async function () {
    const outcome = await world().give(alice, 50n * STUN);
    expect(await world().client.balance(alice)).to.equal(50n * STUN);
    expect(await world().client.supply()).to.equal(50n * STUN);
    const [received] = oftEvents(world().oft, outcome, "OFTReceived");
    expect(received?.to.equals(alice)).to.equal(true);
    expect(received?.amount).to.equal(50n * STUN);
    expect(received?.srcEid).to.equal(HOME_EID);
  });

  it("burns what is sent and leaves what the shared decimals cannot carry with the sender", async function () {
    const before = await world().client.balance(alice);
    const { outcome, receipt } = await world()
      .as("alice")
      .send(transfer(3n * STUN + 777n, { minAmount: 3n * STUN }), { tables: [world().table] });
    expect(await world().client.balance(alice)).to.equal(before - 3n * STUN);
    expect(await world().client.supply()).to.equal(before - 3n * STUN);
    expect([receipt.sent, receipt.received, receipt.nonce]).to.deep.equal([3n * STUN, 3n * STUN, 1n]);
    const [sent] = oftEvents(world().oft, outcome, "OFTSent");
    expect(sent?.guid.equals(receipt.guid)).to.equal(true);
    expect(String(sent?.from)).to.equal(String(tokenAccount(world().oft, alice)));
    const [packet] = await world().chain.takePackets();
    expect(packet?.receiver).to.equal(hexlify(HOME_PEER));
    expect(hexlify(packet!.message)).to.equal(hexlify(Buffer.concat([to, Buffer.from("00000000002dc6c0", "hex")])));
    const fields = [1n, SOLANA_EID, keyToBytes32(world().oft.store), HOME_EID, hexlify(HOME_PEER)];
    const guid = keccak256(solidityPacked(["uint64", "uint32", "bytes32", "uint32", "bytes32"], fields));
    expect([packet?.guid, hexlify(receipt.guid)]).to.deep.equal([guid, guid]);
  });

  it("returns the 72 bytes that wallets decode", async function () {
    const { outcome } = await world()
      .as("alice")
      .send(transfer(STUN), { tables: [world().table] });
    expect(outcome.returned?.data.length).to.equal(72);
  });

  it("charges the quoted price, and refuses less", async function () {
    const client = world().as("alice");
    const path = await client.path(HOME_EID);
    const fee = await client.quote(transfer(STUN), path, [world().table]);
    expect(fee.native > 0n && fee.token === 0n).to.equal(true);
    const less = { native: fee.native - 1n, token: 0n };
    const before = await world().client.balance(alice);
    await refused(client.send(transfer(STUN), { fee: less, tables: [world().table] }), INSUFFICIENT_FEE, LIBRARY);
    expect(await world().client.balance(alice)).to.equal(before);
  });

  it("takes no more than the price when more is offered", async function () {
    const client = world().as("alice");
    const fee = await client.quote(transfer(STUN), await client.path(HOME_EID), [world().table]);
    const before = await world().client.client.balance(alice);
    const { receipt } = await client.send(transfer(STUN), {
      fee: { native: fee.native * 10n, token: 0n },
      tables: [world().table],
    });
    expect(receipt.fee.native).to.equal(fee.native);
    // one signature costs 5,000 lamports
    expect(before - (await world().client.client.balance(alice))).to.equal(fee.native + 5_000n);
  });

  it("refuses less than the minimum the sender asks for", async function () {
    await refused(send(transfer(STUN + 999n, { minAmount: STUN + 1n })), OFT_ERROR.SlippageExceeded);
  });

  it("refuses an amount that the shared decimals cannot carry", async function () {
    await refused(send(transfer(999n)), OFT_ERROR.AmountTooSmall);
    await refused(send(transfer(0n)), OFT_ERROR.AmountTooSmall);
  });

  for (const [what, recipient] of [
    ["the zero address", new Uint8Array(32)],
    ["a Solana address", alice.toBytes()],
    ["twelve bytes too many", Buffer.concat([Buffer.alloc(11), Buffer.from([1]), evmAddress("x").subarray(12)])],
  ] as const) {
    it(`refuses ${what} as recipient at home`, async function () {
      await refused(send(transfer(STUN, { to: recipient })), OFT_ERROR.InvalidRecipient);
    });
  }

  it("refuses a path that does not exist", async function () {
    await refused(world().client.quoteOft(transfer(STUN, { dstEid: 30_184 })), NOT_INITIALIZED);
  });

  it("refuses a path whose peer was removed, until it is set again", async function () {
    const { client, oft, admin } = world();
    const set = (peer: Uint8Array): Promise<unknown> =>
      client.client.send("set the peer", [setPeerConfig(oft, admin.publicKey, HOME_EID, { peer })]);
    await set(new Uint8Array(32));
    await refused(client.quoteOft(transfer(STUN)), OFT_ERROR.PeerNotSet);
    await set(HOME_PEER);
    await client.quoteOft(transfer(STUN));
  });

  it("quotes the limit, no fee, and what would arrive", async function () {
    const quote = await world().client.quoteOft(transfer(STUN + 5n));
    expect(quote.minAmount).to.equal(1_000n);
    expect(quote.maxAmount).to.equal(LIMIT.capacity - 5n * STUN);
    expect(quote.fees).to.deep.equal([]);
    expect([quote.sent, quote.received]).to.deep.equal([STUN, STUN]);
  });

  it("cannot send another's tokens", async function () {
    const client = world().as("mallory");
    const path = await client.path(HOME_EID);
    const mallory = solanaKey("mallory").publicKey;
    const call = sendCall(
      world().oft,
      mallory,
      transfer(STUN),
      { native: 10n ** 9n, token: 0n },
      sendAccounts(path, mallory),
      tokenAccount(world().oft, alice),
    );
    await refused(client.client.send("send", [call], { tables: [world().table] }), TOKEN_OWNER);
  });

  it("refuses options that are not of type 3", async function () {
    await refused(send(transfer(STUN, { options: Buffer.from([0, 1, 9]) })), OFT_ERROR.InvalidOptions);
  });

  it("adds the sender's options to the enforced ones", async function () {
    await world().chain.takePackets();
    await send(transfer(STUN, { options: receiveOptions(5_000n) }));
    const [packet] = await world().chain.takePackets();
    const joined = Buffer.concat([receiveOptions(100_000n), receiveOptions(5_000n).subarray(2)]);
    expect(hexlify(packet!.options!)).to.equal(hexlify(joined));
  });

  it("lets a composed message go home, with its sender in front", async function () {
    await world().chain.takePackets();
    const compose = Buffer.from("to base, please");
    await send(transfer(STUN, { compose }));
    const [packet] = await world().chain.takePackets();
    expect(hexlify(packet!.message.subarray(40))).to.equal(hexlify(Buffer.concat([alice.toBytes(), compose])));
  });

  it("refuses a composed message towards TON, whose peer is a hash", async function () {
    const { client, oft, admin } = world();
    const eid = 30_343;
    await client.client.send("open TON", [
      setPeerConfig(oft, admin.publicKey, eid, { peer: getBytes(keccak256("0x01")) }),
    ]);
    const onTon = transfer(STUN, { dstEid: eid, to: getBytes(keccak256("0x02")), options: receiveOptions(1n) });
    await client.quoteOft(onTon);
    await refused(client.quoteOft({ ...onTon, compose: Buffer.from([1]) }), OFT_ERROR.ComposeRefused);
    await refused(client.quoteOft({ ...onTon, to: new Uint8Array(32) }), OFT_ERROR.InvalidRecipient);
  });

  describe("the endpoint's accounts", function () {
    async function attempt(change: (list: ReturnType<typeof sendAccounts>) => void): Promise<unknown> {
      const client = world().as("alice");
      const path = await client.path(HOME_EID);
      const list = sendAccounts(path, alice);
      change(list);
      const call = sendCall(world().oft, alice, transfer(STUN), { native: 10n ** 9n, token: 0n }, list);
      return client.client.send("send", [call], { tables: [world().table], units: 300_000 });
    }

    it("must begin with the endpoint's program", async function () {
      await refused(
        attempt((list) => (list[0] = { ...list[0]!, pubkey: LIBRARY })),
        OFT_ERROR.InvalidEndpoint,
      );
    });

    it("must have the store as sender", async function () {
      await refused(
        attempt((list) => (list[1] = { ...list[1]!, pubkey: alice })),
        OFT_ERROR.InvalidSenderAccount,
      );
    });

    it("must not name the store a second time, to pay from its lamports", async function () {
      const before = await world().client.client.balance(world().oft.store);
      await refused(
        attempt((list) => (list[13] = { pubkey: world().oft.store, isSigner: false, isWritable: true })),
        OFT_ERROR.InvalidSenderAccount,
      );
      expect(await world().client.client.balance(world().oft.store)).to.equal(before);
    });

    it("must be complete", async function () {
      await refused(
        attempt((list) => list.splice(5)),
        OFT_ERROR.InvalidEndpoint,
      );
    });

    it("must name the channel of this path", async function () {
      const other = at.nonce({ local: world().oft.store, remoteEid: 30_184, remote: HOME_PEER });
      let failed: unknown;
      await attempt((list) => (list[7] = { ...list[7]!, pubkey: other })).catch((error: unknown) => (failed = error));
      expect(failed).to.be.instanceOf(Error);
    });

    it("of a quote are all read-only", async function () {
      const path = await world().client.path(HOME_EID);
      expect(quoteAccounts(path).some((account) => account.isWritable || account.isSigner)).to.equal(false);
    });
  });

  it("leaves the escrow empty and the endpoint's nonces without a gap", async function () {
    const channel = world().client.channel(HOME_EID, HOME_PEER);
    const account = await world().client.client.existing(at.nonce(channel), "nonce");
    const nonces = readNonce(account.data);
    expect(nonces.inbound).to.equal(1n);
    expect(nonces.outbound > 3n).to.equal(true);
    const escrow = await world().client.client.existing(world().oft.escrow, "escrow");
    expect(escrow.data.readBigUInt64LE(64)).to.equal(0n);
  });

  it("gives the mint to nobody: only the store can mint, and there is no freeze authority", async function () {
    const { oft, client } = world();
    const mint = await client.client.existing(oft.mint, "mint");
    expect(mint.data.readUInt32LE(0)).to.equal(1);
    expect(new PublicKey(mint.data.subarray(4, 36)).equals(oft.store)).to.equal(true);
    expect(mint.data.readUInt32LE(46)).to.equal(0);
    expect(mint.data[44]).to.equal(9);
    const mallory = world().as("mallory").client;
    const me = mallory.payer.publicKey;
    const open = createAssociatedTokenAccountInstruction(me, tokenAccount(oft, me), me, oft.mint);
    await mallory.send("open an account", [open]);
    const forged = createMintToInstruction(oft.mint, tokenAccount(oft, me), me, 1n);
    const taken = createSetAuthorityInstruction(oft.mint, me, AuthorityType.MintTokens, me);
    for (const call of [forged, taken]) {
      const outcome = await mallory.attempt([call]);
      expect(outcome.failure).to.not.equal(undefined);
    }
  });

  it("is at the address that its path names", async function () {
    const client = world().as("alice");
    const path = await client.path(HOME_EID);
    const call = sendCall(
      world().oft,
      alice,
      transfer(STUN),
      { native: 10n ** 9n, token: 0n },
      sendAccounts(path, alice),
    );
    call.keys[1] = {
      ...call.keys[1]!,
      pubkey: peerAddress(world().oft, 30_343),
    };
    await refused(client.client.send("send", [call], { tables: [world().table] }), CONSTRAINT_SEEDS);
  });
});
