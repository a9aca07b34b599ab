// Carry of a remote vault goes home over LayerZero's real contracts.
import { expect } from "chai";
import { id, ZeroHash } from "ethers";
import { RewardBook } from "../../../chains/evm/emission";
import { emitted, pot } from "../../../model";
import { deliver, onePacket } from "../token/fixture";
import { DAY, STUN } from "../kit";
import { REMOTE_BUDGET, signedRemote, vaults } from "./remote";

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

  it("leaves a vault that still counts as funded: reports and claims go on, from both ends", async () => {
    const state = await vaults();
    const { network, home, remote, base } = state;
    await network.base.advance(DAY);
    const { carry } = await remote.status();
    const amount = carry - (carry % 10n ** 12n);
    await (await remote.connect(network.base.signer("timelock")).sendCarryHome(amount, "0x", FEE)).wait();
    const alice = network.base.signer("alice").address;
    const total = pot(REMOTE_BUDGET, 1n) + carry - amount;
    const book = new RewardBook([{ account: alice, cumulative: total }]);
    const report = { epoch: 1n, root: book.root, total, previousRoot: id("root"), datasetHash: ZeroHash };
    await (await remote.report(...(await signedRemote(state, report)))).wait();
    await network.base.advance(DAY / 2n);
    await (await remote.claim(...book.claim(alice, 1n))).wait();
    expect(await base.balanceOf(alice)).to.equal(total);
    expect((await remote.status()).carry).to.equal(0n);
    // What is left is all that the days to come emit, and the base unit of epoch 0 that nobody has claimed.
    expect(await base.balanceOf(remote)).to.equal(REMOTE_BUDGET - emitted(REMOTE_BUDGET, 2n) + 1n);
    await deliver(network.ethereum, await onePacket(network.base));
    await (await home.receiveCarry()).wait();
    await expect(home.receiveCarry()).to.be.revertedWithCustomError(home, "NothingReceived");
    expect(await home.spendable()).to.equal(pot(REMOTE_BUDGET, 0n) + amount);
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
