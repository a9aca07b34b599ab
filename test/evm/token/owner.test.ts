import { expect } from "chai";
import { ZeroAddress, ZeroHash } from "ethers";
import {
  ARBITRUM,
  BASE,
  ETHEREUM,
  MINT_CAP,
  STUN,
  alice,
  bob,
  bridgeOut,
  freshBridge,
  recipient,
  send,
  sendUnquoted,
  type Bridge,
  type Oft,
} from "./fixture";
import { localWallet } from "../../../localnet/keys";

describe("Bridge: the owner", () => {
  let bridge: Bridge;

  beforeEach(async () => {
    bridge = await freshBridge();
  });

  const onBase = (role: string): Bridge["base"] => bridge.base.connect(bridge.network.base.signer(role));

  it("hands over in two steps: the new owner has to accept", async () => {
    await onBase("timelock").transferOwnership(bob.address);
    expect(await bridge.base.owner()).to.equal(localWallet("timelock").address);
    expect(await bridge.base.pendingOwner()).to.equal(bob.address);
    await expect(onBase("bob").setMintCap(1n)).to.be.revertedWithCustomError(bridge.base, "OwnableUnauthorizedAccount");
    await expect(onBase("alice").acceptOwnership()).to.be.revertedWithCustomError(
      bridge.base,
      "OwnableUnauthorizedAccount",
    );
    await onBase("bob").acceptOwnership();
    await onBase("bob").setMintCap(1n);
    await expect(onBase("timelock").setMintCap(2n)).to.be.revertedWithCustomError(
      bridge.base,
      "OwnableUnauthorizedAccount",
    );
  });

  it("alone sets peers, options, limits, cap, guardian, delegate and successor", async () => {
    const calls: [string, (oft: Oft) => Promise<unknown>][] = [
      ["setPeer", (oft) => oft.setPeer(ETHEREUM, ZeroHash)],
      ["setEnforcedOptions", (oft) => oft.setEnforcedOptions([])],
      ["setRateLimits", (oft) => oft.setRateLimits([])],
      ["setGuardian", (oft) => oft.setGuardian(alice.address)],
      ["setDelegate", (oft) => oft.setDelegate(alice.address)],
      ["setMsgInspector", (oft) => oft.setMsgInspector(alice.address)],
      ["setPreCrime", (oft) => oft.setPreCrime(alice.address)],
      ["transferOwnership", (oft) => oft.transferOwnership(alice.address)],
      ["renounceOwnership", (oft) => oft.renounceOwnership()],
    ];
    for (const role of ["alice", "guardian", "deployer", "executor", "layerzero", "dvn1", "mallory"]) {
      for (const [name, call] of calls) {
        for (const [oft, chain] of [
          [bridge.base, bridge.network.base],
          [bridge.adapter, bridge.network.ethereum],
        ] as const) {
          const refused = call(oft.connect(chain.signer(role)));
          await expect(refused, `${name} by ${role}`).to.be.revertedWithCustomError(oft, "OwnableUnauthorizedAccount");
        }
      }
      await expect(onBase(role).setMintCap(1n)).to.be.revertedWithCustomError(
        bridge.base,
        "OwnableUnauthorizedAccount",
      );
    }
  });

  it("sets a mint cap of at most 300,000,000 STUN", async () => {
    await expect(onBase("timelock").setMintCap(STUN)).to.emit(bridge.base, "MintCapSet").withArgs(STUN);
    await onBase("timelock").setMintCap(MINT_CAP);
    await expect(onBase("timelock").setMintCap(MINT_CAP + 1n))
      .to.be.revertedWithCustomError(bridge.base, "InvalidMintCap")
      .withArgs(MINT_CAP + 1n, MINT_CAP);
  });

  it("of a remote can set no other peer than home", async () => {
    await expect(onBase("timelock").setPeer(ARBITRUM, recipient(await bridge.arbitrum.getAddress())))
      .to.be.revertedWithCustomError(bridge.base, "NotHome")
      .withArgs(ARBITRUM, ETHEREUM);
    await expect(onBase("timelock").setPeer(BASE, recipient(bob.address)))
      .to.be.revertedWithCustomError(bridge.base, "NotHome")
      .withArgs(BASE, ETHEREUM);
  });

  it("replaces the guardian, who then has no power left", async () => {
    await expect(onBase("timelock").setGuardian(bob.address)).to.emit(bridge.base, "GuardianSet").withArgs(bob.address);
    await expect(onBase("guardian").pause(1n)).to.be.revertedWithCustomError(bridge.base, "NotGuardian");
    await onBase("bob").pause(1n);
  });

  it("replaces the delegate at the endpoint, who alone may set the path's configuration", async () => {
    const { endpoint } = bridge.network.base;
    const delegate = async (): Promise<unknown> => endpoint.getFunction("delegates")(await bridge.base.getAddress());
    expect(await delegate()).to.equal(localWallet("timelock").address);
    await onBase("timelock").setDelegate(bob.address);
    expect(await delegate()).to.equal(bob.address);
    const change = endpoint.connect(bridge.network.base.signer("timelock")) as typeof endpoint;
    await expect(
      change.getFunction("setSendLibrary")(bridge.base, ETHEREUM, ZeroAddress),
    ).to.be.revertedWithCustomError(endpoint, "LZ_Unauthorized");
  });

  it("can stop sends by LayerZero's message inspector, and by it no delivery and no release", async () => {
    // An address without code makes each send fail.
    await onBase("timelock").setMsgInspector(bob.address);
    await bridgeOut(bridge, "base", STUN);
    await expect(
      sendUnquoted(bridge.base, bridge.network.base.signer("alice"), {
        dstEid: ETHEREUM,
        to: bob.address,
        amount: STUN,
      }),
    ).to.be.reverted;
    await onBase("timelock").setMsgInspector(ZeroAddress);
    await send(bridge.base, bridge.network.base.signer("alice"), { dstEid: ETHEREUM, to: bob.address, amount: STUN });
  });
});
