import { expect } from "chai";
import {
  AuthorityType,
  createAssociatedTokenAccountInstruction,
  createInitializeAccount3Instruction,
  createSetAuthorityInstruction,
} from "@solana/spl-token";
import { Keypair, PublicKey, SystemProgram } from "@solana/web3.js";
import { getBytes } from "ethers";
import {
  HELD_REASONS,
  assignHeld,
  heldAddress,
  oftEvents,
  pauseFor,
  releaseHeld,
  setOftConfig,
  setPause,
  setPeerConfig,
  tokenAccount,
  voidHeld,
  type LimitChange,
} from "../../../chains/solana/oft";
import { executeCall, planV1 } from "../../../chains/solana/layerzero/executor";
import { SolanaError } from "../../../chains/solana/errors";
import { deliveryOf, solanaKey } from "../../../localnet/solana";
import type { Packet } from "../../../localnet/types";
import { HOME_EID, LIMIT, OFT_ERROR, STUN, refused } from "./setup";
import { onEachWorld } from "./worlds";

const DAY = 86_400n;
const ATA_RENT = 2_039_280n;
const MAX_CAP = 300_000_000n * STUN;

onEachWorld("held credits", (world) => {
  let count = 0;
  const fresh = (): PublicKey => solanaKey(`held ${++count}`).publicKey;
  const guid = (packet: Packet): Uint8Array => getBytes(packet.guid);

  const limit = async (direction: "inbound" | "outbound", change: LimitChange | null): Promise<void> => {
    const setting = direction === "inbound" ? { inbound: change } : { outbound: change };
    const { client, oft, admin } = world();
    await client.client.send("set a limit", [setPeerConfig(oft, admin.publicKey, HOME_EID, setting)]);
  };
  const mintCap = async (cap: bigint): Promise<void> => {
    const { client, oft, admin } = world();
    await client.client.send("set the cap", [setOftConfig(oft, admin.publicKey, { mintCap: cap })]);
  };

  /** Delivers a packet that has to be held and returns the entry. */
  async function hold(packet: Packet, reason: (typeof HELD_REASONS)[number]): Promise<bigint> {
    const before = { supply: await world().client.supply(), held: (await world().client.store()).held };
    const outcome = await world().deliver(packet);
    const [event] = oftEvents(world().oft, outcome, "OFTHeld");
    expect(HELD_REASONS[event?.reason ?? 0]).to.equal(reason);
    const entry = await world().client.held(guid(packet));
    expect(entry?.remaining).to.equal(event!.amount);
    expect(await world().client.supply()).to.equal(before.supply);
    expect((await world().client.store()).held).to.equal(before.held + event!.amount);
    return event!.amount;
  }

  /** Anyone releases. */
  async function release(packet: Packet, amount: bigint, who = "carol"): Promise<void> {
    const { client, oft } = world().as(who);
    const entry = (await world().client.held(guid(packet)))!;
    await client.send("release", [releaseHeld(oft, client.payer.publicKey, entry, amount)]);
  }

  describe("above the limit", function () {
    it("wait for their recipient, and anyone releases them when the limit has refilled, in parts", async function () {
      const to = fresh();
      // what flowed before has left the limit
      await world().chain.advance(DAY);
      await limit("inbound", { capacity: 10n * STUN, refillPerSecond: STUN });
      const packet = await world().verified(to, 25n * STUN);
      await hold(packet, "RateLimit");
      expect((await world().client.heldOf(to)).map((entry) => entry.amount)).to.deep.equal([25n * STUN]);

      await release(packet, 4n * STUN);
      expect(await world().client.balance(to)).to.equal(4n * STUN);
      // asks for all, gets what the limit has left
      await release(packet, 2n ** 64n - 1n);
      expect(await world().client.balance(to)).to.equal(10n * STUN);
      await refused(release(packet, STUN), OFT_ERROR.NothingToRelease);
      await world().chain.advance(3n);
      await release(packet, 2n ** 64n - 1n);
      expect(await world().client.balance(to)).to.equal(13n * STUN);
      await world().chain.advance(3_600n);
      await release(packet, 2n ** 64n - 1n);
      await world().chain.advance(3_600n);
      await release(packet, 2n ** 64n - 1n);
      expect(await world().client.balance(to)).to.equal(25n * STUN);
      expect(await world().client.held(guid(packet))).to.equal(null);
      expect((await world().client.store()).held).to.equal(0n);
    });

    it("are not released twice", async function () {
      const to = fresh();
      await world().chain.advance(3_600n);
      const packet = await world().verified(to, 11n * STUN);
      await hold(packet, "RateLimit");
      const entry = (await world().client.held(guid(packet)))!;
      await limit("inbound", { capacity: 100n * STUN, refillPerSecond: null });
      await release(packet, 11n * STUN);
      const { client, oft } = world().as("carol");
      const again = releaseHeld(oft, client.payer.publicKey, entry, 11n * STUN);
      await refused(client.send("release again", [again]), 3012);
      expect(await world().client.balance(to)).to.equal(11n * STUN);
    });

    it("give the entry's rent to whoever releases the last of it", async function () {
      await limit("inbound", { capacity: 0n, refillPerSecond: 0n });
      const packet = await world().verified(fresh(), STUN);
      await hold(packet, "RateLimit");
      const rent = await world().client.client.balance(heldAddress(world().oft, guid(packet)));
      await limit("inbound", { ...LIMIT });
      const carol = solanaKey("carol").publicKey;
      world().chain.client("carol");
      const before = await world().client.client.balance(carol);
      await release(packet, STUN);
      expect(await world().client.client.balance(carol)).to.equal(before + rent - ATA_RENT - 5_000n);
    });

    it("make room for sends, as a mint at once would", async function () {
      const to = solanaKey("alice").publicKey;
      await limit("outbound", { capacity: 100n * STUN, refillPerSecond: 0n });
      await world().give(to, 50n * STUN);
      const { client, table } = world();
      await world()
        .as("alice")
        .send(
          { dstEid: HOME_EID, to: Buffer.alloc(32, 0).fill(7, 12), amount: 40n * STUN, minAmount: 0n },
          { tables: [table] },
        );
      await limit("inbound", { capacity: 0n, refillPerSecond: null });
      const packet = await world().verified(to, 30n * STUN);
      await hold(packet, "RateLimit");
      const peer = async (): Promise<bigint> => (await client.peer(HOME_EID)).outbound!.tokens;
      expect(await peer()).to.equal(60n * STUN);
      await limit("inbound", { ...LIMIT });
      await release(packet, 30n * STUN);
      expect(await peer()).to.equal(90n * STUN);
      await limit("outbound", { ...LIMIT });
    });

    it("wait on a path that has no limit yet", async function () {
      await limit("inbound", null);
      const packet = await world().verified(fresh(), STUN);
      await hold(packet, "RateLimit");
      await limit("inbound", { ...LIMIT });
      await release(packet, STUN);
    });
  });

  describe("above the mint cap", function () {
    it("wait until there is room, and never lift the supply above it", async function () {
      const to = fresh();
      const supply = await world().client.supply();
      await mintCap(supply + 5n * STUN);
      await world().give(fresh(), 5n * STUN);
      const packet = await world().verified(to, 3n * STUN);
      await hold(packet, "MintCap");
      await refused(release(packet, STUN), OFT_ERROR.NothingToRelease);
      await mintCap(supply + 6n * STUN);
      await release(packet, 3n * STUN);
      expect(await world().client.balance(to)).to.equal(STUN);
      await mintCap(MAX_CAP);
      await release(packet, 3n * STUN);
      expect(await world().client.balance(to)).to.equal(3n * STUN);
    });

    it("a cap of more than 300,000,000 STUN is refused", async function () {
      await refused(mintCap(MAX_CAP + 1n), OFT_ERROR.MintCapTooHigh);
    });
  });

  describe("that arrive in a pause", function () {
    it("wait until it ends, and are not released before", async function () {
      const to = fresh();
      const { client, oft } = world().as("guardian");
      await client.send("pause", [pauseFor(oft, client.payer.publicKey, Number(2n * DAY))]);
      const packet = await world().verified(to, STUN);
      await hold(packet, "Paused");
      await refused(release(packet, STUN), OFT_ERROR.Paused);
      await world().chain.advance(2n * DAY);
      await release(packet, STUN);
      expect(await world().client.balance(to)).to.equal(STUN);
    });

    it("are released when the pause is lifted early", async function () {
      const to = fresh();
      const { client, oft } = world().as("guardian");
      await world().chain.advance(40n * DAY);
      await client.send("pause", [setPause(oft, client.payer.publicKey, true)]);
      const packet = await world().verified(to, STUN);
      await hold(packet, "Paused");
      await client.send("unpause", [setPause(oft, client.payer.publicKey, false)]);
      await release(packet, STUN);
      expect(await world().client.balance(to)).to.equal(STUN);
    });
  });

  describe("that name nobody", function () {
    it("wait until the admin names a recipient, which then nobody can change", async function () {
      const to = fresh();
      const packet = await world().verified(new Uint8Array(32), 2n * STUN);
      await hold(packet, "NoRecipient");
      await refused(release(packet, STUN), OFT_ERROR.InvalidRecipient);
      const assign = (who: string, recipient: PublicKey): Promise<unknown> => {
        const { client, oft } = world().as(who);
        return client.send("assign", [assignHeld(oft, client.payer.publicKey, guid(packet), recipient)]);
      };
      await refused(assign("mallory", solanaKey("mallory").publicKey), OFT_ERROR.Unauthorized);
      await refused(assign("timelock", PublicKey.default), OFT_ERROR.InvalidRecipient);
      await assign("timelock", to);
      await refused(assign("timelock", solanaKey("mallory").publicKey), OFT_ERROR.RecipientFixed);
      await release(packet, 2n * STUN);
      expect(await world().client.balance(to)).to.equal(2n * STUN);
    });
  });

  describe("whose recipient gave the associated account away", function () {
    it("are released to an account that the recipient chooses, and to no other", async function () {
      const owner = world().as("dave");
      const dave = owner.client.payer.publicKey;
      const lost = tokenAccount(world().oft, dave);
      const mallory = solanaKey("mallory").publicKey;
      await owner.client.send("give the account away", [
        createAssociatedTokenAccountInstruction(dave, lost, dave, world().oft.mint),
        createSetAuthorityInstruction(lost, dave, AuthorityType.AccountOwner, mallory),
      ]);
      const packet = await world().verified(dave, STUN);
      await hold(packet, "Destination");
      await refused(release(packet, STUN), OFT_ERROR.InvalidTokenDest);

      const other = Keypair.fromSeed(getBytes("0x" + "17".repeat(32)));
      const { transport } = owner.client;
      await owner.client.send(
        "open another account",
        [
          SystemProgram.createAccount({
            fromPubkey: dave,
            newAccountPubkey: other.publicKey,
            space: 165,
            lamports: Number(await transport.rent(165)),
            programId: (await owner.client.existing(lost, "account")).owner,
          }),
          createInitializeAccount3Instruction(other.publicKey, world().oft.mint, dave),
        ],
        { signers: [other] },
      );
      const entry = (await world().client.held(guid(packet)))!;
      const { oft } = world();
      const carol = world().as("carol").client;
      const byOther = releaseHeld(oft, carol.payer.publicKey, entry, STUN, other.publicKey);
      await refused(carol.send("release", [byOther]), OFT_ERROR.InvalidTokenDest);
      const toMallory = releaseHeld(oft, dave, entry, STUN, lost, true);
      await refused(owner.client.send("release", [toMallory]), OFT_ERROR.InvalidTokenDest);
      await owner.client.send("release", [releaseHeld(oft, dave, entry, STUN, other.publicKey, true)]);
      const account = await owner.client.existing(other.publicKey, "account");
      expect(account.data.readBigUInt64LE(64)).to.equal(STUN);
    });
  });

  describe("voided by the admin", function () {
    it("are gone, and the supply does not change", async function () {
      await limit("inbound", { capacity: 0n, refillPerSecond: 0n });
      const packet = await world().verified(fresh(), 9n * STUN);
      await hold(packet, "RateLimit");
      await limit("inbound", { ...LIMIT });
      const supply = await world().client.supply();
      const { client, oft, admin } = world();
      const outcome = await client.client.send("void", [voidHeld(oft, admin.publicKey, guid(packet))]);
      const [voided] = oftEvents(oft, outcome, "OFTHeldVoided");
      expect(voided?.amount).to.equal(9n * STUN);
      expect((await client.store()).held).to.equal(0n);
      expect(await client.held(guid(packet))).to.equal(null);
      expect(await client.supply()).to.equal(supply);
    });

    it("and by nobody else", async function () {
      await limit("inbound", { capacity: 0n, refillPerSecond: 0n });
      const packet = await world().verified(fresh(), STUN);
      await hold(packet, "RateLimit");
      for (const who of ["mallory", "guardian", "limiter"]) {
        const { client, oft } = world().as(who);
        const call = voidHeld(oft, client.payer.publicKey, guid(packet));
        await refused(client.send("void", [call]), OFT_ERROR.Unauthorized);
      }
      await limit("inbound", { ...LIMIT });
      await release(packet, STUN);
    });
  });

  it("cost the executor less than the token account that the sender paid for", async function () {
    await limit("inbound", { capacity: 0n, refillPerSecond: 0n });
    const packet = await world().verified(fresh(), STUN);
    const held = await world().chain.execute(packet, { value: ATA_RENT });
    expect(held).to.deep.equal({ delivered: true });
    expect(await world().client.client.balance(heldAddress(world().oft, guid(packet)))).to.equal(1_607_760n);
    await limit("inbound", { ...LIMIT });
    await release(packet, STUN);
  });

  it("are booked even where somebody sent lamports to the entry's address before", async function () {
    await limit("inbound", { capacity: 0n, refillPerSecond: 0n });
    const packet = await world().verified(fresh(), STUN);
    const { client } = world().as("mallory");
    const address = heldAddress(world().oft, guid(packet));
    const gift = SystemProgram.transfer({ fromPubkey: client.payer.publicKey, toPubkey: address, lamports: 1_000_000 });
    await client.send("get in the way", [gift]);
    await hold(packet, "RateLimit");
    await limit("inbound", { ...LIMIT });
    await release(packet, STUN);
  });

  it("need the entry's account: a caller who leaves it out or gives another is refused, and nothing is lost", async function () {
    const to = fresh();
    await limit("inbound", { capacity: 0n, refillPerSecond: 0n });
    const packet = await world().verified(to, STUN);
    const executor = world().chain.client("executor");
    const me = executor.payer.publicKey;
    const plan = await planV1(executor, deliveryOf(packet), me);
    const other = { ...plan.accounts.at(-1)!, pubkey: heldAddress(world().oft, Buffer.alloc(32, 1)) };
    for (const accounts of [plan.accounts.slice(0, -1), [...plan.accounts.slice(0, -1), other]]) {
      const call = await executeCall(executor, deliveryOf(packet), accounts, me, ATA_RENT, 0n);
      await refused(executor.send("deliver", [call]), OFT_ERROR.HeldAccountMissing);
    }
    await limit("inbound", { ...LIMIT });
    await world().deliver(packet);
    expect(await world().client.balance(to)).to.equal(STUN);
  });

  it("say in one sentence why nothing can be released", async function () {
    await limit("inbound", { capacity: 0n, refillPerSecond: 0n });
    const packet = await world().verified(fresh(), STUN);
    await hold(packet, "RateLimit");
    const error: unknown = await release(packet, STUN).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(SolanaError);
    expect((error as SolanaError).message).to.equal(
      "Cannot release: Nothing can be released now: the bridge is paused, the limit is used up or the cap is reached " +
        "(NothingToRelease 6023).",
    );
    await limit("inbound", { ...LIMIT });
    await release(packet, STUN);
  });
});
