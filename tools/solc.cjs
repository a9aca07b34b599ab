#!/usr/bin/env node
// The compiler from npm behind the two options that Foundry asks a native one for: --version and --standard-json.
const { readFileSync, writeSync } = require("node:fs");

function write(text) {
  // a pipe takes a large answer in parts
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

const solc = require("solc");
if (process.argv.includes("--version")) {
  write(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
} else if (process.argv.includes("--standard-json")) {
  write(solc.compile(readFileSync(0, "utf8")));
} else {
  process.stderr.write(`Only --version and --standard-json are answered, not '${process.argv.slice(2).join(" ")}'.\n`);
  process.exit(1);
}
