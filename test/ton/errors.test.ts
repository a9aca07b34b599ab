import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect } from "chai";
import { ERROR, errorName } from "../../chains/ton/errors";

const DOC = readFileSync(resolve(__dirname, "..", "..", "docs", "errors.md"), "utf8");

describe("exit codes of the token on TON", () => {
  it("have a row each in docs/errors.md, and no row is left over", () => {
    const rows = [...DOC.matchAll(/^\| `((?:ERR|REFUSED)_\w+)` (\d+) \|/gm)].map(([, name, code]) => [
      name,
      Number(code),
    ]);
    expect(Object.fromEntries(rows)).to.eql(ERROR);
  });

  it("are different from one another and from what the network reserves", () => {
    const codes = Object.values(ERROR);
    expect(new Set(codes).size).to.equal(codes.length);
    for (const code of codes) expect(code > 255).to.equal(true);
    expect(errorName(1001)).to.equal("ERR_NOT_OWNER");
  });
});
