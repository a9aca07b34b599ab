// One oracle as a process of its own, for the tests that kill it: it goes on where the journal and the chain say.
import { JsonRpcProvider, Network, Wallet } from "ethers";
import { ContentStore } from "../../oracle/content";
import { SignatureJournal } from "../../oracle/journal";
import { OracleNode } from "../../oracle/node";
import { keySigner } from "../../oracle/signer";

export interface ChildOptions {
  rpc: string;
  chainId: number;
  escrow: string;
  committee: string;
  key: string;
  content: string;
  journal: string;
  port: number;
  peers: string[];
}

async function main(): Promise<void> {
  const options = JSON.parse(process.env.STUN_TEST_ORACLE ?? "{}") as ChildOptions;
  const { rpc, chainId, key, content, journal, peers, ...rest } = options;
  const provider = new JsonRpcProvider(rpc, Network.from(chainId), {
    cacheTimeout: -1,
    staticNetwork: true,
    pollingInterval: 50,
  });
  const node = new OracleNode({
    ...rest,
    providers: [provider],
    signer: keySigner(key),
    sender: new Wallet(key, provider),
    content: new ContentStore(content),
    journal: new SignatureJournal(journal),
    peers: () => peers,
    leaderSeconds: 20,
    log: (line) => process.stdout.write(`${line}\n`),
  });
  await node.start();
  process.stdout.write("started\n");
  for (;;) {
    await node.tick().catch((error: unknown) => process.stdout.write(`${String(error)}\n`));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
