import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules", "artifacts", "cache", "out", "coverage", "target", "typechain-types", "**/*.cjs"] },
  // AssemblyScript: a language of its own with TypeScript's file ending
  { ignores: ["jobs/*/module.ts"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ["**/*.ts"],
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      // chai's assertions are expressions
      "@typescript-eslint/no-unused-expressions": "off",
      eqeqeq: "error",
    },
  },
  {
    files: ["tools/**/*.mjs", "oracle/wasm/worker.mjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly", WebAssembly: "readonly" } },
  },
);
