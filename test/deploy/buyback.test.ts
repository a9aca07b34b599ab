import { expect } from "chai";
import { Contract, ContractFactory, type BaseContract, type Signer } from "ethers";
import { artifact, contractInterface } from "../../chains/evm/artifacts";
import { deployNetwork, planDeployment, verifyDeployment, type Described } from "../../deploy";
import type { Network } from "../../deploy/network";
import { addLiquidity, createPool, deployFactory, FEE, OBSERVATIONS } from "../evm/fees/buyback/fixture";
import { STUN } from "../evm/kit";
import { newFolder, removeFolders, startLocal, type Local } from "./fixture";

const UNIT = 10n ** 6n;

describe("deployment of the buyback vault", () => {
  let local: Local;
  let described: Described;
  let network: Network;
  let factory: string;
  let asset: BaseContract;
  let at: string;

  const ours = async (signer: Signer, name: string, ...args: unknown[]): Promise<BaseContract> => {
    const { abi, bytecode } = artifact(name);
    return (await new ContractFactory(abi, bytecode, signer).deploy(...args)).waitForDeployment();
  };

  /** The network with this asset, sold in the pool with this fee when one is given. */
  const declared = (fee?: number): Network => ({
    ...local.network,
    fees: {
      ...local.network.fees,
      assets: { ethereum: [at] },
      uniswap: { ethereum: { factory, blockSeconds: 12, ...(fee ? { pools: { [at]: fee } } : {}) } },
    },
  });

  const problems = async (): Promise<string> => {
    const { findings } = await verifyDeployment(described);
    return findings
      .filter(({ ok }) => !ok)
      .map(({ title }) => title)
      .join();
  };

  before(async () => {
    local = await startLocal(["ethereum", "base"]);
    const signer = local.chains.ethereum.signer("deployer");
    factory = await (await deployFactory(signer)).getAddress();
    asset = await ours(signer, "HostileToken", 6n);
    at = await asset.getAddress();
    network = declared();
    described = await deployNetwork(network, local.connections, { relay: local.relay });
  });

  after(removeFolders);

  it("is the timelock's, and the escrows send it their fees, where the chain has Uniswap", async () => {
    expect((await verifyDeployment(described)).ok).to.equal(true);
    const { buyback, escrow, channels, timelock } = described.deployment.contracts.ethereum!;
    const { provider } = local.chains.ethereum;
    for (const [name, address] of [
      ["JobEscrow", escrow],
      ["PaymentChannels", channels],
    ] as const) {
      const ledger = new Contract(address!, contractInterface(name), provider);
      expect(await ledger.getFunction("buybackVault")()).to.equal(buyback);
    }
    const vault = new Contract(buyback!, contractInterface("BuybackVault"), provider);
    expect(await vault.getFunction("owner")()).to.equal(timelock);
    expect(await vault.getFunction("minObservations")()).to.equal(OBSERVATIONS);
    expect(await vault.getFunction("factory")()).to.equal(factory);
    const { powers } = await verifyDeployment(described);
    expect(powers.some(({ subject, power }) => subject === "BuybackVault" && power === "owner")).to.equal(true);
  });

  it("is not there where the chain has none, and fees stay booked", async () => {
    const { base } = described.deployment.contracts;
    expect(base!.buyback).to.equal(undefined);
    const escrow = new Contract(base!.escrow!, contractInterface("JobEscrow"), local.chains.base.provider);
    expect(await escrow.getFunction("buybackVault")()).to.equal(`0x${"00".repeat(20)}`);
  });

  it("a pool that the network file names later is for the timelock to set, and verify says until then that it is missing", async () => {
    const { ethereum } = local.chains;
    const { token, timelock, buyback } = described.deployment.contracts.ethereum!;
    const liquidity = ethereum.signer("liquidity");
    const stun = new Contract(token!, contractInterface("StunToken"), liquidity);
    const trader = await ours(liquidity, "PoolTrader");
    await (await stun.getFunction("transfer")(await trader.getAddress(), 20_000_000n * STUN)).wait();
    await (await (asset.connect(liquidity) as Contract).getFunction("mint")(trader, 2_000_000n * UNIT)).wait();
    const first = BigInt(at) < BigInt(token!);
    const uniswap = new Contract(
      factory,
      [
        "function createPool(address,address,uint24) returns (address)",
        "function getPool(address,address,uint24) view returns (address)",
      ],
      liquidity,
    );
    const pool = await createPool(liquidity, uniswap, [at, token!], 10n ** 31n, first);
    await (await pool.getFunction("increaseObservationCardinalityNext").send(OBSERVATIONS)).wait();
    await addLiquidity({ owner: liquidity, pool, trader, unit: UNIT });
    await ethereum.advance(1_800n);

    network = declared(Number(FEE));
    const directory = newFolder();
    const { result, described: again } = await deployNetwork(network, local.connections, {
      relay: local.relay,
      directory,
    }).then((d) => ({ result: d.result, described: d }));
    described = again;
    const step = `ethereum/buyback/pool-${at}`;
    expect(result.unsigned.map(({ role, steps }) => [role, steps])).to.deep.equal([["timelock", [step]]]);
    expect(await problems()).to.include(at);

    const vault = new Contract(buyback!, contractInterface("BuybackVault"), await ethereum.as(timelock!));
    await (await vault.getFunction("setPool")(at, FEE)).wait();
    expect((await verifyDeployment(described)).ok).to.equal(true);
    const open = (await planDeployment(described)).filter(({ reading }) => reading.state !== "done");
    expect(open).to.deep.equal([]);
    await (await vault.getFunction("setPool")(at, 0n)).wait();
    expect((await verifyDeployment(described)).ok).to.equal(false);
  });
});
