import { expect } from "chai";
import { ZeroAddress } from "ethers";
import type { Packet } from "../../../localnet/types";
import {
  BASE,
  CAPACITY,
  ETHEREUM,
  MINT_CAP,
  Reason,
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
  pause,
  send,
  setLimit,
  type Bridge,
} from "./fixture";

describe("Bridge: a delivery that cannot be credited is held, never refused", () => {
  let bridge: Bridge;

  beforeEach(async () => {
    bridge = await freshBridge();
  });

  async function expectHeld(
    oft: Bridge["base"] | Bridge["adapter"],
    packet: Packet,
    { to, amount, reason }: { to: string; amount: bigint; reason: Reason },
  ): Promise<void> {
    const entry = await oft.held(packet.guid);
    expect([entry.recipient, entry.amountSD, Number(entry.srcEid)]).to.deep.equal([
      to,
      amount / 10n ** 12n,
      packet.srcEid,
    ]);
    expect(await oft.heldOf(to)).to.equal(amount);
    expect(await oft.heldFrom(packet.srcEid)).to.equal(amount);
    const [event] = await oft.queryFilter(oft.filters.CreditHeld(packet.guid));
    expect([event!.args.recipient, event!.args.amount, Number(event!.args.reason)]).to.deep.equal([to, amount, reason]);
  }

  it("while the remote is paused", async () => {
    await pause(bridge.network.base, bridge.base);
    const packet = await bridgeOut(bridge, "base", 10n * STUN, bob.address);
    await expectHeld(bridge.base, packet, { to: bob.address, amount: 10n * STUN, reason: Reason.Paused });
    expect(await bridge.base.totalSupply()).to.equal(0n);
    await identity(bridge);
  });

  it("while home is paused, where it stays locked and outstanding", async () => {
    await bridgeOut(bridge, "base", 10n * STUN);
    await pause(bridge.network.ethereum, bridge.adapter);
    await send(bridge.base, bridge.network.base.signer("alice"), {
      dstEid: ETHEREUM,
      to: bob.address,
      amount: 4n * STUN,
    });
    const packet = await onePacket(bridge.network.base);
    await deliver(bridge.network.ethereum, packet);
    await expectHeld(bridge.adapter, packet, { to: bob.address, amount: 4n * STUN, reason: Reason.Paused });
    expect(await bridge.adapter.outstanding(BASE)).to.equal(10n * STUN);
    await identity(bridge);
  });

  it("above what the limit of the path lets through", async () => {
    await setLimit(bridge.network.base, bridge.base, ETHEREUM, true, 9n * STUN);
    const packet = await bridgeOut(bridge, "base", 10n * STUN, bob.address);
    await expectHeld(bridge.base, packet, { to: bob.address, amount: 10n * STUN, reason: Reason.RateLimited });
    await identity(bridge);
  });

  it("above the mint cap of the remote", async () => {
    await bridge.base.connect(bridge.network.base.signer("timelock")).setMintCap(15n * STUN);
    await bridgeOut(bridge, "base", 10n * STUN, bob.address);
    const packet = await bridgeOut(bridge, "base", 6n * STUN, bob.address);
    await expectHeld(bridge.base, packet, { to: bob.address, amount: 6n * STUN, reason: Reason.NoRoom });
    await bridgeOut(bridge, "base", 5n * STUN, bob.address);
    expect(await bridge.base.totalSupply()).to.equal(15n * STUN);
    await identity(bridge);
  });

  it("above what home has outstanding there: a fault of one remote takes nothing of another's", async () => {
    const { ethereum } = bridge.network;
    await bridgeOut(bridge, "base", 3n * STUN);
    await bridgeOut(bridge, "arbitrum", 100n * STUN);
    await bridge.token.connect(ethereum.signer("alice")).transfer(bridge.adapter, 50n * STUN); // a donation
    const packet = forge(
      { eid: BASE, sender: await bridge.base.getAddress() },
      { eid: ETHEREUM, receiver: await bridge.adapter.getAddress() },
      1n,
      oftMessage(bob.address, 4_000_000n),
    );
    await deliver(ethereum, packet);
    await expectHeld(bridge.adapter, packet, { to: bob.address, amount: 4n * STUN, reason: Reason.NoRoom });
    expect(await bridge.token.balanceOf(bob.address)).to.equal(0n);
    expect(await bridge.adapter.locked()).to.equal(103n * STUN);
  });

  it("for a recipient of zero, of more than 20 bytes, or that is the bridge or the token itself", async () => {
    const { ethereum, base } = bridge.network;
    const [adapter, token] = [await bridge.adapter.getAddress(), await bridge.token.getAddress()];
    const oft = await bridge.base.getAddress();
    await bridgeOut(bridge, "base", 10n * STUN);
    const wide = `0x01${"00".repeat(11)}${bob.address.slice(2)}`;
    let [nonce, held] = [0n, 0n];
    for (const to of [ZeroAddress, wide, adapter, token]) {
      const packet = forge(
        { eid: BASE, sender: oft },
        { eid: ETHEREUM, receiver: adapter },
        ++nonce,
        oftMessage(to, 1_000_000n),
      );
      await deliver(ethereum, packet);
      held += STUN;
      expect((await bridge.adapter.held(packet.guid)).recipient).to.equal(ZeroAddress);
      expect(await bridge.adapter.heldOf(ZeroAddress)).to.equal(held);
    }
    nonce = 1n; // the packet of bridgeOut was the first
    held = 0n;
    for (const to of [ZeroAddress, wide, oft]) {
      const packet = forge(
        { eid: ETHEREUM, sender: adapter },
        { eid: BASE, receiver: oft },
        ++nonce,
        oftMessage(to, 1_000_000n),
      );
      await deliver(base, packet);
      held += STUN;
      expect(await bridge.base.heldOf(ZeroAddress)).to.equal(held);
    }
    expect(await bridge.base.totalSupply()).to.equal(10n * STUN);
  });

  it("also when the amount is far beyond the whole supply", async () => {
    const packet = forge(
      { eid: ETHEREUM, sender: await bridge.adapter.getAddress() },
      { eid: BASE, receiver: await bridge.base.getAddress() },
      1n,
      oftMessage(bob.address, 2n ** 64n - 1n),
    );
    await deliver(bridge.network.base, packet);
    const amount = (2n ** 64n - 1n) * 10n ** 12n;
    await expectHeld(bridge.base, packet, { to: bob.address, amount, reason: Reason.RateLimited });
    expect(await bridge.base.mintCap()).to.equal(MINT_CAP);
  });

  it("keeps the entries of one recipient apart by message", async () => {
    await pause(bridge.network.base, bridge.base);
    const one = await bridgeOut(bridge, "base", 1n * STUN, bob.address);
    const two = await bridgeOut(bridge, "base", 2n * STUN, bob.address);
    expect((await bridge.base.held(one.guid)).amountSD).to.equal(1_000_000n);
    expect((await bridge.base.held(two.guid)).amountSD).to.equal(2_000_000n);
    expect(await bridge.base.heldOf(bob.address)).to.equal(3n * STUN);
    expect(await bridge.base.heldOf(alice.address)).to.equal(0n);
  });

  it("does not count against the limit while it is held", async () => {
    await pause(bridge.network.base, bridge.base);
    await bridgeOut(bridge, "base", 10n * STUN, bob.address);
    expect((await bridge.base.rateLimit(ETHEREUM, true))[2]).to.equal(CAPACITY);
  });
});
