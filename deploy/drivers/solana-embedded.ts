// The embedded Solana network, as a deployment reaches it.
import { encodeBase58 } from "ethers";
import { randomUUID } from "node:crypto";
import { executorConfig, libraryAccounts, ENDPOINT } from "../../chains/solana/layerzero/addresses";
import type { SolanaChain } from "../../localnet/solana";
import type { SolanaConnection } from "../connections";
import { SolanaScope } from "../steps/solana";
import { SolanaDriver, localSolanaKey, type SolanaDeployTransport } from "./solana";

/** Keys that sign in a local deployment. */
const FUNDED = ["deployer", "timelock", "guardian"];

export function embeddedSolana(chain: SolanaChain): SolanaConnection {
  for (const name of FUNDED) chain.fund(localSolanaKey(name).publicKey);
  const { transport } = chain;
  const known = new Map<string, { failure?: string; slot: bigint; final: boolean }>();
  const deploying: SolanaDeployTransport = {
    accounts: (addresses) => transport.accounts(addresses),
    programAccounts: (program, offset, bytes) => transport.programAccounts(program, offset, bytes),
    blockhash: () => transport.blockhash(),
    slot: () => transport.slot(),
    time: () => transport.time(),
    rent: (bytes) => transport.rent(bytes),
    simulate: (transaction) => transport.simulate(transaction),
    send: (transaction) => transport.send(transaction),
    height: () => transport.slot(),
    // Every transaction ends a slot here, and with it the blockhash of all others.
    lifetime: async () => ({ last: await transport.slot(), blockhash: await transport.blockhash() }),
    broadcast: async (transaction) => {
      const slot = await transport.slot();
      const signature = encodeBase58(transaction.signatures[0]!);
      const outcome = await transport.send(transaction);
      if (outcome.failure === undefined) known.set(signature, { slot, final: true });
    },
    status: async (signature) => known.get(signature),
  };
  const identity = `embedded ${randomUUID()}`;
  // A real program is deployed by Solana's own command, in some hundred transactions; here it is loaded at once.
  const install = async (name: string): Promise<void> => void chain.deploy(name, localSolanaKey("deployer").publicKey);
  const [one, two] = chain.dvns().map((dvn) => dvn.publicKey.toBase58());
  return {
    vm: "solana",
    open: (network, name, layerzero, holder) => {
      const driver = new SolanaDriver({ chain: name, transport: deploying, identity: async () => identity, holder });
      return new SolanaScope(network, name, driver, layerzero, install);
    },
    layerzero: {
      endpoint: ENDPOINT.toBase58(),
      sendLibrary: libraryAccounts.settings().toBase58(),
      receiveLibrary: libraryAccounts.settings().toBase58(),
      executor: executorConfig().toBase58(),
      dvns: { dvn1: one!, dvn2: two! },
    },
  };
}
