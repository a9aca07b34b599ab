// npm run build: compiles the Solidity contracts with the compiler from npm and writes their typed clients to
// typechain-types/; does nothing when both are up to date.
import hre from "hardhat";
import { updateTypes } from "./types";

async function main(): Promise<void> {
  await hre.run("compile", { quiet: true });
  await updateTypes();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
