// Embedded chains with nothing of ours on them, and the local network that is declared for them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { StunError } from "../../chains/errors";
import { rpcConnections } from "../../deploy";
import type { Network } from "../../deploy/network";
import { startLocalNetwork, type LocalChain, type LocalNetwork } from "../../deploy/local";
import type { EvmNetwork } from "../../localnet/evm";

export type Local = LocalNetwork & { readonly chains: EvmNetwork };

export async function startLocal(names: readonly LocalChain[]): Promise<Local> {
  const local = await startLocalNetwork(names);
  return { ...local, chains: local.evm };
}

const folders: string[] = [];

/** A folder that `removeFolders` deletes. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "stun-deploy-"));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** What a deployment leaves behind, to compare two of them: transactions of each signer, contracts, and STUN balances. */
export async function footprint(local: Local, contracts: Record<string, Record<string, string>>): Promise<unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, chain] of Object.entries(local.chains)) {
    const signers = ["deployer"].map((role) => chain.signer(role).address);
    const accounts = [...signers, ...Object.values(contracts[name] ?? {})];
    const token = contracts[name]?.token;
    result[name] = {
      contracts: contracts[name],
      sent: await Promise.all(signers.map((address) => chain.provider.getTransactionCount(address))),
      blocks: await chain.provider.getBlockNumber(),
      balances: await Promise.all(
        accounts.map((account) =>
          token === undefined
            ? "0x"
            : chain.provider.call({ to: token, data: `0x70a08231${account.slice(2).padStart(64, "0")}` }),
        ),
      ),
    };
  }
  return result;
}

/** The sentence by which a network is refused when `variable` is `url`, or is not set. */
export async function refusal(variable: string, network: Network, url?: string): Promise<string> {
  if (url === undefined) delete process.env[variable];
  else process.env[variable] = url;
  try {
    await rpcConnections(network);
  } catch (error) {
    expect(error).to.be.instanceOf(StunError);
    const { message } = error as StunError;
    expect(message).to.match(/^[^\n]+\.$/);
    return message;
  }
  throw new Error("The connection was made.");
}
