import { expect } from "chai";
import {
  MINT_SIZE,
  TOKEN_PROGRAM_ID,
  createAssociatedTokenAccountInstruction,
  createInitializeMint2Instruction,
  createTransferInstruction,
} from "@solana/spl-token";
import { Keypair, PublicKey, SystemProgram, type TransactionInstruction } from "@solana/web3.js";
import { ENDPOINT, endpointAccounts as at } from "../../../chains/solana/layerzero/addresses";
import { initSendLibrary, setConfig } from "../../../chains/solana/layerzero/endpoint";
import { explicitUln, readDelegate, writeUln } from "../../../chains/solana/layerzero/state";
import {
  acceptAdmin,
  initOft,
  oftAt,
  pauseFor,
  setLookupTable,
  setOftConfig,
  setPause,
  setPeerConfig,
  tokenAccount,
  withdrawFee,
  type OftSetting,
  type PeerSetting,
} from "../../../chains/solana/oft";
import { solanaKey } from "../../../localnet/solana";
import { HOME_EID, HOME_PEER, LIMIT, OFT_ERROR, STUN, evmAddress, receiveOptions, refused } from "./setup";
import { onEachWorld } from "./worlds";

const DAY = 86_400n;
const STRANGERS = ["mallory", "guardian", "limiter"] as const;

