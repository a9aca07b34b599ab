import { expect } from "chai";
import type { Packet } from "../../../localnet/types";
import {
  ARBITRUM,
  BASE,
  ETHEREUM,
  STUN,
  alice,
  bob,
  bridgeOut,
  deliver,
  forge,
  freshBridge,
  identity,
  oftMessage,
  onePacket,
  recipient,
  send,
  type Bridge,
} from "./fixture";

async function refusal(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => expect.fail("it was not refused"),
    (error: Error) => error.message,
  );
}

describe("Bridge: delivery", () => {
  let bridge: Bridge;

  beforeEach(async () => {
    bridge = await freshBridge();
  });

  async function sent(amount: bigint, extraOptions?: string): Promise<Packet> {
    const { ethereum } = bridge.network;
    await send(bridge.adapter, ethereum.signer("alice"), {
      dstEid: BASE,
      to: bob.address,
      amount,
      ...(extraOptions ? { extraOptions } : {}),
    });
    return onePacket(ethereum);
  }

  it("happens once: a packet delivered twice is refused by the endpoint", async () => {
    const { base } = bridge.network;
    const packet = await bridgeOut(bridge, "base", STUN, bob.address);
    expect(await base.execute(packet)).to.deep.include({ delivered: false });
    expect(await refusal(base.verify(packet))).to.contain("LZ_PathNotVerifiable");
    expect(await bridge.base.balanceOf(bob.address)).to.equal(STUN);
    await identity(bridge);
  });

  it("is refused before both DVNs have attested, and works after the second", async () => {
    const { base } = bridge.network;
    const packet = await sent(STUN);
    await base.layerZero.attest(0, packet.bytes);
    expect(await refusal(base.layerZero.commit(packet.bytes))).to.be.a("string");
    expect((await base.execute(packet)).delivered).to.equal(false);
    await base.layerZero.attest(1, packet.bytes);
    await base.layerZero.commit(packet.bytes);
    expect(await base.execute(packet)).to.deep.equal({ delivered: true });
    await identity(bridge);
  });

  it("is refused when the DVNs saw fewer confirmations than the path asks for", async () => {
    const { base } = bridge.network;
    const packet = await sent(STUN);
    await base.layerZero.attest(0, packet.bytes, 14n);
    await base.layerZero.attest(1, packet.bytes, 15n);
    expect(await refusal(base.layerZero.commit(packet.bytes))).to.be.a("string");
    await identity(bridge, { base: STUN });
  });

  it("is refused for an altered message", async () => {
    const { base } = bridge.network;
    const packet = await sent(STUN);
    await base.verify(packet);
    const altered = { ...packet, message: Buffer.from(oftMessage(alice.address, 1_000_000n).slice(2), "hex") };
    expect(await base.execute(altered)).to.deep.include({ delivered: false });
    expect(await base.execute(packet)).to.deep.equal({ delivered: true });
    expect(await bridge.base.balanceOf(bob.address)).to.equal(STUN);
  });

  it("is refused from a sender that is not the peer", async () => {
    const { base } = bridge.network;
    const receiver = await bridge.base.getAddress();
    for (const from of [
      { eid: ETHEREUM, sender: alice.address },
      { eid: ARBITRUM, sender: await bridge.arbitrum.getAddress() },
    ]) {
      const packet = forge(from, { eid: BASE, receiver }, 1n, oftMessage(bob.address, 1_000_000n));
      expect(await refusal(base.verify(packet))).to.contain("LZ_PathNotInitializable");
    }
    expect(await bridge.base.totalSupply()).to.equal(0n);
  });

  it("is refused by the token when the peer was replaced after verification", async () => {
    const { base } = bridge.network;
    const packet = await sent(STUN);
    await base.verify(packet);
    const owner = bridge.base.connect(base.signer("timelock"));
    await owner.setPeer(ETHEREUM, recipient(alice.address));
    const result = await base.execute(packet);
    expect(result).to.deep.include({ delivered: false });
    expect("reason" in result && result.reason).to.contain("OnlyPeer");
    await owner.setPeer(ETHEREUM, recipient(await bridge.adapter.getAddress()));
    expect(await base.execute(packet)).to.deep.equal({ delivered: true });
  });

  it("is taken from the endpoint alone", async () => {
    const packet = await sent(STUN);
    const origin = { srcEid: packet.srcEid, sender: packet.sender, nonce: packet.nonce };
    for (const role of ["alice", "timelock", "guardian", "executor", "dvn1"]) {
      const as = bridge.base.connect(bridge.network.base.signer(role));
      await expect(as.lzReceive(origin, packet.guid, packet.message, alice.address, "0x"))
        .to.be.revertedWithCustomError(bridge.base, "OnlyEndpoint")
        .withArgs(bridge.network.base.signer(role).address);
      await expect(
        as.lzReceiveSimulate(origin, packet.guid, packet.message, alice.address, "0x"),
      ).to.be.revertedWithCustomError(bridge.base, "OnlySelf");
    }
  });

  it("works in any order, and a lost packet blocks nothing", async () => {
    const { base } = bridge.network;
    const [one, two, three] = [await sent(1n * STUN), await sent(2n * STUN), await sent(4n * STUN)];
    for (const packet of [three, two, one]) await base.verify(packet);
    for (const packet of [two, three]) expect(await base.execute(packet)).to.deep.equal({ delivered: true });
    expect(await bridge.base.balanceOf(bob.address)).to.equal(6n * STUN);
    await identity(bridge, { base: 1n * STUN });
    expect(await base.execute(one)).to.deep.equal({ delivered: true });
    await identity(bridge);
  });

  it("with too little gas fails, stays at the endpoint, and anyone repeats it with more", async () => {
    const { base } = bridge.network;
    const packet = await sent(STUN);
    await base.verify(packet);
    const failed = await base.execute(packet, { gas: 40_000n });
    expect(failed.delivered).to.equal(false);
    await identity(bridge, { base: STUN });
    const anyone = base.endpoint.connect(base.signer("mallory")) as typeof base.endpoint;
    const origin = { srcEid: packet.srcEid, sender: packet.sender, nonce: packet.nonce };
    await anyone.getFunction("lzReceive")(origin, await bridge.base.getAddress(), packet.guid, packet.message, "0x");
    expect(await bridge.base.balanceOf(bob.address)).to.equal(STUN);
    await identity(bridge);
  });

  it("fits the gas of the enforced options, credited or held, fresh slots and a compose included", async () => {
    const { base } = bridge.network;
    const packet = await sent(STUN);
    expect(packet.options!.length).to.be.above(0);
    await deliver(base, packet);
    await bridge.base.connect(base.signer("guardian")).pause(60n);
    const { ethereum } = bridge.network;
    const compose = `0x${"ab".repeat(192)}`;
    await send(bridge.adapter, ethereum.signer("alice"), { dstEid: BASE, to: bob.address, amount: STUN, compose });
    await deliver(base, await onePacket(ethereum));
    expect(await bridge.base.heldOf(bob.address)).to.equal(STUN);
  });

  it("of a message too short to read credits nothing and does not fail for ever", async () => {
    const { base } = bridge.network;
    const from = { eid: ETHEREUM, sender: await bridge.adapter.getAddress() };
    const to = { eid: BASE, receiver: await bridge.base.getAddress() };
    const packet = forge(from, to, 1n, `0x${"ff".repeat(39)}`);
    await deliver(base, packet);
    const [event] = await bridge.base.queryFilter(bridge.base.filters.UnreadableMessage(packet.guid));
    expect(event!.args.message).to.equal(`0x${"ff".repeat(39)}`);
    await deliver(base, forge(from, to, 2n, oftMessage(bob.address, 0n)));
    expect(await bridge.base.totalSupply()).to.equal(0n);
    expect(await bridge.base.heldFrom(ETHEREUM)).to.equal(0n);
  });

  it("leaves a compose message with its sender and amount for an EVM recipient", async () => {
    const { ethereum, base } = bridge.network;
    await send(bridge.adapter, ethereum.signer("alice"), {
      dstEid: BASE,
      to: bob.address,
      amount: STUN,
      compose: "0xbeef",
    });
    const packet = await onePacket(ethereum);
    await deliver(base, packet);
    const [compose] = await base.takeComposes();
    expect(compose!.message).to.equal(
      [
        "0x",
        "1".padStart(16, "0"),
        ETHEREUM.toString(16).padStart(8, "0"),
        STUN.toString(16).padStart(64, "0"),
        alice.address.slice(2).toLowerCase().padStart(64, "0"),
        "beef",
      ].join(""),
    );
  });
});
