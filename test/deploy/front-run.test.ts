// Contracts come from a proxy that anyone may use: whoever deploys ours before we do gives them to us, not to himself.
import { expect } from "chai";
import { Contract, Transaction } from "ethers";
import { contractInterface } from "../../chains/evm/artifacts";
import { deployNetwork, describe as describeNetwork, problems } from "../../deploy";
import { FACTORY } from "../../deploy/steps/evm";
import { localWallet } from "../../localnet/keys";
import { newFolder, removeFolders, startLocal } from "./fixture";

const MALLORY = localWallet("mallory").address;
const CHAINS = ["ethereum", "base"] as const;

describe("a deployment that somebody runs ahead of", () => {
  after(removeFolders);

  it("ends as declared, and gives him nothing, when he publishes the proxy and deploys every contract first", async () => {
    const local = await startLocal([...CHAINS]);
    const { deployment } = await describeNetwork(local.network, local.connections);
    let contracts = 0;
    for (const chain of CHAINS) {
      const { node, provider } = local.chains[chain];
      await node.request({ method: "hardhat_setBalance", params: [MALLORY, "0xffffffffffffffffffff"] });
      const mallory = local.chains[chain].signer("mallory");
      await (await mallory.sendTransaction({ to: FACTORY.publisher, value: FACTORY.fee })).wait();
      await provider.broadcastTransaction(Transaction.from(FACTORY.transaction).serialized);
      for (const step of deployment.steps.filter((s) => s.chain === chain && s.wanted === "deployed")) {
        const call = await step.call!();
        if (!("to" in call) || call.to !== FACTORY.address) continue;
        await (await mallory.sendTransaction({ to: call.to, data: call.data as string })).wait();
        contracts++;
      }
      // What a deployment ends with he may call as well; there is nothing to take yet.
      const { timelock, governanceReceiver, escrow } = deployment.contracts[chain]!;
      const taker = new Contract(timelock ?? governanceReceiver!, contractInterface("StunTimelock"), mallory);
      expect(
        await taker
          .getFunction("takeOwnership")(escrow)
          .then(String, () => "refused"),
      ).to.equal("refused");
    }
    expect(contracts).to.be.greaterThan(25);

    const done = await deployNetwork(local.network, local.connections, { relay: local.relay, directory: newFolder() });
    expect(
      done.result.executed.filter((id) => /^[a-z]+\/(token|escrow|timelock|emission|buyback)$/.test(id)),
    ).to.deep.equal([]);
    expect(problems(done.verification!)).to.deep.equal([]);
    const { powers } = done.verification!;
    expect(powers.flatMap(({ holders }) => holders)).to.not.include(MALLORY);
  });
});
