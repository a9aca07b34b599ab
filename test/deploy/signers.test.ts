import chai, { expect } from "chai";
import chaiAsPromised from "chai-as-promised";
import { readFileSync } from "node:fs";
import { deployNetwork } from "../../deploy";
import type { Network } from "../../deploy/network";
import { localWallet } from "../../localnet/keys";
import { newFolder, removeFolders, startLocal } from "./fixture";

chai.use(chaiAsPromised);

interface SafeBatch {
  version: string;
  chainId: string;
  meta: { createdFromSafeAddress: string };
  transactions: { to: string; value: string; data: string }[];
}

/** The same network, where the timelock is an address whose key this machine does not have. */
function withSafe(network: Network, address: string): Network {
  return {
    ...network,
    roles: { ...network.roles, timelock: { evm: { kind: "address", address } } },
    moduleChains: { ...network.moduleChains, governance: [] },
  };
}

describe("a deployment whose keys are elsewhere", () => {
  afterEach(removeFolders);

  it("writes what a Safe has to sign, and goes on when it has", async () => {
    const local = await startLocal(["ethereum"]);
    const directory = newFolder();
    const safe = localWallet("carol").address;
    const network = withSafe(local.network, safe);
    const options = { directory, relay: () => local.relay() };
    const first = await deployNetwork(network, local.connections, options);
    expect(first.verification).to.equal(undefined);
    expect(first.result.unsigned.map(({ role, chain }) => [role, chain])).to.deep.equal([["timelock", "ethereum"]]);
    const batch = JSON.parse(readFileSync(first.result.unsigned[0]!.file, "utf8")) as SafeBatch;
    expect([batch.version, batch.chainId, batch.meta.createdFromSafeAddress]).to.deep.equal(["1.0", "31337", safe]);
    expect(batch.transactions).to.have.length(first.result.unsigned[0]!.steps.length);

    const again = await deployNetwork(network, local.connections, options);
    expect(again.result.executed).to.deep.equal([]);

    const signer = local.evm.ethereum.signer("carol");
    for (const { to, value, data } of batch.transactions) {
      await (await signer.sendTransaction({ to, value: BigInt(value), data })).wait();
    }
    const last = await deployNetwork(network, local.connections, options);
    expect(last.result.executed).to.deep.equal([]);
    expect(last.verification?.ok).to.equal(true);
  });

  it("takes a key from the environment, and refuses one that belongs to another address", async () => {
    const local = await startLocal(["ethereum"]);
    const { address, privateKey } = localWallet("deployer");
    const holder = { kind: "env", address, variable: "STUN_TEST_DEPLOYER_KEY" } as const;
    const network = { ...local.network, roles: { ...local.network.roles, deployer: { evm: holder } } };
    const deploy = (): Promise<unknown> => deployNetwork(network, local.connections, { relay: () => local.relay() });
    try {
      process.env.STUN_TEST_DEPLOYER_KEY = localWallet("mallory").privateKey;
      await expect(deploy()).to.be.rejectedWith(/^Step .* The key in STUN_TEST_DEPLOYER_KEY belongs to 0x|belongs to/);
      process.env.STUN_TEST_DEPLOYER_KEY = "nonsense";
      await expect(deploy()).to.be.rejectedWith(/STUN_TEST_DEPLOYER_KEY holds no private key/);
      process.env.STUN_TEST_DEPLOYER_KEY = privateKey;
      await deploy();
    } finally {
      delete process.env.STUN_TEST_DEPLOYER_KEY;
    }
  });
});