onEachWorld("roles", (world) => {
  const key = (name: string): PublicKey => solanaKey(name).publicKey;
  const by = (who: string, call: (me: PublicKey) => TransactionInstruction): Promise<unknown> => {
    const { client } = world().as(who);
    return client.send("do it", [call(client.payer.publicKey)]);
  };
  const setting = (who: string, change: OftSetting): Promise<unknown> =>
    by(who, (me) => setOftConfig(world().oft, me, change));
  const peer = (who: string, change: PeerSetting): Promise<unknown> =>
    by(who, (me) => setPeerConfig(world().oft, me, HOME_EID, change));

  describe("the admin", function () {
    const settings: [string, OftSetting][] = [
      ["propose an admin", { admin: key("bob") }],
      ["change the delegate", { delegate: key("bob") }],
      ["set a fee", { fee: 0 }],
      ["pause or unpause", { paused: false }],
      ["name the pauser", { pauser: key("bob") }],
      ["name the unpauser", { unpauser: key("bob") }],
      ["name the limiter", { limiter: key("bob") }],
      ["set the mint cap", { mintCap: STUN }],
    ];
    for (const [what, change] of settings) {
      it(`alone can ${what}`, async function () {
        for (const who of STRANGERS) await refused(setting(who, change), OFT_ERROR.Unauthorized);
      });
    }

    const peers: [string, PeerSetting][] = [
      ["set a peer", { peer: evmAddress("mallory's adapter") }],
      ["set a path's fee", { feeBps: 0 }],
      ["enforce options", { send: receiveOptions(1n), sendAndCall: receiveOptions(1n) }],
    ];
    for (const [what, change] of peers) {
      it(`alone can ${what}`, async function () {
        for (const who of STRANGERS) await refused(peer(who, change), OFT_ERROR.Unauthorized);
      });
    }

    it("alone can name the lookup table, and only a lookup table", async function () {
      const { oft, table } = world();
      await refused(
        by("mallory", (me) => setLookupTable(oft, me, table.key)),
        OFT_ERROR.Unauthorized,
      );
      await refused(
        by("timelock", (me) => setLookupTable(oft, me, oft.mint)),
        OFT_ERROR.InvalidLookupTable,
      );
      await by("timelock", (me) => setLookupTable(oft, me, PublicKey.default));
      await by("timelock", (me) => setLookupTable(oft, me, table.key));
    });

    it("hands over in two steps: the proposed one must accept, and nobody else can", async function () {
      await setting("timelock", { admin: key("bob") });
      expect(String((await world().client.store()).admin)).to.equal(String(key("timelock")));
      await refused(
        by("mallory", (me) => acceptAdmin(world().oft, me)),
        OFT_ERROR.Unauthorized,
      );
      await by("bob", (me) => acceptAdmin(world().oft, me));
      const { admin, pendingAdmin } = await world().client.store();
      expect([String(admin), pendingAdmin]).to.deep.equal([String(key("bob")), null]);
      await refused(setting("timelock", { mintCap: STUN }), OFT_ERROR.Unauthorized);
      await refused(
        by("bob", (me) => acceptAdmin(world().oft, me)),
        OFT_ERROR.Unauthorized,
      );
      await setting("bob", { admin: key("timelock") });
      await by("timelock", (me) => acceptAdmin(world().oft, me));
    });

    it("can take a proposal back by another", async function () {
      await setting("timelock", { admin: key("bob") });
      await setting("timelock", { admin: key("timelock") });
      await refused(
        by("bob", (me) => acceptAdmin(world().oft, me)),
        OFT_ERROR.Unauthorized,
      );
    });

    it("takes out only what was sent to the escrow by mistake", async function () {
      const { oft, client } = world();
      await world().give(key("alice"), 5n * STUN);
      const gift = createTransferInstruction(tokenAccount(oft, key("alice")), oft.escrow, key("alice"), STUN);
      await world().as("alice").client.send("donate", [gift]);
      const dest = tokenAccount(oft, key("alice"));
      await refused(
        by("mallory", (me) => withdrawFee(oft, me, dest, STUN)),
        OFT_ERROR.Unauthorized,
      );
      await refused(
        by("timelock", (me) => withdrawFee(oft, me, dest, STUN + 1n)),
        OFT_ERROR.InvalidFee,
      );
      await by("timelock", (me) => withdrawFee(oft, me, dest, STUN));
      expect(await client.balance(key("alice"))).to.equal(5n * STUN);
    });
  });

  it("takes no fee: the settings of OFT302 exist and accept nothing but zero", async function () {
    await refused(setting("timelock", { fee: 1 }), OFT_ERROR.InvalidFee);
    await refused(peer("timelock", { feeBps: 1 }), OFT_ERROR.InvalidFee);
    await setting("timelock", { fee: 0 });
    await peer("timelock", { feeBps: null });
  });

  it("refuses enforced options that are too long or not of type 3", async function () {
    const good = receiveOptions(1n);
    const bad: [Uint8Array, Uint8Array][] = [
      [Buffer.alloc(0), good],
      [good, Buffer.from([0, 1])],
      [Buffer.concat([good, Buffer.alloc(512)]), good],
    ];
    for (const [send, sendAndCall] of bad) {
      await refused(peer("timelock", { send, sendAndCall }), OFT_ERROR.InvalidOptions);
    }
  });

  it("opens a path with its peer before anything else of it can be set", async function () {
    const call = setPeerConfig(world().oft, key("timelock"), 30_999, { inbound: LIMIT });
    await refused(world().client.client.send("set a limit", [call]), OFT_ERROR.PeerNotInitialized);
  });

  describe("the limiter", function () {
    it("sets limits, as the admin does, and nobody else", async function () {
      await peer("limiter", { inbound: { ...LIMIT } });
      await peer("timelock", { outbound: { ...LIMIT } });
      for (const who of ["mallory", "guardian"]) {
        await refused(peer(who, { inbound: { ...LIMIT } }), OFT_ERROR.Unauthorized);
        await refused(peer(who, { outbound: null }), OFT_ERROR.Unauthorized);
      }
    });
  });

  describe("the guardian", function () {
    it("pauses for seven days at most, and again only thirty days after the end", async function () {
      const { oft, chain, client } = world();
      const pause = (seconds: bigint): Promise<unknown> => by("guardian", (me) => pauseFor(oft, me, Number(seconds)));
      await refused(pause(0n), OFT_ERROR.InvalidPause);
      await refused(pause(7n * DAY + 1n), OFT_ERROR.InvalidPause);
      await pause(7n * DAY);
      const { pausedUntil, pauseAllowedAt } = await client.store();
      expect(pausedUntil).to.equal((await chain.now()) + 7n * DAY);
      expect(pauseAllowedAt).to.equal(pausedUntil + 30n * DAY);
      await refused(pause(DAY), OFT_ERROR.PauseCooldown);
      await chain.advance(37n * DAY - 1n);
      await refused(pause(DAY), OFT_ERROR.PauseCooldown);
      await chain.advance(1n);
      await pause(DAY);
    });

    it("stops sends, which work again when the pause ends by itself", async function () {
      const { chain, client } = world();
      await world().chain.advance(40n * DAY);
      await world().give(key("alice"), STUN);
      await by("guardian", (me) => pauseFor(world().oft, me, Number(DAY)));
      const transfer = { dstEid: HOME_EID, to: evmAddress("alice"), amount: 1_000n, minAmount: 0n };
      await refused(client.quoteOft(transfer), OFT_ERROR.Paused);
      const path = await client.path(HOME_EID);
      await refused(client.quote(transfer, path, [world().table]), OFT_ERROR.Paused);
      await refused(
        world()
          .as("alice")
          .send(transfer, { fee: { native: 10n ** 9n, token: 0n }, tables: [world().table] }),
        OFT_ERROR.Paused,
      );
      await chain.advance(DAY - 1n);
      await refused(client.quoteOft(transfer), OFT_ERROR.Paused);
      await chain.advance(1n);
      await world()
        .as("alice")
        .send(transfer, { tables: [world().table] });
    });

    it("lifts a pause, as the admin does; the wait until the next one stays", async function () {
      const { oft, chain, client } = world();
      await chain.advance(40n * DAY);
      await by("guardian", (me) => setPause(oft, me, true));
      expect((await client.store()).pausedUntil).to.equal((await chain.now()) + 7n * DAY);
      await by("guardian", (me) => setPause(oft, me, false));
      expect((await client.store()).paused).to.equal(false);
      await refused(
        by("guardian", (me) => setPause(oft, me, true)),
        OFT_ERROR.PauseCooldown,
      );
      await chain.advance(40n * DAY);
      await by("guardian", (me) => setPause(oft, me, true));
      await setting("timelock", { paused: false });
      expect((await client.store()).paused).to.equal(false);
    });

    it("alone pauses and lifts", async function () {
      for (const who of ["mallory", "limiter", "timelock"]) {
        await refused(
          by(who, (me) => setPause(world().oft, me, true)),
          OFT_ERROR.Unauthorized,
        );
        await refused(
          by(who, (me) => setPause(world().oft, me, false)),
          OFT_ERROR.Unauthorized,
        );
        await refused(
          by(who, (me) => pauseFor(world().oft, me, 1)),
          OFT_ERROR.Unauthorized,
        );
      }
    });
  });

  describe("the delegate", function () {
    it("is who the admin says, and the one before has no power any more", async function () {
      const { client, oft, chain } = world();
      const registry = async (): Promise<string> =>
        String(readDelegate((await client.client.existing(at.registry(oft.store), "registry")).data));
      expect(await registry()).to.equal(String(key("timelock")));
      const weaker = writeUln(explicitUln(1n, [chain.dvns()[0]!.publicKey]));
      const weaken = (me: PublicKey): TransactionInstruction => setConfig(me, oft.store, HOME_EID, "receive", weaker);
      await refused(by("mallory", weaken), 6010, ENDPOINT);
      await setting("timelock", { delegate: key("bob") });
      expect(await registry()).to.equal(String(key("bob")));
      await refused(by("timelock", weaken), 6010, ENDPOINT);
      await refused(
        by("timelock", (me) => initSendLibrary(me, oft.store, 30_110)),
        2001,
        ENDPOINT,
      );
      await by("bob", (me) => initSendLibrary(me, oft.store, 30_110));
      await setting("timelock", { delegate: key("timelock") });
    });
  });

  describe("opening a store", function () {
    interface Bad {
      decimals?: number;
      authority?: PublicKey;
      freeze?: PublicKey;
      payer?: string;
      tweak?: (call: TransactionInstruction) => void;
    }
    let made = 0;

    async function open(bad: Bad = {}): Promise<unknown> {
      const { client } = world().as(bad.payer ?? "timelock");
      const [mint, escrow] = ["mint", "escrow"].map((n) => solanaKey(`${n} ${++made}`)) as [Keypair, Keypair];
      const oft = oftAt(mint.publicKey, escrow.publicKey);
      const me = client.payer.publicKey;
      const create = SystemProgram.createAccount({
        fromPubkey: me,
        newAccountPubkey: mint.publicKey,
        space: MINT_SIZE,
        lamports: Number(await client.transport.rent(MINT_SIZE)),
        programId: TOKEN_PROGRAM_ID,
      });
      const authority = bad.authority ?? oft.store;
      const call = initOft(oft, me, me);
      bad.tweak?.(call);
      await client.send(
        "create the mint",
        [create, createInitializeMint2Instruction(mint.publicKey, bad.decimals ?? 9, authority, bad.freeze ?? null)],
        { signers: [mint] },
      );
      return client.send("open the OFT", [call], { signers: [escrow] });
    }

    it("is for the program's upgrade authority alone", async function () {
      await refused(open({ payer: "mallory" }), OFT_ERROR.NotUpgradeAuthority);
      await refused(open({ tweak: (call) => call.keys.pop() }), OFT_ERROR.NotUpgradeAuthority);
    });

    it("needs a mint of nine decimals, shared six", async function () {
      await refused(open({ decimals: 6 }), OFT_ERROR.InvalidDecimals);
      await refused(open({ tweak: (call) => call.data.writeUInt8(5, 8 + 1 + 32) }), OFT_ERROR.InvalidDecimals);
    });

    it("needs the store as the mint's only authority, and nobody who can freeze", async function () {
      await refused(open({ authority: key("mallory") }), OFT_ERROR.InvalidMintAuthority);
      await refused(open({ freeze: key("mallory") }), OFT_ERROR.InvalidMintAuthority);
    });

    it("needs minting and burning, not locking", async function () {
      await refused(open({ tweak: (call) => call.data.writeUInt8(1, 8) }), OFT_ERROR.InvalidOftType);
    });

    it("needs LayerZero's endpoint", async function () {
      const other = (call: TransactionInstruction): void => {
        call.data = Buffer.concat([call.data.subarray(0, -1), Buffer.from([1]), key("mallory").toBuffer()]);
      };
      await refused(open({ tweak: other }), OFT_ERROR.InvalidEndpoint);
    });

    it("works with all of that", async function () {
      await open();
    });
  });

  it("a stranger's token account of another mint cannot be sent from", async function () {
    const { oft } = world();
    const open = createAssociatedTokenAccountInstruction(
      key("bob"),
      tokenAccount(oft, key("bob")),
      key("bob"),
      oft.mint,
    );
    await world().as("bob").client.send("open an account", [open]);
    const transfer = { dstEid: HOME_EID, to: HOME_PEER, amount: STUN, minAmount: 0n };
    let failed: unknown;
    await world()
      .as("bob")
      .send(transfer, { tables: [world().table] })
      .catch((error: unknown) => (failed = error));
    expect(failed).to.be.instanceOf(Error);
  });
});
