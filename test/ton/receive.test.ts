import { type Address, beginCell } from "@ton/core";
import { expect } from "chai";
import { hashOf } from "../../chains/ton/address";
import { ERROR } from "../../chains/ton/errors";
import { EVENT, OP, messages } from "../../chains/ton/messages";
import { NULL, build, opcode } from "../../localnet/ton-classlib";
import { lzBody, lzEvents } from "../../localnet/ton-layerzero-paths";
import type { Trace } from "../../localnet/ton-sandbox";
import type { Packet } from "../../localnet/types";
import { DAY, EVM_USER, FUNDED, Kit, PEER, STUN, TON, exitAt, oftMessage } from "./kit";

const delivered = (trace: Trace): boolean =>
  lzEvents(trace).some((event) => event.topic === "Channel::event::DELIVERED");
const alerted = (trace: Trace): boolean =>
  lzEvents(trace).some((event) => event.topic === "Channel::event::LZ_RECEIVE_ALERT");

describe("TON OFT: receiving", () => {
  let kit: Kit;
  let alice: Address;
  let bob: Address;
  let channel: Address;

  beforeEach(async () => {
    kit = await Kit.funded();
    alice = await kit.sandbox.addressOf("alice");
    bob = await kit.sandbox.addressOf("bob");
    channel = kit.local.path.channel;
  });

  const toBob = (amount: bigint): Packet => kit.packet(oftMessage(hashOf(bob), amount / 1_000n));
  const status = (packet: Packet): Promise<number> => kit.chain.layerZero.executionStatus(channel, packet.nonce);
  const release = async (recipient: Address | bigint, packet: Packet, amount: bigint): Promise<Trace> =>
    kit.sandbox.send("carol", await kit.token.buildRelease(recipient, BigInt(packet.guid), amount));

  describe("mints", () => {
    it("what arrives, to a recipient without a wallet, and gives him the unused TON of the delivery", async () => {
      const trace = await kit.deliver(toBob(5n * STUN));
      expect(delivered(trace)).to.equal(true);
      expect(await kit.balance("bob")).to.equal(5n * STUN);
      expect(trace.find(OP.excesses, bob)).to.not.equal(undefined);
      const event = trace
        .event(EVENT.received)!
        .body.beginParse()
        .skip(32 + 256);
      expect([event.loadUintBig(64), event.loadUintBig(256), event.loadCoins()]).to.eql([2n, hashOf(bob), 5n * STUN]);
    });

    it("without running the compose message that a faulty home appended", async () => {
      const message = Buffer.concat([oftMessage(hashOf(bob), 7_000_000n), Buffer.alloc(200, 0xcd)]);
      expect(delivered(await kit.deliver(kit.packet(message)))).to.equal(true);
      expect(await kit.balance("bob")).to.equal(7n * STUN);
    });

    it("nothing for an amount of zero, which counts as delivered", async () => {
      expect(delivered(await kit.deliver(toBob(0n)))).to.equal(true);
      expect(await kit.token.totalSupply()).to.equal(FUNDED);
    });

    it("in any order once every lower nonce is committed; until then the Channel refuses (141)", async () => {
      const [first, second, third] = [toBob(STUN), toBob(2n * STUN), toBob(4n * STUN)];
      for (const packet of [third, second]) await kit.chain.verify(packet);
      expect(await status(third)).to.equal(1);
      expect((await kit.chain.layerZero.deliver(third, TON)).at(channel)[0]!.exit).to.equal(141);
      await kit.chain.verify(first);
      for (const packet of [third, first, second]) {
        expect(delivered(await kit.chain.layerZero.deliver(packet, TON))).to.equal(true);
      }
      expect(await kit.balance("bob")).to.equal(7n * STUN);
    });

    it("a packet once: a replay ends in the Channel (141), a second commit does nothing", async () => {
      const packet = toBob(STUN);
      await kit.deliver(packet);
      expect((await kit.chain.layerZero.deliver(packet, TON)).at(channel)[0]!.exit).to.equal(141);
      expect(await kit.chain.layerZero.commit(packet)).to.equal(false);
      expect(await kit.balance("bob")).to.equal(STUN);
    });

    it("a packet once, even when the admin unlocks it while its delivery is on the way", async () => {
      const packet = toBob(STUN);
      await kit.chain.verify(packet);
      const first = await kit.chain.layerZero.deliver(packet, TON);
      expect(delivered(first)).to.equal(true);
      const execute = first.find(0x0c7b8418, kit.token.address)!;
      // an unlock between the Channel's EXECUTE and the answer makes the Channel send EXECUTE a second time
      const again = await kit.sandbox.inject(channel, { to: kit.token.address, value: TON, body: execute.body }, 1);
      expect(exitAt(again, kit.token.address)).to.equal(0);
      expect(again.event(EVENT.received)).to.equal(undefined);
      expect((await kit.token.ledger()).minted).to.equal(FUNDED + STUN);
    });
  });

  describe("needs both DVNs", () => {
    it("one of two, too few confirmations, another hash or a wrong key commit nothing", async () => {
      const { layerZero } = kit.chain;
      const packet = toBob(STUN);
      await layerZero.attest(0, packet);
      expect(await layerZero.commit(packet), "one DVN").to.equal(false);
      await layerZero.attest(1, packet, { confirmations: 14n });
      expect(await layerZero.commit(packet), "14 confirmations").to.equal(false);
      await layerZero.attest(1, packet, { hash: 5n });
      expect(await layerZero.commit(packet), "another hash").to.equal(false);
      await layerZero.attest(1, packet);
      const forged = { ...packet, message: oftMessage(hashOf(bob), 10n ** 12n) };
      expect(await layerZero.commit(forged), "another message").to.equal(false);
      expect(await layerZero.commit(packet)).to.equal(true);
    });

    it("packets of another peer or another chain have no path to the token", async () => {
      const stranger = kit.packet(oftMessage(hashOf(bob), 1n), { nonce: 1n, sender: PEER + 1n });
      await kit.chain.verify(stranger).then(
        () => expect.fail("it was committed"),
        (error: Error) => expect(error.message).to.match(/not committed/),
      );
    });
  });

  describe("a delivery with too little TON", () => {
    it("is refused before anything happens, and works when tried again with more", async () => {
      const packet = toBob(STUN);
      await kit.chain.verify(packet);
      const execution = await kit.chain.execute(packet, 20_000_000n);
      expect(execution).to.include({ delivered: false });
      expect(await status(packet)).to.equal(2);
      expect(await kit.chain.execute(packet, await kit.token.receiveValue())).to.eql({ delivered: true });
      expect(await kit.balance("bob")).to.equal(STUN);
    });

    it("is carried to the end by the least that the OFT takes, to the nanoton, minted or held", async () => {
      const packet = toBob(STUN);
      await kit.chain.verify(packet);
      const body = lzBody(0x97df404cn, kit.chain.layerZero.packetCell(packet), alice);
      const snapshot = kit.sandbox.snapshot();
      let [low, high] = [0n, await kit.token.receiveValue()];
      while (high - low > 1n) {
        const middle = (low + high) / 2n;
        const trace = await kit.sandbox.inject(channel, { to: kit.token.address, value: middle, body }, 1);
        if (exitAt(trace, kit.token.address) === 0) high = middle;
        else low = middle;
      }
      expect(high).to.equal(await kit.token.receiveValue());
      for (const paused of [false, true]) {
        await kit.sandbox.restore(snapshot);
        if (paused) await kit.oft("guardian", messages.pause(3_600));
        const trace = await kit.sandbox.inject(channel, { to: kit.token.address, value: high, body });
        expect(delivered(trace)).to.equal(true);
        expect(await kit.balance("bob")).to.equal(paused ? 0n : STUN);
        expect(await kit.token.heldOf(bob)).to.equal(paused ? STUN : 0n);
      }
      // and when the wallet does not take them, into a held account that is yet to be made
      await kit.sandbox.restore(snapshot);
      await kit.breakAccount(await kit.token.walletOf(bob));
      await kit.sandbox.inject(channel, { to: kit.token.address, value: high, body });
      expect(await kit.token.heldOf(bob)).to.equal(STUN);
    });

    it("in LZ_RECEIVE_EXECUTE is answered with failure, and leaves no trace", async () => {
      const packet = toBob(STUN);
      const before = await kit.token.ledger();
      const trace = await kit.sandbox.inject(channel, executeMessage(packet, TON / 50n), 1);
      expect(exitAt(trace, kit.token.address)).to.equal(0);
      expect(successOf(trace)).to.equal(false);
      expect(await kit.token.ledger()).to.eql(before);
    });
  });

  /** LZ_RECEIVE_EXECUTE as the Channel sends it. */
  const executeMessage = (packet: Packet, value: bigint) => ({
    to: kit.token.address,
    value,
    body: lzBody(0x0c7b8418n, build("md::MdObj", { md: kit.chain.layerZero.packetCell(packet), obj: NULL }), alice),
  });

  /** What the OFT answered to LZ_RECEIVE_EXECUTE. */
  const successOf = (trace: Trace): boolean => {
    const [message] = [...trace.transactions[0]!.outMessages.values()]
      .filter((out) => out.info.type === "internal")
      .slice(-1);
    return message!.body.refs[0]!.beginParse().skip(350).loadBit();
  };

  describe("cannot be made to stop in the middle", () => {
    it("by a message that is too short: answered with failure, the packet stays executable", async () => {
      for (const length of [0, 8, 39]) {
        const packet = kit.packet(Buffer.alloc(length, 1));
        const trace = await kit.deliver(packet);
        expect(delivered(trace)).to.equal(false);
        expect(alerted(trace)).to.equal(true);
        expect(await status(packet)).to.equal(2);
      }
    });

    it("by the largest amount that a message can name: held, as the cap is far below", async () => {
      const packet = kit.packet(oftMessage(hashOf(bob), 2n ** 64n - 1n));
      expect(delivered(await kit.deliver(packet))).to.equal(true);
      expect(await kit.token.heldOf(bob)).to.equal((2n ** 64n - 1n) * 1_000n);
    });

    it("by any value, code or state that a delivery meets: it is answered (status never 'executing')", async () => {
      await kit.oft("guardian", messages.pause(3_600));
      for (const value of [45n, 60n, 500n].map((n) => n * 1_000_000n)) {
        const packet = toBob(STUN);
        await kit.chain.verify(packet);
        await kit.chain.layerZero.deliver(packet, value);
        expect([2, 3]).to.include(await status(packet));
      }
    });

    it("and if it ever is, the admin unlocks the packet and it is delivered", async () => {
      const packet = toBob(STUN);
      await kit.chain.verify(packet);
      const repair = await kit.breakOnce(0x0c7b8418);
      await kit.chain.layerZero.deliver(packet, TON);
      expect(await status(packet)).to.equal(4);
      await repair();
      expect((await kit.chain.layerZero.deliver(packet, TON)).at(channel)[0]!.exit).to.equal(141);
      expect(exitAt(await kit.oft("alice", messages.unlockPacket(packet.nonce)), kit.token.address)).to.equal(
        ERROR.ERR_NOT_ADMIN,
      );
      await kit.oft("timelock", messages.unlockPacket(packet.nonce));
      expect(await status(packet)).to.equal(2);
      expect(delivered(await kit.chain.layerZero.deliver(packet, TON))).to.equal(true);
      expect(await kit.balance("bob")).to.equal(STUN);
    });
  });

  describe("the admin's recovery of packets", () => {
    const packetId = (packet: Packet) =>
      build("md::PacketId", { path: kit.chain.layerZero.receivePath(packet), nonce: packet.nonce });

    it("NILIFY drops a committed packet; attested and committed again it is delivered", async () => {
      const packet = toBob(STUN);
      await kit.chain.verify(packet);
      await kit.oft("timelock", messages.setLzConfig("channel", opcode("Channel_OP_NILIFY"), packetId(packet)), TON);
      expect((await kit.chain.layerZero.deliver(packet, TON)).at(channel)[0]!.exit).to.equal(141);
      await kit.deliver(packet);
      expect(await kit.balance("bob")).to.equal(STUN);
    });

    it("BURN ends a packet that can never be read, and the ones after it go on", async () => {
      const broken = kit.packet(Buffer.alloc(3, 1));
      await kit.deliver(broken);
      const trace = await kit.oft(
        "timelock",
        messages.setLzConfig("channel", opcode("Channel_OP_BURN"), packetId(broken)),
        TON,
      );
      expect(trace.find(OP.excesses, await kit.sandbox.addressOf("timelock"))).to.not.equal(undefined);
      expect(await status(broken)).to.equal(3);
      await kit.deliver(toBob(STUN));
      expect(await kit.balance("bob")).to.equal(STUN);
    });
  });

  describe("holds for the recipient", () => {
    it("what arrives while paused; anyone releases it afterwards, in parts", async () => {
      await kit.oft("guardian", messages.pause(3_600));
      const packet = toBob(10n * STUN);
      const trace = await kit.deliver(packet);
      expect(delivered(trace)).to.equal(true);
      expect(trace.event(EVENT.held)).to.not.equal(undefined);
      expect(await kit.balance("bob")).to.equal(0n);
      expect(await kit.token.heldOf(bob, BigInt(packet.guid))).to.equal(10n * STUN);
      expect((await kit.token.ledger()).held).to.equal(10n * STUN);

      const during = await release(bob, packet, 10n * STUN);
      expect(await kit.token.heldOf(bob, BigInt(packet.guid)), "not in the pause").to.equal(10n * STUN);
      expect(during.find(OP.excesses, await kit.sandbox.addressOf("carol"))).to.not.equal(undefined);

      await kit.chain.advance(3_600n);
      await release(bob, packet, 4n * STUN);
      expect(await kit.balance("bob")).to.equal(4n * STUN);
      await release(bob, packet, 100n * STUN);
      expect(await kit.balance("bob")).to.equal(10n * STUN);
      expect(await kit.token.heldOf(bob)).to.equal(0n);
      expect((await kit.token.ledger()).held).to.equal(0n);
    });

    it("what is above the limit, whole; a release takes what the limit has and the rest stays", async () => {
      await kit.oft("timelock", messages.setLimit("in", 10n * STUN, 86_400));
      const packet = toBob(25n * STUN);
      await kit.deliver(packet);
      expect(await kit.token.heldOf(bob)).to.equal(25n * STUN);
      expect((await kit.token.limit("in")).available, "the limit is not used up by it").to.equal(10n * STUN);
      await release(bob, packet, 25n * STUN);
      expect(await kit.balance("bob")).to.equal(10n * STUN);
      expect(await kit.token.heldOf(bob, BigInt(packet.guid))).to.equal(15n * STUN);
      await release(bob, packet, 25n * STUN);
      expect(await kit.balance("bob")).to.equal(10n * STUN);
      await kit.chain.advance(DAY / 2n);
      await release(bob, packet, 25n * STUN);
      expect(await kit.balance("bob")).to.equal(15n * STUN);
      expect((await kit.token.ledger()).held).to.equal(10n * STUN);
    });

    it("what is above the cap, until burns or sends make room", async () => {
      await kit.oft("timelock", messages.setCap(FUNDED + 5n * STUN));
      const packet = toBob(8n * STUN);
      await kit.deliver(packet);
      expect(await kit.token.heldOf(bob)).to.equal(8n * STUN);
      await release(bob, packet, 8n * STUN);
      expect(await kit.balance("bob")).to.equal(5n * STUN);
      await kit.burn("alice", 2n * STUN);
      await release(bob, packet, 8n * STUN);
      expect(await kit.balance("bob"), "a direct burn counts once it is reported").to.equal(5n * STUN);
      const minter = (await kit.token.minter())!;
      await kit.sandbox.send("carol", { to: minter, value: TON / 10n, body: messages.reportBurned(null) });
      await release(bob, packet, 8n * STUN);
      expect(await kit.balance("bob")).to.equal(7n * STUN);
      await kit.send({ from: "alice", amount: STUN, to: EVM_USER });
      await release(bob, packet, 8n * STUN);
      expect(await kit.balance("bob")).to.equal(8n * STUN);
    });

    it("counting a send without an answer under the cap, as its tokens may still come back", async () => {
      await kit.oft("timelock", messages.setCap(FUNDED));
      const message = await kit.token.buildSend(alice, { amount: 10n * STUN, to: EVM_USER, nativeFee: kit.fee });
      await kit.sandbox.inject(alice, message, 6);
      await kit.deliver(toBob(STUN));
      expect(await kit.token.heldOf(bob)).to.equal(STUN);
    });

    it("several arrivals of one recipient as entries of one account, each by its GUID", async () => {
      await kit.oft("guardian", messages.pause(3_600));
      const packets = [toBob(STUN), toBob(2n * STUN), toBob(3n * STUN)];
      for (const packet of packets) await kit.deliver(packet);
      expect(await kit.token.heldOf(bob)).to.equal(6n * STUN);
      for (const [index, packet] of packets.entries()) {
        expect(await kit.token.heldOf(bob, BigInt(packet.guid))).to.equal(BigInt(index + 1) * STUN);
      }
    });

    it("what names nobody who could receive, for the admin to assign or void", async () => {
      const minter = hashOf((await kit.token.minter())!);
      for (const nobody of [0n, hashOf(kit.token.address), minter]) {
        const packet = kit.packet(oftMessage(nobody, 5_000_000n));
        expect(delivered(await kit.deliver(packet))).to.equal(true);
        expect(await kit.token.heldOf(nobody)).to.equal(5n * STUN);
        await release(nobody, packet, 5n * STUN);
        expect(await kit.token.heldOf(nobody), "released to nobody").to.equal(5n * STUN);
        const assign = messages.assignHeld(nobody, BigInt(packet.guid), hashOf(bob));
        expect(exitAt(await kit.oft("alice", assign), kit.token.address)).to.equal(ERROR.ERR_NOT_ADMIN);
        const trace = await kit.oft("timelock", assign);
        expect(trace.event(EVENT.assigned)).to.not.equal(undefined);
        expect(await kit.token.heldOf(bob, BigInt(packet.guid))).to.equal(5n * STUN);
        await release(bob, packet, 5n * STUN);
      }
      expect(await kit.balance("bob")).to.equal(15n * STUN);
      expect((await kit.token.ledger()).held).to.equal(0n);
    });

    it("and the admin can move nobody else's entry", async () => {
      await kit.oft("guardian", messages.pause(3_600));
      const packet = toBob(STUN);
      await kit.deliver(packet);
      const steal = messages.assignHeld(hashOf(bob), BigInt(packet.guid), hashOf(alice));
      expect(exitAt(await kit.oft("timelock", steal), kit.token.address)).to.equal(ERROR.ERR_RECIPIENT_FIXED);
      const nowhere = messages.assignHeld(0n, BigInt(packet.guid), 0n);
      expect(exitAt(await kit.oft("timelock", nowhere), kit.token.address)).to.equal(ERROR.ERR_RECIPIENT);
      const cheap = messages.assignHeld(0n, BigInt(packet.guid), hashOf(bob));
      expect(exitAt(await kit.oft("timelock", cheap, TON / 50n), kit.token.address)).to.equal(
        ERROR.ERR_NOT_ENOUGH_VALUE,
      );
    });

    it("until the admin voids it by its GUID", async () => {
      await kit.oft("guardian", messages.pause(3_600));
      const packet = toBob(STUN);
      await kit.deliver(packet);
      const voids = messages.voidHeld(hashOf(bob), BigInt(packet.guid));
      expect(exitAt(await kit.oft("guardian", voids), kit.token.address)).to.equal(ERROR.ERR_NOT_ADMIN);
      const trace = await kit.oft("timelock", voids);
      expect(trace.event(EVENT.voided)).to.not.equal(undefined);
      expect(await kit.token.ledger()).to.include({ held: 0n, voided: STUN });
      expect(await kit.token.heldOf(bob)).to.equal(0n);
      await kit.oft("timelock", voids);
      expect(await kit.token.ledger()).to.include({ held: 0n, voided: STUN });
      await kit.chain.advance(3_600n);
      const account = await kit.token.heldAccountOf(bob);
      expect(exitAt(await release(bob, packet, STUN), account)).to.equal(ERROR.ERR_NO_SUCH_HELD);
    });
  });

  describe("held accounts", () => {
    it("take bookings and voids from the OFT alone, and the OFT requests from them alone", async () => {
      await kit.oft("guardian", messages.pause(3_600));
      const packet = toBob(STUN);
      await kit.deliver(packet);
      const account = await kit.token.heldAccountOf(bob);
      const key = BigInt(packet.guid);
      const book = beginCell()
        .storeUint(OP.book, 32)
        .storeUint(0, 64)
        .storeCoins(STUN)
        .storeUint(9, 256)
        .storeUint(hashOf(bob), 256)
        .storeAddress(null)
        .endCell();
      const voids = beginCell().storeUint(OP.voidEntry, 32).storeUint(0, 64).storeUint(key, 256).storeUint(0, 256);
      for (const body of [book, voids.storeAddress(alice).endCell()]) {
        const trace = await kit.sandbox.send("timelock", { to: account, value: TON, body });
        expect(exitAt(trace, account)).to.equal(ERROR.ERR_NOT_OFT);
      }
      const request = beginCell()
        .storeUint(OP.releaseRequest, 32)
        .storeUint(0, 64)
        .storeCoins(STUN)
        .storeUint(key, 256)
        .storeUint(hashOf(bob), 256)
        .storeAddress(bob)
        .endCell();
      const voided = beginCell()
        .storeUint(OP.voided, 32)
        .storeUint(0, 64)
        .storeCoins(STUN)
        .storeUint(key, 256)
        .storeUint(hashOf(bob), 256)
        .storeRef(beginCell().storeUint(0, 256).storeAddress(bob).endCell())
        .endCell();
      for (const body of [request, voided]) {
        expect(exitAt(await kit.oft("bob", body, TON), kit.token.address)).to.equal(ERROR.ERR_NOT_HELD_ACCOUNT);
      }
      const failed = beginCell().storeUint(OP.mintFailed, 32).storeUint(0, 64).storeCoins(STUN).storeUint(1, 256);
      expect(exitAt(await kit.oft("bob", failed.storeUint(1, 256).endCell(), TON), kit.token.address)).to.equal(
        ERROR.ERR_NOT_MINTER,
      );
    });

    it("refuse a release without the TON for it, or of an entry they do not have", async () => {
      await kit.oft("guardian", messages.pause(3_600));
      const packet = toBob(STUN);
      await kit.deliver(packet);
      const to = await kit.token.heldAccountOf(bob);
      const cheap = await kit.sandbox.send("carol", {
        to,
        value: (await kit.token.releaseValue()) - 1n,
        body: messages.release(BigInt(packet.guid), STUN),
      });
      expect(exitAt(cheap, to)).to.equal(ERROR.ERR_NOT_ENOUGH_VALUE);
      const unknown = await kit.sandbox.send("carol", { to, value: TON, body: messages.release(1n, STUN) });
      expect(exitAt(unknown, to)).to.equal(ERROR.ERR_NO_SUCH_HELD);
    });

    it("have their entry again when the OFT does not take a release", async () => {
      await kit.oft("guardian", messages.pause(3_600));
      const packet = toBob(STUN);
      await kit.deliver(packet);
      const message = await kit.token.buildRelease(bob, BigInt(packet.guid), STUN);
      const repair = await kit.breakAccount(kit.token.address);
      await kit.sandbox.send("carol", message);
      await repair();
      expect(await kit.token.heldOf(bob, BigInt(packet.guid))).to.equal(STUN);
    });
  });

  describe("tokens that cannot be delivered to their wallet", () => {
    it("wait in the held account of their recipient", async () => {
      await kit.deliver(toBob(STUN));
      const repair = await kit.breakAccount(await kit.token.walletOf(bob));
      const packet = toBob(4n * STUN);
      await kit.deliver(packet);
      expect(await kit.token.totalSupply()).to.equal(FUNDED + STUN);
      expect(await kit.token.heldOf(bob, BigInt(packet.guid))).to.equal(4n * STUN);
      expect(await kit.token.ledger()).to.include({ held: 4n * STUN, minted: FUNDED + STUN });
      await repair();
      await release(bob, packet, 4n * STUN);
      expect(await kit.balance("bob")).to.equal(5n * STUN);
    });

    it("do so when the minter itself does not take the mint", async () => {
      const repair = await kit.breakAccount((await kit.token.minter())!);
      const packet = toBob(4n * STUN);
      await kit.deliver(packet);
      await repair();
      expect(await kit.token.heldOf(bob, BigInt(packet.guid))).to.equal(4n * STUN);
      expect(await kit.token.ledger()).to.include({ held: 4n * STUN, minted: FUNDED });
    });

    it("are remembered by the OFT when the held account does not take them either, and booked again by anyone", async () => {
      await kit.oft("guardian", messages.pause(3_600));
      await kit.deliver(toBob(STUN));
      const account = await kit.token.heldAccountOf(bob);
      const repair = await kit.breakAccount(account);
      const packet = toBob(4n * STUN);
      await kit.deliver(packet);
      const key = BigInt(packet.guid);
      expect(await kit.token.orphanOf(bob, key)).to.equal(4n * STUN);
      await repair();
      const id = beginCell().storeUint(hashOf(bob), 256).storeUint(key, 256).endCell().hash().toString("hex");
      const again = messages.bookOrphan(BigInt(`0x${id}`));
      expect(exitAt(await kit.oft("carol", again, TON / 100n), kit.token.address)).to.equal(ERROR.ERR_NOT_ENOUGH_VALUE);
      await kit.oft("carol", again);
      expect(await kit.token.orphanOf(bob, key)).to.equal(0n);
      expect(await kit.token.heldOf(bob, key)).to.equal(4n * STUN);
      expect(exitAt(await kit.oft("carol", again), kit.token.address)).to.equal(ERROR.ERR_NO_SUCH_ORPHAN);
    });
  });

  it("believes a delivery from no one but the Channel", async () => {
    const packet = toBob(STUN);
    const prepare = lzBody(0x97df404cn, kit.chain.layerZero.packetCell(packet), alice);
    for (const from of [alice, kit.local.path.connection, kit.local.config.endpoint, kit.local.config.controller]) {
      const forged = await kit.sandbox.inject(from, executeMessage(packet, TON));
      expect(exitAt(forged, kit.token.address)).to.equal(ERROR.ERR_NOT_CHANNEL);
      const early = await kit.sandbox.inject(from, { to: kit.token.address, value: TON, body: prepare });
      expect(exitAt(early, kit.token.address)).to.equal(ERROR.ERR_NOT_CHANNEL);
    }
    // and from the Channel, no packet whose path is not that of the route
    const other = { ...packet, sender: `0x${"0".repeat(24)}${"11".repeat(20)}` };
    const trace = await kit.sandbox.inject(channel, executeMessage(other, TON), 1);
    expect(successOf(trace)).to.equal(false);
  });
});
