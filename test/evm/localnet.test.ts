import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import "hardhat"; // its chai matchers compare bigints
import { expect } from "chai";
import { Contract, ZeroHash } from "ethers";
import { StunError } from "../../chains/errors";
import { rpcProvider } from "../../chains/evm/client";
import { startEvm, type EvmNetwork } from "../../localnet/evm";
import { executorOptions, readExecutorOptions } from "../../localnet/evm-layerzero";
import { EvmNode } from "../../localnet/evm-node";
import { ROLES, localWallet } from "../../localnet/keys";

const REMOTES = [30_101, 30_184, 30_110, 30_168, 30_343];

async function thrown(run: Promise<unknown>): Promise<Error> {
  return run.then(
    () => expect.fail("nothing was thrown"),
    (error: unknown) => error as Error,
  );
}

describe("The local EVM networks", () => {
  let network: EvmNetwork;

  before(async () => {
    network = await startEvm();
  });

  it("are three chains with the endpoint ids of the real ones", async () => {
    for (const chain of Object.values(network)) {
      expect(Number(await chain.endpoint.getFunction("eid")())).to.equal(chain.eid);
      expect(Number((await chain.provider.getNetwork()).chainId)).to.equal(chain.chainId);
    }
    expect(new Set(Object.values(network).map((chain) => chain.chainId)).size).to.equal(3);
  });

  it("fund every role on every chain, each with a key of its own", async () => {
    for (const chain of Object.values(network)) {
      for (const role of ROLES) expect(await chain.provider.getBalance(localWallet(role).address)).to.be.above(0n);
    }
    expect(new Set(ROLES.map((role) => localWallet(role).address)).size).to.equal(ROLES.length);
  });

  it("quote a price above zero from every chain to every other chain", async () => {
    const options = executorOptions({ kind: "receive", gas: 100_000n });
    for (const chain of Object.values(network)) {
      for (const dstEid of REMOTES.filter((eid) => eid !== chain.eid)) {
        const receiver = `0x${"11".repeat(32)}`;
        const params = { dstEid, receiver, message: ZeroHash, options, payInLzToken: false };
        const [fee] = await chain.endpoint.getFunction("quote")(params, localWallet("alice").address);
        expect(fee, `${chain.name} to ${dstEid}`).to.be.above(0n);
      }
    }
  });

  it("have clocks of their own that only transactions and advance() move", async () => {
    const { ethereum, base } = network;
    const [there, here] = [await base.now(), await ethereum.now()];
    await ethereum.advance(1_000n);
    expect(await ethereum.now()).to.equal(here + 1_000n);
    await (await ethereum.signer("alice").sendTransaction({ to: localWallet("bob").address, value: 1n })).wait();
    expect(await ethereum.now()).to.equal(here + 1_001n);
    expect((await ethereum.provider.getBlock("latest"))!.timestamp).to.equal(Number(here) + 1_001);
    expect(await base.now()).to.equal(there);
  });

  it("refuse to move a clock back", async () => {
    expect((await thrown(network.base.advance(0n))).message).to.equal(
      "A chain's clock only moves forward; got 0 seconds.",
    );
  });

  it("restore a snapshot with the clock it had", async () => {
    const { node } = network.arbitrum;
    const before = node.now();
    const snapshot = await node.snapshot();
    await node.advance(500n);
    await node.restore(snapshot);
    expect(node.now()).to.equal(before);
    expect(await thrown(node.restore(snapshot))).to.be.instanceOf(StunError);
  });

  it("serve one of them by JSON-RPC, in which a wallet sees the chain", async () => {
    const port = await network.base.node.serve(0);
    const provider = await rpcProvider(port.url, network.base.chainId);
    try {
      const endpoint = new Contract(
        network.base.layerZero.addresses.endpoint,
        network.base.endpoint.interface,
        provider,
      );
      expect(Number(await endpoint.getFunction("eid")())).to.equal(30_184);
      const sent = await localWallet("carol")
        .connect(provider)
        .sendTransaction({ to: localWallet("dave").address });
      expect((await provider.getTransactionReceipt(sent.hash))!.status).to.equal(1);
      expect((await thrown(rpcProvider(port.url, 1))).message).to.contain("is on chain 31338, not on chain 1");
    } finally {
      provider.destroy();
      await port.close();
    }
  });

  it("say in one sentence that a port is in use", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
    const { port } = holder.address() as AddressInfo;
    try {
      expect((await thrown(network.base.node.serve(port))).message).to.equal(
        `Port ${port} is in use: stop what listens there or choose another port.`,
      );
    } finally {
      holder.close();
    }
  });

  it("start with the same genesis each time", async () => {
    const [one, two] = await Promise.all([
      EvmNode.start(31_400, 1_900_000_000n),
      EvmNode.start(31_400, 1_900_000_000n),
    ]);
    for (const node of [one, two]) await node.advance(10n);
    const hashes = await Promise.all(
      [one, two].map(async (node) => (await node.provider.getBlock("latest"))!.timestamp),
    );
    expect(hashes[0]).to.equal(hashes[1]);
  });
});

describe("Executor options", () => {
  it("read back as they were written", () => {
    const options = executorOptions(
      { kind: "receive", gas: 200_000n },
      { kind: "compose", gas: 400_000n, value: 7n },
      { kind: "receive", gas: 5n, value: 3n },
    );
    const bytes = Uint8Array.from(Buffer.from(options.slice(2), "hex"));
    expect(readExecutorOptions(bytes, "receive")).to.deep.equal({ gas: 200_005n, value: 3n });
    expect(readExecutorOptions(bytes, "compose")).to.deep.equal({ gas: 400_000n, value: 7n });
  });
});
