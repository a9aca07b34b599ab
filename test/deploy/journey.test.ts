import { expect } from "chai";
import { Address } from "@ton/core";
import { PublicKey } from "@solana/web3.js";
import { TonToken } from "../../chains/ton/token";
import { oftAt } from "../../chains/solana/oft";
import { OftClient } from "../../chains/solana/oft-client";
import { deployNetwork, problems, verifyDeployment, type Deployed } from "../../deploy";
import { localSolanaKey } from "../../deploy/drivers/solana";
import { LOCAL_CHAINS } from "../../deploy/local";
import { EvmEnd } from "../../localnet/bridge-evm";
import { keyToBytes32, solanaKey } from "../../localnet/solana";
import { startLocal, type Local } from "./fixture";

const STUN = 10n ** 18n;

describe("the whole local network, deployed by the engine", () => {
  let local: Local;
  let deployed: Deployed;
  let home: EvmEnd;
  let seconds: number;

  before(async () => {
    local = await startLocal(LOCAL_CHAINS);
    const started = Date.now();
    deployed = await deployNetwork(local.network, local.connections, { relay: () => local.relay() });
    seconds = (Date.now() - started) / 1000;
    const { bridge, token } = deployed.deployment.contracts.ethereum!;
    home = new EvmEnd(local.evm.ethereum, bridge!, token!, [30_184, 30_110, 30_168, 30_343]);
  });

  it("is verified on all five chains, and no step is left", async () => {
    expect(new Set(deployed.deployment.steps.map(({ chain }) => chain))).to.deep.equal(new Set(LOCAL_CHAINS));
    expect(problems(await verifyDeployment(deployed))).to.deep.equal([]);
    const { length } = deployed.deployment.steps;
    process.stdout.write(`      ${length} steps on ${LOCAL_CHAINS.length} chains in ${seconds.toFixed(1)} s\n`);
  });

  it("the deployer holds no STUN and no power at its end", async () => {
    expect(await home.balance("deployer")).to.equal(0n);
    const keys = LOCAL_CHAINS.map((chain) => deployed.drivers.get(chain)!).map((driver) =>
      (driver as unknown as { addressOf(role: string): string }).addressOf("deployer"),
    );
    const { powers } = await verifyDeployment(deployed);
    expect(powers.flatMap(({ holders }) => holders).filter((holder) => keys.includes(holder))).to.deep.equal([]);
  });

  for (const [name, eid] of [
    ["base", 30_184],
    ["arbitrum", 30_110],
  ] as const) {
    it(`carries STUN to ${name} and back`, async () => {
      const { bridge } = deployed.deployment.contracts[name]!;
      const remote = new EvmEnd(local.evm[name], bridge!, bridge!);
      const before = await home.balance("sale");
      await home.send("sale", eid, await remote.recipient("alice"), 5n * STUN);
      await local.relay();
      expect(await remote.balance("alice")).to.equal(5n * STUN);
      await remote.send("alice", 30_101, await home.recipient("sale"), 2n * STUN);
      await local.relay();
      expect(await home.balance("sale")).to.equal(before - 3n * STUN);
    });
  }

  it("carries STUN to Solana", async () => {
    const { token } = deployed.deployment.contracts.solana!;
    const oft = oftAt(new PublicKey(token!), localSolanaKey("escrow").publicKey);
    const { publicKey } = solanaKey("alice");
    await home.send("sale", 30_168, keyToBytes32(publicKey), 7n * STUN);
    await local.relay();
    expect(await new OftClient(local.solana!.client("alice"), oft).balance(publicKey)).to.equal(7n * 10n ** 9n);
  });

  it("carries STUN to TON", async () => {
    const token = new TonToken(local.ton!.sandbox, Address.parse(deployed.deployment.contracts.ton!.bridge!));
    const alice = await local.ton!.sandbox.addressOf("alice");
    await home.send("sale", 30_343, `0x${alice.hash.toString("hex")}`, 9n * STUN);
    await local.relay();
    expect(await token.balanceOf(alice)).to.equal(9n * 10n ** 9n);
  });
});
