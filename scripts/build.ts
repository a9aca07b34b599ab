// npm run build: compiles the Solidity contracts with the compiler from npm; does nothing when they are up to date.
import hre from "hardhat";

hre.run("compile", { quiet: true }).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
