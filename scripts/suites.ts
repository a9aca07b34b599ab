/** One test suite: a folder of mocha files that runs in a process of its own. */
export interface Suite {
  name: string;
  /** Glob of test files, relative to the repository root. */
  files: string;
  /** True for suites that only `npm run test:deep` runs. */
  deep?: boolean;
}

export const SUITES: readonly Suite[] = [
  { name: "model", files: "test/model/**/*.test.ts" },
  { name: "evm", files: "test/evm/**/*.test.ts" },
  { name: "forge", files: "test/forge/**/*.test.ts" },
  { name: "solana", files: "test/solana/**/*.test.ts" },
  { name: "ton", files: "test/ton/**/*.test.ts" },
  { name: "oracle", files: "test/oracle/**/*.test.ts" },
  { name: "deploy", files: "test/deploy/**/*.test.ts" },
  { name: "demo", files: "test/demo/**/*.test.ts" },
  { name: "cross-chain", files: "test/cross-chain/**/*.test.ts" },
  { name: "bench", files: "test/bench/**/*.test.ts" },
  { name: "repository", files: "test/repository/**/*.test.ts" },
  { name: "deep", files: "test/deep/**/*.test.ts", deep: true },
];
