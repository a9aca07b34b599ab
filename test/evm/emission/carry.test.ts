// Carry of a remote vault goes home over LayerZero's real contracts.
import { expect } from "chai";
import { id, ZeroAddress, ZeroHash } from "ethers";
import { packSignatures } from "../../../chains/evm/committee";
import { deployContract } from "../../../chains/evm/client";
import { epochReportDigest } from "../../../chains/evm/emission";
import { localWallet } from "../../../localnet/keys";
import { keySigner } from "../../../oracle/signer";
import { EmissionVault__factory, type EmissionVault } from "../../../typechain-types";
import { bridgeOut, deliver, ETHEREUM, freshBridge, onePacket, recipient, type Bridge } from "../token/fixture";
import { STUN } from "../kit";

const BUDGET = 500_000n * STUN;
const DAY = 86_400n;
const ORACLE = keySigner(`0x${"01".repeat(32)}`);

interface Vaults extends Bridge {
  home: EmissionVault;
  remote: EmissionVault;
}

async function vaults(): Promise<Vaults> {
  const bridge = await freshBridge();
  const { ethereum, base } = bridge.network;
  const timelock = localWallet("timelock").address;
  const guardian = localWallet("guardian").address;
  const deploy = async (chain: typeof base, ...rest: [token: string, oft: string, home: string]) => {
    const signer = chain.signer("deployer");
    const committee = await deployContract(signer, "Committee", timelock, guardian, [ORACLE.address], 1);
    const [token, oft, home] = rest;
    const args = [token, await committee.getAddress(), await chain.now(), BUDGET, oft, ETHEREUM, home, timelock];
    const vault = await deployContract(signer, "EmissionVault", ...args);
    return EmissionVault__factory.connect(await vault.getAddress(), signer);
  };
  const home = await deploy(ethereum, await bridge.token.getAddress(), ZeroAddress, ZeroHash);
  const oft = await bridge.base.getAddress();
  const remote = await deploy(base, oft, oft, recipient(await home.getAddress()));
  await bridge.token.connect(ethereum.signer("alice")).transfer(home, BUDGET);
  await bridgeOut(bridge, "base", BUDGET, await remote.getAddress());
  await base.advance(2n * DAY);
  const report = { epoch: 0n, root: id("root"), total: 1n, previousRoot: ZeroHash, datasetHash: ZeroHash };
  const of = { chainId: BigInt(base.chainId), committee: await remote.committee(), version: 1n };
  const digest = epochReportDigest(of, await remote.getAddress(), report);
  await (await remote.report(report, 1n, packSignatures(digest, [await ORACLE.signDigest(digest)]))).wait();
  return { ...bridge, home, remote };
}

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
    expect(await base.balanceOf(remote)).to.equal(BUDGET - amount);
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
