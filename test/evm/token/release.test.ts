import { MaxUint256 } from "ethers";
import { expect } from "chai";
import {
  BASE,
  CAPACITY,
  DAY,
  ETHEREUM,
  STUN,
  UNIT,
  alice,
  bob,
  bridgeOut,
  deliver,
  forge,
  freshBridge,
  heldCompose,
  identity,
  oftMessage,
  onePacket,
  pause,
  send,
  setLimit,
  type Bridge,
} from "./fixture";

describe("Bridge: release of a held credit", () => {
  let bridge: Bridge;

  beforeEach(async () => {
    bridge = await freshBridge();
  });

  /** Ten STUN for Bob, held on Base because its limit is `limit`. */
  async function heldOnBase(limit: bigint, amount = 10n * STUN): Promise<string> {
    await setLimit(bridge.network.base, bridge.base, ETHEREUM, true, limit);
    return (await bridgeOut(bridge, "base", amount, bob.address)).guid;
  }

  it("is for anyone to call, and goes to the recipient alone", async () => {
    await pause(bridge.network.base, bridge.base);
    const { guid } = await bridgeOut(bridge, "base", 10n * STUN, bob.address);
    await bridge.network.base.advance(DAY);
    const anyone = bridge.base.connect(bridge.network.base.signer("mallory"));
    await expect(anyone.release(guid, MaxUint256, "0x"))
      .to.emit(bridge.base, "CreditReleased")
      .withArgs(guid, bob.address, 10n * STUN, 0n);
    expect(await bridge.base.balanceOf(bob.address)).to.equal(10n * STUN);
    expect(await bridge.base.heldOf(bob.address)).to.equal(0n);
    expect(await bridge.base.heldFrom(ETHEREUM)).to.equal(0n);
    await identity(bridge);
  });

  it("happens in parts, as far as the limit permits, until nothing is left", async () => {
    const guid = await heldOnBase(4n * STUN);
    const { base } = bridge.network;
    await bridge.base.release(guid, MaxUint256, "0x");
    expect(await bridge.base.balanceOf(bob.address)).to.equal(4n * STUN);
    await identity(bridge);
    await base.advance(DAY);
    await bridge.base.release(guid, MaxUint256, "0x");
    await base.advance(DAY);
    await bridge.base.release(guid, MaxUint256, "0x");
    expect(await bridge.base.balanceOf(bob.address)).to.equal(10n * STUN);
    await expect(bridge.base.release(guid, MaxUint256, "0x"))
      .to.be.revertedWithCustomError(bridge.base, "NothingHeld")
      .withArgs(guid);
    await identity(bridge);
  });

  it("takes at most what the caller names, without dust", async () => {
    const guid = await heldOnBase(9n * STUN);
    await bridge.base.release(guid, 2n * STUN + UNIT - 1n, "0x");
    expect(await bridge.base.balanceOf(bob.address)).to.equal(2n * STUN);
    expect(await bridge.base.heldOf(bob.address)).to.equal(8n * STUN);
    await expect(bridge.base.release(guid, UNIT - 1n, "0x")).to.be.revertedWithCustomError(
      bridge.base,
      "NothingReleasable",
    );
  });

  it("counts against the limit of the path and gives the way back as much", async () => {
    const guid = await heldOnBase(9n * STUN);
    await setLimit(bridge.network.base, bridge.base, ETHEREUM, true, 20n * STUN);
    await bridge.base.release(guid, MaxUint256, "0x");
    expect((await bridge.base.rateLimit(ETHEREUM, true))[2]).to.equal(10n * STUN);
  });

  it("is refused while the limit is used up", async () => {
    const guid = await heldOnBase(4n * STUN, 5n * STUN);
    await setLimit(bridge.network.base, bridge.base, ETHEREUM, true, 0n);
    await expect(bridge.base.release(guid, MaxUint256, "0x"))
      .to.be.revertedWithCustomError(bridge.base, "NothingReleasable")
      .withArgs(guid, 0n);
    expect(await bridge.base.heldOf(bob.address)).to.equal(5n * STUN);
  });

  it("is refused while the bridge is paused, at most seven days", async () => {
    const guid = await heldOnBase(9n * STUN);
    await pause(bridge.network.base, bridge.base, 7n * DAY);
    await expect(bridge.base.release(guid, MaxUint256, "0x")).to.be.revertedWithCustomError(bridge.base, "EntryPaused");
    await bridge.network.base.advance(7n * DAY);
    await bridge.base.release(guid, MaxUint256, "0x");
    expect(await bridge.base.balanceOf(bob.address)).to.equal(9n * STUN);
  });

  it("waits at the mint cap for the supply to shrink", async () => {
    const owner = bridge.base.connect(bridge.network.base.signer("timelock"));
    await owner.setMintCap(12n * STUN);
    await bridgeOut(bridge, "base", 12n * STUN);
    const { guid } = await bridgeOut(bridge, "base", 5n * STUN, bob.address);
    await expect(bridge.base.release(guid, MaxUint256, "0x")).to.be.revertedWithCustomError(
      bridge.base,
      "NothingReleasable",
    );
    await bridge.base.connect(bridge.network.base.signer("alice")).burn(2n * STUN);
    await bridge.base.release(guid, MaxUint256, "0x");
    expect(await bridge.base.balanceOf(bob.address)).to.equal(2n * STUN);
    expect(await bridge.base.heldOf(bob.address)).to.equal(3n * STUN);
    await identity(bridge);
  });

  it("at home never takes more than the source has outstanding", async () => {
    const { ethereum } = bridge.network;
    await bridgeOut(bridge, "arbitrum", 100n * STUN);
    await bridgeOut(bridge, "base", 3n * STUN);
    const packet = forge(
      { eid: BASE, sender: await bridge.base.getAddress() },
      { eid: ETHEREUM, receiver: await bridge.adapter.getAddress() },
      1n,
      oftMessage(bob.address, 4_000_000n),
    );
    await deliver(ethereum, packet);
    await bridge.adapter.release(packet.guid, MaxUint256, "0x");
    expect(await bridge.token.balanceOf(bob.address)).to.equal(3n * STUN);
    expect(await bridge.adapter.outstanding(BASE)).to.equal(0n);
    expect(await bridge.adapter.locked()).to.equal(100n * STUN);
    await expect(bridge.adapter.release(packet.guid, MaxUint256, "0x")).to.be.revertedWithCustomError(
      bridge.adapter,
      "NothingReleasable",
    );
  });

  it("moves the home counters only when it pays", async () => {
    await bridgeOut(bridge, "base", 10n * STUN);
    await pause(bridge.network.ethereum, bridge.adapter);
    await send(bridge.base, bridge.network.base.signer("alice"), {
      dstEid: ETHEREUM,
      to: bob.address,
      amount: 4n * STUN,
    });
    const packet = await onePacket(bridge.network.base);
    await deliver(bridge.network.ethereum, packet);
    await bridge.adapter.connect(bridge.network.ethereum.signer("guardian")).unpause();
    await bridge.adapter.release(packet.guid, 1n * STUN, "0x");
    expect(await bridge.adapter.outstanding(BASE)).to.equal(9n * STUN);
    await identity(bridge);
    await bridge.adapter.release(packet.guid, MaxUint256, "0x");
    expect(await bridge.token.balanceOf(bob.address)).to.equal(4n * STUN);
    await identity(bridge);
  });

  it("of an unknown message is refused", async () => {
    const guid = `0x${"12".repeat(32)}`;
    await expect(bridge.base.release(guid, MaxUint256, "0x"))
      .to.be.revertedWithCustomError(bridge.base, "NothingHeld")
      .withArgs(guid);
  });

  describe("with a compose message", () => {
    /** A composed delivery for Bob, held on Base because the limit is `limit`. */
    async function composed(limit: bigint, amount: bigint): Promise<string> {
      const { ethereum, base } = bridge.network;
      await setLimit(base, bridge.base, ETHEREUM, true, limit);
      await send(bridge.adapter, ethereum.signer("alice"), {
        dstEid: BASE,
        to: bob.address,
        amount,
        compose: "0xc0ffee",
      });
      const packet = await onePacket(ethereum);
      await deliver(base, packet);
      expect(await base.takeComposes()).to.deep.equal([]);
      return packet.guid;
    }

    /** LayerZero's compose message as a direct delivery would have left it. */
    const expected = (amount: bigint): string =>
      [
        "0x",
        "1".padStart(16, "0"),
        ETHEREUM.toString(16).padStart(8, "0"),
        amount.toString(16).padStart(64, "0"),
        alice.address.slice(2).toLowerCase().padStart(64, "0"),
        "c0ffee",
      ].join("");

    it("leaves it at the endpoint with the amount released, as a direct delivery would have", async () => {
      const guid = await composed(9n * STUN, 10n * STUN);
      await setLimit(bridge.network.base, bridge.base, ETHEREUM, true, CAPACITY);
      await bridge.base.release(guid, MaxUint256, await heldCompose(bridge.base, guid));
      const composes = await bridge.network.base.takeComposes();
      expect(composes).to.deep.equal([
        { from: await bridge.base.getAddress(), to: bob.address, guid, index: 0, message: expected(10n * STUN) },
      ]);
    });

    it("leaves one for each part, with the amount of the part", async () => {
      const guid = await composed(8n * STUN, 10n * STUN);
      const data = await heldCompose(bridge.base, guid);
      await bridge.base.release(guid, 3n * STUN, data);
      await bridge.network.base.advance(DAY);
      await bridge.base.release(guid, MaxUint256, data);
      const composes = await bridge.network.base.takeComposes();
      expect(composes.map(({ index, message }) => [index, message])).to.deep.equal([
        [0, expected(3n * STUN)],
        [1, expected(7n * STUN)],
      ]);
      expect(await bridge.base.balanceOf(bob.address)).to.equal(10n * STUN);
    });

    it("refuses parts below a quarter of the capacity, so that nobody crumbles another's delivery", async () => {
      const guid = await composed(8n * STUN, 10n * STUN);
      const data = await heldCompose(bridge.base, guid);
      await expect(bridge.base.release(guid, 2n * STUN - UNIT, data))
        .to.be.revertedWithCustomError(bridge.base, "PartTooSmall")
        .withArgs(2n * STUN - UNIT, 2n * STUN);
      await bridge.base.release(guid, 2n * STUN, data);
    });

    it("refuses other compose data, none at all, and any for a plain delivery", async () => {
      const guid = await composed(9n * STUN, 10n * STUN);
      for (const wrong of ["0x", "0xc0ffee"]) {
        await expect(bridge.base.release(guid, MaxUint256, wrong))
          .to.be.revertedWithCustomError(bridge.base, "WrongCompose")
          .withArgs(guid);
      }
      const plain = (await bridgeOut(bridge, "base", 10n * STUN, bob.address)).guid;
      await expect(bridge.base.release(plain, MaxUint256, "0xc0ffee"))
        .to.be.revertedWithCustomError(bridge.base, "WrongCompose")
        .withArgs(plain);
    });
  });
});
