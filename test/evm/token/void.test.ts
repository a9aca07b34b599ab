import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";
import {
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
  pause,
  send,
  setLimit,
  type Bridge,
} from "./fixture";

describe("Bridge: what the timelock may do with a held credit", () => {
  let bridge: Bridge;

  beforeEach(async () => {
    bridge = await freshBridge();
  });

  const onBase = (role: string): Bridge["base"] => bridge.base.connect(bridge.network.base.signer(role));

  describe("void", () => {
    it("ends a forged credit without a token having existed", async () => {
      const packet = forge(
        { eid: ETHEREUM, sender: await bridge.adapter.getAddress() },
        { eid: BASE, receiver: await bridge.base.getAddress() },
        1n,
        oftMessage(bob.address, 900_000_000_000_000n),
      );
      await deliver(bridge.network.base, packet);
      await expect(onBase("timelock").voidHeld(packet.guid))
        .to.emit(bridge.base, "CreditVoided")
        .withArgs(packet.guid, bob.address, ETHEREUM, 900_000_000n * STUN);
      expect(await bridge.base.heldOf(bob.address)).to.equal(0n);
      expect(await bridge.base.heldFrom(ETHEREUM)).to.equal(0n);
      expect(await bridge.base.voidedFrom(ETHEREUM)).to.equal(900_000_000n * STUN);
      expect(await bridge.base.totalSupply()).to.equal(0n);
      await expect(bridge.base.release(packet.guid, MaxUint256, "0x")).to.be.revertedWithCustomError(
        bridge.base,
        "NothingHeld",
      );
    });

    it("at home leaves the amount locked and outstanding, where the supply identity counts it as burned", async () => {
      const { ethereum, base } = bridge.network;
      await bridgeOut(bridge, "base", 10n * STUN);
      await pause(ethereum, bridge.adapter);
      await send(bridge.base, base.signer("alice"), { dstEid: ETHEREUM, to: bob.address, amount: 4n * STUN });
      const packet = await onePacket(base);
      await deliver(ethereum, packet);
      await bridge.adapter.connect(ethereum.signer("timelock")).voidHeld(packet.guid);
      expect(await bridge.adapter.outstanding(BASE)).to.equal(10n * STUN);
      expect(await bridge.adapter.locked()).to.equal(10n * STUN);
      expect(await bridge.adapter.voidedFrom(BASE)).to.equal(4n * STUN);
      await identity(bridge);
    });

    it("takes only what is left after a release in parts", async () => {
      await setLimit(bridge.network.base, bridge.base, ETHEREUM, true, 4n * STUN);
      const { guid } = await bridgeOut(bridge, "base", 10n * STUN, bob.address);
      await bridge.base.release(guid, MaxUint256, "0x");
      await onBase("timelock").voidHeld(guid);
      expect(await bridge.base.balanceOf(bob.address)).to.equal(4n * STUN);
      expect(await bridge.base.voidedFrom(ETHEREUM)).to.equal(6n * STUN);
      await identity(bridge);
    });

    it("is for the owner alone, and once", async () => {
      await pause(bridge.network.base, bridge.base);
      const { guid } = await bridgeOut(bridge, "base", STUN, bob.address);
      for (const role of ["alice", "bob", "guardian", "deployer", "executor", "mallory"]) {
        await expect(onBase(role).voidHeld(guid)).to.be.revertedWithCustomError(
          bridge.base,
          "OwnableUnauthorizedAccount",
        );
      }
      await onBase("timelock").voidHeld(guid);
      await expect(onBase("timelock").voidHeld(guid)).to.be.revertedWithCustomError(bridge.base, "NothingHeld");
    });
  });

  describe("assign", () => {
    /** One STUN that names the zero address. */
    async function ownerless(nonce = 1n): Promise<string> {
      const packet = forge(
        { eid: ETHEREUM, sender: await bridge.adapter.getAddress() },
        { eid: BASE, receiver: await bridge.base.getAddress() },
        nonce,
        oftMessage(ZeroAddress, 1_000_000n, { from: alice.address, message: "0x01" }),
      );
      await deliver(bridge.network.base, packet);
      return packet.guid;
    }

    it("names the recipient of a credit that names nobody, and anyone then releases it", async () => {
      const guid = await ownerless();
      await expect(bridge.base.release(guid, MaxUint256, "0x"))
        .to.be.revertedWithCustomError(bridge.base, "RecipientMissing")
        .withArgs(guid);
      await expect(onBase("timelock").assignHeld(guid, bob.address))
        .to.emit(bridge.base, "CreditAssigned")
        .withArgs(guid, bob.address, STUN);
      expect(await bridge.base.heldOf(ZeroAddress)).to.equal(0n);
      expect(await bridge.base.heldOf(bob.address)).to.equal(STUN);
      await bridge.base.release(guid, MaxUint256, "0x");
      expect(await bridge.base.balanceOf(bob.address)).to.equal(STUN);
    });

    it("never changes a recipient", async () => {
      await pause(bridge.network.base, bridge.base);
      const { guid } = await bridgeOut(bridge, "base", STUN, bob.address);
      await expect(onBase("timelock").assignHeld(guid, alice.address))
        .to.be.revertedWithCustomError(bridge.base, "RecipientFixed")
        .withArgs(guid, bob.address);
    });

    it("refuses an address that cannot receive, an unknown credit, and everybody but the owner", async () => {
      const guid = await ownerless();
      for (const to of [ZeroAddress, await bridge.base.getAddress()]) {
        await expect(onBase("timelock").assignHeld(guid, to))
          .to.be.revertedWithCustomError(bridge.base, "RecipientRefused")
          .withArgs(to);
      }
      await expect(onBase("timelock").assignHeld(`0x${"00".repeat(32)}`, bob.address)).to.be.revertedWithCustomError(
        bridge.base,
        "NothingHeld",
      );
      for (const role of ["alice", "guardian", "deployer", "mallory"]) {
        await expect(onBase(role).assignHeld(guid, bob.address)).to.be.revertedWithCustomError(
          bridge.base,
          "OwnableUnauthorizedAccount",
        );
      }
    });
  });
});
