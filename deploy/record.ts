// What stands on a real network after a deployment: kept in the repository, written whole or not at all.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Described } from "./index";

export function writeRecord(
  path: string,
  { network, deployment }: Described,
  transactions: Record<string, string[]>,
): void {
  const record = {
    network: network.name,
    genesis: String(network.genesis),
    contracts: deployment.contracts,
    transactions,
  };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}
