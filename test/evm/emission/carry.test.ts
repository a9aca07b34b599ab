// Carry of a remote vault goes home over LayerZero's real contracts.
import { expect } from "chai";
import { deliver, onePacket } from "../token/fixture";
import { DAY, STUN } from "../kit";
import { REMOTE_BUDGET, vaults } from "./remote";

const FEE = { value: STUN };

describe("EmissionVault: sendCarryHome", () => {
  it("moves carry of a remote vault into the carry of the home vault", async () => {
    const { network, home, remote, base } = await vaults();
    await network.base.advance(DAY);
    const { carry } = await remote.status();
    const amount = carry - (carry % 10n ** 12n);
    const owned = remote.connect(network.base.signer("timelock"));
    await (await owned.sendCarryHome(amount, "0x", FEE)).wait();
    expect((await remote.status()).carry).to.equal(carry - amount);
    expect(await base.balanceOf(remote)).to.equal(REMOTE_BUDGET - amount);
    await deliver(network.ethereum, await onePacket(network.base));
    await (await home.receiveCarry()).wait();
    expect((await home.status()).carry).to.equal(amount);
  });

  it("waits until the newest report can no longer be vetoed", async () => {
    const { network, remote } = await vaults();
    const owned = remote.connect(network.base.signer("timelock"));
    await expect(owned.sendCarryHome(10n ** 12n, "0x", FEE)).to.be.revertedWithCustomError(remote, "TooEarly");
  });

  it("sends no pot, no dust and not nothing", async () => {
    const { network, remote } = await vaults();
    await network.base.advance(DAY);
    const owned = remote.connect(network.base.signer("timelock"));
    const { carry } = await remote.status();
    for (const amount of [0n, carry - (carry % 10n ** 12n) + 10n ** 12n, 10n ** 12n + 1n]) {
      await expect(owned.sendCarryHome(amount, "0x", FEE))
        .to.be.revertedWithCustomError(remote, "InvalidAmount")
        .withArgs(amount, carry);
    }
  });

  it("is for the owner alone, and home takes no part in it", async () => {
    const { network, remote } = await vaults();
    for (const who of ["guardian", "alice"]) {
      const as = remote.connect(network.base.signer(who));
      await expect(as.sendCarryHome(10n ** 12n, "0x", FEE)).to.be.revertedWithCustomError(
        remote,
        "OwnableUnauthorizedAccount",
      );
    }
    await expect(remote.receiveCarry()).to.be.revertedWithCustomError(remote, "OnlyOnHomeChain");
  });
});
