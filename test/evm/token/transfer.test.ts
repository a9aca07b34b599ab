import { expect } from "chai";
import {
  BASE,
  ETHEREUM,
  STUN,
  alice,
  bob,
  bridgeOut,
  deliver,
  freshBridge,
  identity,
  onePacket,
  send,
  type Bridge,
} from "./fixture";

describe("A transfer between home and a remote", () => {
  let bridge: Bridge;

  beforeEach(async () => {
    bridge = await freshBridge();
  });

  it("locks at home what it mints on the remote", async () => {
    await bridgeOut(bridge, "base", 1_000n * STUN, bob.address);
    expect(await bridge.base.balanceOf(bob.address)).to.equal(1_000n * STUN);
    expect(await bridge.token.balanceOf(bridge.adapter)).to.equal(1_000n * STUN);
    expect(await bridge.adapter.outstanding(BASE)).to.equal(1_000n * STUN);
    expect(await bridge.adapter.locked()).to.equal(1_000n * STUN);
    await identity(bridge);
  });

  it("burns on the remote what it releases at home", async () => {
    await bridgeOut(bridge, "base", 1_000n * STUN);
    await send(bridge.base, bridge.network.base.signer("alice"), {
      dstEid: ETHEREUM,
      to: bob.address,
      amount: 400n * STUN,
    });
    const packet = await onePacket(bridge.network.base);
    await identity(bridge, { base: 400n * STUN });
    await deliver(bridge.network.ethereum, packet);
    expect(await bridge.token.balanceOf(bob.address)).to.equal(400n * STUN);
    expect(await bridge.base.totalSupply()).to.equal(600n * STUN);
    expect(await bridge.adapter.outstanding(BASE)).to.equal(600n * STUN);
    await identity(bridge);
  });

  it("names the recipient and amount in LayerZero's OFT message: 32 bytes and 8 bytes in shared decimals", async () => {
    await send(bridge.adapter, bridge.network.ethereum.signer("alice"), {
      dstEid: BASE,
      to: bob.address,
      amount: 7n * STUN,
    });
    const packet = await onePacket(bridge.network.ethereum);
    const expected = `${"0".repeat(24)}${bob.address.slice(2).toLowerCase()}${(7_000_000).toString(16).padStart(16, "0")}`;
    expect(Buffer.from(packet.message).toString("hex")).to.equal(expected);
    expect(packet.dstEid).to.equal(BASE);
    expect(alice.address).not.to.equal(bob.address);
  });
});
