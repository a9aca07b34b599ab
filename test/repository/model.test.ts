import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "chai";

const MODEL = resolve(__dirname, "..", "..", "model");
/** Files that hold no rule of the protocol. */
const TOOLS = new Set(["bytes.ts", "check.ts", "errors.ts", "index.ts", "machine.ts"]);

describe("model/", () => {
  const files = readdirSync(MODEL).filter((name) => name.endsWith(".ts"));

  it("names the source of the rules in each file that has any", () => {
    const silent = files.filter(
      (name) => !TOOLS.has(name) && !/Source: \w/.test(readFileSync(join(MODEL, name), "utf8")),
    );
    expect(silent).to.deep.equal([]);
  });

  it("imports nothing but itself and @noble/hashes", () => {
    const imported = files.flatMap((name) =>
      [...readFileSync(join(MODEL, name), "utf8").matchAll(/from "([^"]+)"/g)].map((match) => `${name}: ${match[1]!}`),
    );
    expect(imported.filter((each) => !/: (\.\/|@noble\/hashes\/)/.test(each))).to.deep.equal([]);
  });
});
