// solhint's use-natspec looks at contracts, functions with named results, events and public variables. The rest is held here.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { sourceFiles } from "../../scripts/sources";

const ROOT = resolve(__dirname, "..", "..");

interface Declaration {
  kind: string;
  name: string;
  /** From the name to the brace or semicolon that ends the head. */
  head: string;
  doc: string;
}

/** Every declaration of a source whose kind is asked for, with the natspec lines above it. */
function declarations(source: string, kinds: string): Declaration[] {
  const pattern = new RegExp(`((?:^ *///.*\\n)*)^ *(${kinds}) (\\w+)([^{;]*[{;])`, "gm");
  return [...source.matchAll(pattern)].map(([, doc = "", kind = "", name = "", head = ""]) => ({
    kind,
    name,
    head,
    doc,
  }));
}

const names = (list: string): string[] =>
  list
    .split(",")
    .map((part) => /(\w+)\s*$/.exec(part)?.[1] ?? "")
    .filter((name) => name !== "");

describe("NatSpec of the contracts", () => {
  const sources = sourceFiles("contracts/**/*.sol")
    .filter((file) => !file.startsWith("contracts/test/"))
    .map((file) => ({ file, text: readFileSync(join(ROOT, file), "utf8") }));

  it("says of each error what was wrong, and of each of its values what it is", () => {
    const wanting: string[] = [];
    for (const { file, text } of sources) {
      for (const { name, head, doc } of declarations(text, "error")) {
        if (!doc.includes("@notice ")) wanting.push(`${file}: ${name}`);
        for (const parameter of names(/\(([^)]*)\)/.exec(head)?.[1] ?? "")) {
          if (!doc.includes(`@param ${parameter} `)) wanting.push(`${file}: ${name}.${parameter}`);
        }
      }
    }
    expect(wanting).to.deep.equal([]);
  });

  it("says of each struct and each enumeration what it is", () => {
    const wanting = sources.flatMap(({ file, text }) =>
      declarations(text, "struct|enum")
        .filter(({ doc }) => !/@(notice|dev) /.test(doc))
        .map(({ name }) => `${file}: ${name}`),
    );
    expect(wanting).to.deep.equal([]);
  });

  it("says of each public function what it gives, named or not", () => {
    const wanting = sources.flatMap(({ file, text }) =>
      declarations(text, "function")
        .filter(({ head }) => /\b(external|public)\b[^]*\breturns\b/.test(head))
        .filter(({ doc }) => !doc.includes("@return ") && !doc.includes("@inheritdoc "))
        .map(({ name }) => `${file}: ${name}`),
    );
    expect(wanting).to.deep.equal([]);
  });
});
