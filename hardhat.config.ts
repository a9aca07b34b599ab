import { join } from "node:path";
import "@nomicfoundation/hardhat-chai-matchers";
import "@nomicfoundation/hardhat-ethers";
import { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } from "hardhat/builtin-tasks/task-names";
import { subtask, type HardhatUserConfig } from "hardhat/config";

const SOLC = { version: "0.8.30", longVersion: "0.8.30+commit.73712a01" };

// The compiler comes from npm, so that a build needs no download beyond `npm ci`.
subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async (args: { solcVersion: string }) => {
  if (args.solcVersion !== SOLC.version) {
    throw new Error(
      `Solidity ${args.solcVersion} is not installed; set the version in hardhat.config.ts to ${SOLC.version}.`,
    );
  }
  return { compilerPath: join(__dirname, "node_modules", "solc", "soljson.js"), isSolcJs: true, ...SOLC };
});

const compiler = (runs: number) => ({
  version: SOLC.version,
  settings: {
    evmVersion: "cancun",
    viaIR: true,
    optimizer: { enabled: true, runs },
    metadata: { bytecodeHash: "none" },
    outputSelection: { "*": { "*": ["storageLayout"] } },
  },
});

const config: HardhatUserConfig = {
  solidity: {
    compilers: [compiler(10_000)],
    // At 10,000 runs the job escrow is above the 24,576 bytes that a chain accepts; its gas differs by less than 1 %.
    overrides: { "contracts/escrow/JobEscrow.sol": compiler(800) },
  },
  networks: { hardhat: { chainId: 31_337, allowUnlimitedContractSize: true } },
};

export default config;
