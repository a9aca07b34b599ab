// npm run build: compiles the Solidity contracts with the compiler from npm and writes their typed clients to
// typechain-types/; does nothing when both are up to date.
import { availableParallelism } from "node:os";
import hre from "hardhat";
import { updateTypes } from "./types";

async function main(): Promise<void> {
  // The escrow has settings of its own and is compiled beside the rest; Hardhat would leave one core idle.
  await hre.run("compile", { quiet: true, concurrency: Math.max(2, availableParallelism()) });
  await updateTypes();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
