// A home and a remote vault over LayerZero's real contracts.
import { id, ZeroAddress, ZeroHash } from "ethers";
import { packSignatures } from "../../../chains/evm/committee";
import { deployContract } from "../../../chains/evm/client";
import { epochReportDigest, type EpochReport } from "../../../chains/evm/emission";
import { localWallet } from "../../../localnet/keys";
import { keySigner } from "../../../oracle/signer";
import { EmissionVault__factory, type EmissionVault } from "../../../typechain-types";
import { bridgeOut, ETHEREUM, freshBridge, recipient, type Bridge } from "../token/fixture";
import { DAY, STUN } from "../kit";

export const REMOTE_BUDGET = 500_000n * STUN;
const ORACLE = keySigner(`0x${"01".repeat(32)}`);

export interface Vaults extends Bridge {
  home: EmissionVault;
  /** On Base; funded over the bridge. */
  remote: EmissionVault;
}

/** Both vaults as they are deployed, epoch 0 beginning now. */
export async function funded(): Promise<Vaults> {
  const bridge = await freshBridge();
  const { ethereum, base } = bridge.network;
  const timelock = localWallet("timelock").address;
  const guardian = localWallet("guardian").address;
  const deploy = async (chain: typeof base, ...rest: [token: string, oft: string, home: string]) => {
    const signer = chain.signer("deployer");
    const committee = await deployContract(signer, "Committee", timelock, guardian, [ORACLE.address], 1);
    const [token, oft, home] = rest;
    const args = [token, await committee.getAddress(), await chain.now(), REMOTE_BUDGET, oft, ETHEREUM, home, timelock];
    const vault = await deployContract(signer, "EmissionVault", ...args);
    return EmissionVault__factory.connect(await vault.getAddress(), signer);
  };
  const home = await deploy(ethereum, await bridge.token.getAddress(), ZeroAddress, ZeroHash);
  const oft = await bridge.base.getAddress();
  const remote = await deploy(base, oft, oft, recipient(await home.getAddress()));
  await bridge.token.connect(ethereum.signer("alice")).transfer(home, REMOTE_BUDGET);
  await bridgeOut(bridge, "base", REMOTE_BUDGET, await remote.getAddress());
  return { ...bridge, home, remote };
}

/** The arguments of a report to the remote vault, signed. */
export async function signedRemote(state: Vaults, report: EpochReport): Promise<[EpochReport, bigint, string]> {
  const { remote, network } = state;
  const of = { chainId: BigInt(network.base.chainId), committee: await remote.committee(), version: 1n };
  const digest = epochReportDigest(of, await remote.getAddress(), report);
  return [report, 1n, packSignatures(digest, [await ORACLE.signDigest(digest)])];
}

/** The same with epoch 0 of the remote reported, for 1 base unit, a second ago. */
export async function vaults(): Promise<Vaults> {
  const state = await funded();
  await state.network.base.advance(2n * DAY);
  const report = { epoch: 0n, root: id("root"), total: 1n, previousRoot: ZeroHash, datasetHash: ZeroHash };
  await (await state.remote.report(...(await signedRemote(state, report)))).wait();
  return state;
}
