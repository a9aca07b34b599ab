import { expect } from "chai";
import { BASE, STUN, SUPPLY, alice, bob, bridgeOut, freshBridge, identity, type Bridge } from "./fixture";

describe("Bridge: burns on a remote", () => {
  let bridge: Bridge;

  beforeEach(async () => {
    bridge = await freshBridge();
    await bridgeOut(bridge, "base", 10n * STUN);
  });

  const onBase = (role: string): Bridge["base"] => bridge.base.connect(bridge.network.base.signer(role));

  it("are counted and announced, and stay outstanding at home", async () => {
    await expect(onBase("alice").burn(3n * STUN))
      .to.emit(bridge.base, "Burned")
      .withArgs(alice.address, 3n * STUN);
    expect(await bridge.base.burned()).to.equal(3n * STUN);
    expect(await bridge.base.totalSupply()).to.equal(7n * STUN);
    expect(await bridge.adapter.outstanding(BASE)).to.equal(10n * STUN);
    await identity(bridge);
  });

  it("from an allowance count for the account whose tokens they were", async () => {
    await onBase("alice").approve(bob.address, 2n * STUN);
    await expect(onBase("bob").burnFrom(alice.address, 2n * STUN))
      .to.emit(bridge.base, "Burned")
      .withArgs(alice.address, 2n * STUN);
    expect(await bridge.base.burned()).to.equal(2n * STUN);
  });

  it("of more than there is count nothing", async () => {
    await expect(onBase("bob").burn(1n)).to.be.revertedWithCustomError(bridge.base, "ERC20InsufficientBalance");
    await expect(onBase("bob").burnFrom(alice.address, 1n)).to.be.revertedWithCustomError(
      bridge.base,
      "ERC20InsufficientAllowance",
    );
    expect(await bridge.base.burned()).to.equal(0n);
  });

  it("at home shrink the supply of the token itself", async () => {
    await bridge.token.connect(bridge.network.ethereum.signer("alice")).burn(STUN);
    expect(await bridge.token.totalSupply()).to.equal(SUPPLY - STUN);
  });
});
