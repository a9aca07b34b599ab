import { expect } from "chai";
import type { Wallet } from "ethers";
import {
  BASE,
  CAPACITY,
  DAY,
  ETHEREUM,
  SUPPLY,
  STUN,
  alice,
  bob,
  bridgeOut,
  deliver,
  freshBridge,
  identity,
  onePacket,
  send,
  sendUnquoted,
  setLimit,
  type Bridge,
} from "./fixture";

describe("Bridge: rate limits", () => {
  let bridge: Bridge;
  let home: Wallet;

  beforeEach(async () => {
    bridge = await freshBridge();
    home = bridge.network.ethereum.signer("alice");
  });

  const available = async (oft: Bridge["base"] | Bridge["adapter"], eid: number, inbound: boolean): Promise<bigint> =>
    (await oft.rateLimit(eid, inbound))[2];

  it("refuse at the source a send above the capacity, which could never pass", async () => {
    await expect(sendUnquoted(bridge.adapter, home, { dstEid: BASE, to: bob.address, amount: CAPACITY + STUN }))
      .to.be.revertedWithCustomError(bridge.adapter, "AboveCapacity")
      .withArgs(CAPACITY + STUN, CAPACITY);
  });

  it("let through exactly the capacity, then refuse at the source what is above the rest", async () => {
    await send(bridge.adapter, home, { dstEid: BASE, to: bob.address, amount: CAPACITY });
    await expect(sendUnquoted(bridge.adapter, home, { dstEid: BASE, to: bob.address, amount: 100n * STUN }))
      .to.be.revertedWithCustomError(bridge.adapter, "RateLimited")
      .withArgs(100n * STUN, CAPACITY / DAY);
  });

  it("drain over the window: half after half of it, all after the whole, never more than the capacity", async () => {
    await send(bridge.adapter, home, { dstEid: BASE, to: bob.address, amount: CAPACITY });
    expect(await available(bridge.adapter, BASE, false)).to.equal(0n);
    await bridge.network.ethereum.advance(DAY / 2n);
    expect(await available(bridge.adapter, BASE, false)).to.equal(CAPACITY / 2n);
    await bridge.network.ethereum.advance(DAY / 2n);
    expect(await available(bridge.adapter, BASE, false)).to.equal(CAPACITY);
    await bridge.network.ethereum.advance(DAY);
    expect(await available(bridge.adapter, BASE, false)).to.equal(CAPACITY);
  });

  it("are given back by what flows the other way", async () => {
    const { base, ethereum } = bridge.network;
    await bridgeOut(bridge, "base", CAPACITY);
    const before = await available(bridge.adapter, BASE, false);
    await send(bridge.base, base.signer("alice"), { dstEid: ETHEREUM, to: alice.address, amount: CAPACITY / 4n });
    expect(await available(bridge.base, ETHEREUM, true)).to.be.at.least(CAPACITY / 4n);
    await deliver(ethereum, await onePacket(base));
    expect((await available(bridge.adapter, BASE, false)) - before).to.be.at.least(CAPACITY / 4n);
    expect(await available(bridge.adapter, BASE, true)).to.equal((CAPACITY * 3n) / 4n);
  });

  it("are never given more back than was used", async () => {
    const { base, ethereum } = bridge.network;
    await bridgeOut(bridge, "base", 10n * STUN);
    await ethereum.advance(DAY);
    await send(bridge.base, base.signer("alice"), { dstEid: ETHEREUM, to: alice.address, amount: 10n * STUN });
    await deliver(ethereum, await onePacket(base));
    expect(await available(bridge.adapter, BASE, false)).to.equal(CAPACITY);
  });

  it("are separate for each path and direction", async () => {
    await send(bridge.adapter, home, { dstEid: BASE, to: bob.address, amount: CAPACITY });
    expect(await available(bridge.adapter, BASE, true)).to.equal(CAPACITY);
    for (const eid of [30_110, 30_168, 30_343]) expect(await available(bridge.adapter, eid, false)).to.equal(CAPACITY);
  });

  it("let nothing through before they are set", async () => {
    const owner = bridge.network.ethereum.signer("timelock");
    await bridge.adapter.connect(owner).setPeer(31_000, `0x${"11".repeat(32)}`);
    await bridge.adapter.connect(owner).setEnforcedOptions([{ eid: 31_000, msgType: 1, options: "0x0003" }]);
    await expect(sendUnquoted(bridge.adapter, home, { dstEid: 31_000, to: bob.address, amount: STUN }))
      .to.be.revertedWithCustomError(bridge.adapter, "AboveCapacity")
      .withArgs(STUN, 0n);
  });

  it("keep counting what has flowed when they are changed", async () => {
    await send(bridge.adapter, home, { dstEid: BASE, to: bob.address, amount: CAPACITY });
    await setLimit(bridge.network.ethereum, bridge.adapter, BASE, false, CAPACITY / 2n);
    expect(await available(bridge.adapter, BASE, false)).to.equal(0n);
    await setLimit(bridge.network.ethereum, bridge.adapter, BASE, false, CAPACITY * 2n);
    expect(await available(bridge.adapter, BASE, false)).to.be.within(CAPACITY, CAPACITY + CAPACITY / 1_000n);
  });

  it("are set by the owner, within their bounds, with an event", async () => {
    const owner = bridge.adapter.connect(bridge.network.ethereum.signer("timelock"));
    const limit = { eid: BASE, inbound: true, capacity: SUPPLY, window: 600n };
    await expect(owner.setRateLimits([limit]))
      .to.emit(bridge.adapter, "RateLimitSet")
      .withArgs(BASE, true, SUPPLY, 600n);
    for (const wrong of [
      { ...limit, capacity: SUPPLY + 1n },
      { ...limit, window: 599n },
      { ...limit, window: 30n * DAY + 1n },
    ]) {
      await expect(owner.setRateLimits([wrong]))
        .to.be.revertedWithCustomError(bridge.adapter, "InvalidRateLimit")
        .withArgs(wrong.capacity, wrong.window);
    }
  });

  it("leave every token accounted for while they refuse", async () => {
    await bridgeOut(bridge, "base", CAPACITY);
    await sendUnquoted(bridge.adapter, home, { dstEid: BASE, to: bob.address, amount: CAPACITY }).catch(
      () => undefined,
    );
    await identity(bridge);
    expect(await bridge.token.balanceOf(alice.address)).to.equal(SUPPLY - CAPACITY);
  });
});
