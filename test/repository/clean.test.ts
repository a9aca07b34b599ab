import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { sourceFiles } from "../../scripts/sources";

const ROOT = resolve(__dirname, "..", "..");

interface Rule {
  what: string;
  pattern: RegExp;
}

const BEFORE = "(?:^|[^\\w./-])";

/** Folders that exist on one machine only; `/usr/bin` and the like are the same everywhere. */
const MACHINE_PATHS: Rule[] = ["root", "home/\\w+", "Users/\\w+", "tmp", "work", "builds?", "mnt", "farm"].map(
  (folder) => ({
    what: "a path of a machine",
    pattern: new RegExp(`${BEFORE}/${folder}/[\\w.-]+`, "m"),
  }),
);

const host = (...labels: string[]): string => labels.join("\\.");

/** Where packages come from is the business of the machine that installs them. */
const REGISTRIES: Rule[] = [
  host("registry", "npmjs", "org"),
  host("registry", "yarnpkg", "com"),
  host("(?:index|static)", "crates", "io"),
  host("pypi", "org"),
  host("files", "pythonhosted", "org"),
  host("proxy", "golang", "org"),
  "(?:deb|security|snapshot)\\.debian\\.org",
  "artifac[t]ory|verdac[c]io",
  "https?://(?:10|127|192\\.168)\\.[\\d.]+:\\d+/(?:npm|simple|crates)",
].map((name) => ({ what: "the host of a package registry", pattern: new RegExp(name, "i") }));

const KEYS: Rule[] = [
  { what: "a private key", pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
  { what: "a private key", pattern: /(?:private|secret)_?key["'`]?\s*[:=,(]\s*["'`]?(?:0x)?[0-9a-f]{64}\b/i },
  { what: "a Solana key pair", pattern: /\[\s*(?:\d{1,3}\s*,\s*){63}\d{1,3}\s*\]/ },
  { what: "a mnemonic", pattern: /mnemonic["'`]?\s*[:=]\s*["'`](?:[a-z]+ ){11,23}[a-z]+["'`]/i },
];

/** The registry that npm uses on this machine, whichever it is: its name must not have leaked into a file. */
function ownRegistry(): Rule[] {
  const asked = spawnSync("npm", ["config", "get", "registry"], {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const match = /https?:\/\/([^/\s]+)/.exec(asked.stdout ?? "");
  const name = match?.[1]?.split(":")[0];
  if (!name || name === "localhost") return [];
  return [
    { what: "the host of this machine's package registry", pattern: new RegExp(name.replaceAll(".", "\\."), "i") },
  ];
}

function violations(
  files: readonly string[],
  rules: readonly Rule[],
  read = (file: string) => readFileSync(join(ROOT, file)),
): string[] {
  return files.flatMap((file) => {
    const text = read(file).toString("latin1");
    return rules.flatMap(({ what, pattern }) => {
      const found = pattern.exec(text);
      return found ? [`${file} has ${what}: ${JSON.stringify(found[0].slice(0, 60))}`] : [];
    });
  });
}

describe("The repository's files, lock files and binaries included", () => {
  const files = sourceFiles();

  it("are more than a few", () => {
    expect(files.length).to.be.greaterThan(50);
    expect(files).to.include.members(["package-lock.json", "Cargo.lock", "programs/artifacts/manifest.json"]);
  });

  it("name no path of a machine", () => {
    expect(violations(files, MACHINE_PATHS)).to.deep.equal([]);
  });

  it("name no package registry", () => {
    expect(violations(files, [...REGISTRIES, ...ownRegistry()])).to.deep.equal([]);
  });

  it("contain no private key: those of the local networks are derived from public phrases", () => {
    expect(violations(files, KEYS)).to.deep.equal([]);
  });

  it("would be caught if they did", () => {
    const examples: [string, Rule[]][] = [
      [`at ${["", "root", "x.ts"].join("/")}`, MACHINE_PATHS],
      [`"${["", "home", "someone", "x"].join("/")}"`, MACHINE_PATHS],
      [`(${["", "tmp", "x"].join("/")})`, MACHINE_PATHS],
      [`https://${["registry", "npmjs", "org"].join(".")}/chai`, REGISTRIES],
      [`${["static", "crates", "io"].join(".")}`, REGISTRIES],
      [`-----BEGIN EC ${"PRIVATE"} KEY-----`, KEYS],
      [`privateKey: "0x${"ab".repeat(32)}"`, KEYS],
      [JSON.stringify(Array.from({ length: 64 }, (_, i) => i)), KEYS],
      [`mnemonic: "${"word ".repeat(12).trim()}"`, KEYS],
    ];
    for (const [text, rules] of examples) {
      expect(
        violations(["x"], rules, () => Buffer.from(text)),
        text,
      ).to.have.length(1);
    }
    expect(violations(["x"], MACHINE_PATHS, () => Buffer.from("docs/tmp/x ./work/x /usr/bin/env"))).to.deep.equal([]);
  });
});
