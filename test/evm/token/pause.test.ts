import { expect } from "chai";
import {
  BASE,
  DAY,
  ETHEREUM,
  STUN,
  alice,
  bob,
  bridgeOut,
  deliver,
  freshBridge,
  onePacket,
  pause,
  send,
  sendUnquoted,
  type Bridge,
} from "./fixture";

describe("Bridge: pause by the guardian", () => {
  let bridge: Bridge;

  beforeEach(async () => {
    bridge = await freshBridge();
  });

  const as = (role: string): Bridge["adapter"] => bridge.adapter.connect(bridge.network.ethereum.signer(role));

  it("stops sends at this end only", async () => {
    await bridgeOut(bridge, "base", 10n * STUN);
    await pause(bridge.network.ethereum, bridge.adapter);
    const home = bridge.network.ethereum.signer("alice");
    await expect(
      sendUnquoted(bridge.adapter, home, { dstEid: BASE, to: bob.address, amount: STUN }),
    ).to.be.revertedWithCustomError(bridge.adapter, "EntryPaused");
    await send(bridge.base, bridge.network.base.signer("alice"), { dstEid: ETHEREUM, to: bob.address, amount: STUN });
    const packet = await onePacket(bridge.network.base);
    await deliver(bridge.network.ethereum, packet);
    expect(await bridge.adapter.heldOf(bob.address)).to.equal(STUN);
  });

  it("does not touch the token itself: transfers and burns go on", async () => {
    await bridgeOut(bridge, "base", 10n * STUN);
    await pause(bridge.network.base, bridge.base);
    const holder = bridge.base.connect(bridge.network.base.signer("alice"));
    await holder.transfer(bob.address, STUN);
    await holder.burn(STUN);
    expect(await bridge.base.balanceOf(alice.address)).to.equal(8n * STUN);
  });

  it("ends by itself after seven days, and cannot begin again for thirty days", async () => {
    const { ethereum } = bridge.network;
    await as("guardian").pause(7n * DAY);
    await ethereum.advance(7n * DAY);
    await send(bridge.adapter, ethereum.signer("alice"), { dstEid: BASE, to: bob.address, amount: STUN });
    await ethereum.advance(29n * DAY);
    await expect(as("guardian").pause(1n)).to.be.revertedWithCustomError(bridge.adapter, "PauseCooldown");
    await ethereum.advance(DAY);
    await as("guardian").pause(1n);
  });

  it("is at least a second and at most seven days", async () => {
    for (const duration of [0n, 7n * DAY + 1n]) {
      await expect(as("guardian").pause(duration))
        .to.be.revertedWithCustomError(bridge.adapter, "InvalidPause")
        .withArgs(duration, 7n * DAY);
    }
  });

  it("is the guardian's alone, not the owner's", async () => {
    for (const role of ["timelock", "alice", "deployer", "mallory"]) {
      await expect(as(role).pause(DAY)).to.be.revertedWithCustomError(bridge.adapter, "NotGuardian");
    }
  });

  it("is ended early by guardian or owner only; the cooldown stays", async () => {
    await as("guardian").pause(DAY);
    await expect(as("mallory").unpause()).to.be.revertedWithCustomError(bridge.adapter, "NotGuardian");
    await as("timelock").unpause();
    await send(bridge.adapter, bridge.network.ethereum.signer("alice"), {
      dstEid: BASE,
      to: bob.address,
      amount: STUN,
    });
    await expect(as("guardian").pause(DAY)).to.be.revertedWithCustomError(bridge.adapter, "PauseCooldown");
  });
});
