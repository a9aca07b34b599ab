// bigint-buffer, which Solana's client library brings, says on standard error that it runs without its native part.
// Nothing here needs that part, and a command that fails must end in one sentence: loaded first, it is told to be silent.
import { createRequire } from "node:module";

const warn = console.warn;
console.warn = (...words: unknown[]): void => {
  if (!String(words[0]).startsWith("bigint: Failed to load bindings")) warn(...words);
};
createRequire(__filename)("bigint-buffer");
console.warn = warn;
