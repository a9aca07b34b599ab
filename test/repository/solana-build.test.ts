import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { buildWithDebian } from "../../tools/solana/build";
import { checkProgram, murmur3, syscalls } from "../../tools/solana/elf";
import {
  ARTIFACTS,
  artifactName,
  compareArtifacts,
  programFolders,
  readManifest,
  staleArtifacts,
} from "../../tools/solana/manifest";
import { cleanEnvironment, run } from "../../tools/solana/shell";
import {
  describe as describeVersions,
  home,
  ROOT,
  stampFile,
  TOOLS,
  tool,
  trustedToolchain,
  type Stamp,
} from "../../tools/solana/toolchain";

const folders = programFolders();
const program = (folder: string): Buffer => readFileSync(join(ARTIFACTS, `${artifactName(folder)}.so`));

/** A program of one segment: sBPF v3 that logs and returns, unless a part is told otherwise. */
function tinyProgram(
  change: { version?: number; type?: number; flags?: number; cut?: number; syscall?: number } = {},
): Buffer {
  const header = Buffer.alloc(64 + 56);
  header.writeUInt32BE(0x7f454c46);
  header.writeUInt16LE(247, 18);
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt32LE(change.version ?? 3, 48);
  header.writeUInt16LE(1, 56);
  header.writeUInt32LE(change.type ?? 1, 64);
  header.writeUInt32LE(change.flags ?? 1, 68);
  header.writeBigUInt64LE(BigInt(header.length), 72);
  const text = Buffer.from([0x85, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0]);
  text.writeUInt32LE(change.syscall ?? murmur3("sol_log_"), 4);
  header.writeBigUInt64LE(BigInt(text.length), 64 + 32);
  const bytes = Buffer.concat([header, text]);
  return bytes.subarray(0, bytes.length - (change.cut ?? 0));
}

describe("The committed Solana programs", () => {
  it("are not older than their sources", () => {
    expect(staleArtifacts()).to.deep.equal([]);
  });

  for (const folder of folders) {
    const name = artifactName(folder);

    it(`${name}.so is sBPF v3 without writable data, unresolved symbols or unknown functions`, () => {
      checkProgram(program(folder), `${name}.so`);
      expect(syscalls(program(folder))).to.include("sol_log_");
    });

    it(`${name}.so names files relative to the repository and no path of a machine`, () => {
      const text = program(folder).toString("latin1");
      expect(text).to.include(`programs/${folder}/src/`);
      for (const match of text.matchAll(/[\w.@+-]*(?:\/[\w.@+-]+)+\.rs/g)) {
        expect(match[0]).to.match(/(programs|crates|std|tools)\/[\w.@+/-]+\.rs$/);
      }
      expect(text).not.to.match(/\/(root|home|tmp|usr|work|build|Users)\/|crates\.io|\.cargo|github/);
    });

    const idlFile = join(ARTIFACTS, `${name}.json`);
    if (existsSync(idlFile)) {
      it(`${name}.json has the address that the program declares`, () => {
        const declared = readdirSync(join(ROOT, "programs", folder, "src"))
          .map((file) => join(ROOT, "programs", folder, "src", file))
          .filter((file) => file.endsWith(".rs"))
          .map((file) => /declare_id!\("(\w+)"\)/.exec(readFileSync(file, "utf8"))?.[1])
          .find((address) => address !== undefined);
        const idl = JSON.parse(readFileSync(idlFile, "utf8")) as { address: string; metadata: { name: string } };
        expect(idl.address).to.equal(declared);
        expect(idl.metadata.name).to.equal(name);
        expect(readFileSync(join(ROOT, "Anchor.toml"), "utf8")).to.include(`${name} = "${declared}"`);
      });
    }
  }

  it("would be refused if they were something else", () => {
    const check = (bytes: Buffer) => () => checkProgram(bytes, "x.so");
    expect(check(tinyProgram())).not.to.throw();
    expect(syscalls(tinyProgram())).to.deep.equal(["sol_log_"]);
    expect(check(Buffer.from("a text"))).to.throw("x.so is not an ELF file.");
    expect(check(tinyProgram({ version: 0 }))).to.throw("x.so is not a program for sBPF v3.");
    expect(check(tinyProgram({ flags: 6 }))).to.throw("x.so has 16 bytes of writable data");
    expect(check(tinyProgram({ type: 2 }))).to.throw("a symbol that nobody defines");
    expect(check(tinyProgram({ cut: 8 }))).to.throw("x.so is cut off.");
    expect(check(tinyProgram({ syscall: 0x207559be }))).to.throw("x.so calls the unknown functions 0x207559be.");
  });

  it("call syscalls by the murmur3 hash of their names", () => {
    expect(murmur3("abort")).to.equal(0xb6fc1a11);
    expect(murmur3("sol_log_")).to.equal(0x207559bd);
    expect(murmur3("sol_panic_")).to.equal(0x686093bb);
  });
});

describe("The second compiler of the Solana programs", () => {
  const trusted = trustedToolchain();
  const reason = "reason" in trusted ? trusted.reason : undefined;
  const title = (rule: string): string => (reason ? `${rule} [skipped: ${reason}]` : rule);

  before(function () {
    if (!reason) return;
    process.stdout.write(`    SKIPPED, no rebuild of the Solana programs: ${reason}\n`);
    this.skip();
  });

  it(title("gives the committed programs and IDLs from the committed sources, byte for byte"), function () {
    if ("reason" in trusted) return this.skip();
    const manifest = readManifest();
    if (JSON.stringify(manifest.compiler) !== JSON.stringify(trusted.stamp.versions)) {
      const made = Object.entries(manifest.compiler)
        .map((part) => part.join(" "))
        .join(", ");
      process.stdout.write(
        `    SKIPPED: the programs were made by ${made}, here is ${describeVersions(trusted.stamp.versions)}\n`,
      );
      return this.skip();
    }
    // the same manifest, which holds the hashes of all inputs and outputs, was rebuilt here before with this toolchain
    const done = join(ROOT, "target", "sbf-verified");
    const key = createHash("sha256")
      .update(readFileSync(join(ARTIFACTS, "manifest.json")))
      .update(readFileSync(stampFile()))
      .digest("hex");
    if (staleArtifacts().length === 0 && existsSync(done) && readFileSync(done, "utf8") === key) {
      process.stdout.write("    rebuilt before with these inputs, this compiler and the same result\n");
      return;
    }
    this.timeout(1_800_000);
    compareArtifacts(buildWithDebian(folders).artifacts);
    mkdirSync(join(ROOT, "target"), { recursive: true });
    writeFileSync(done, key);
  });

  /** What is said about a home with this stamp and the tools of the real one. */
  function reasonFor(change?: (stamp: Stamp) => void): string {
    const folder = mkdtempSync(join(tmpdir(), "sbf-home-"));
    const real = process.env.SBF_HOME;
    try {
      if (change && "stamp" in trusted) {
        const stamp = structuredClone(trusted.stamp);
        change(stamp);
        symlinkSync(join(home(), "bin"), join(folder, "bin"));
        writeFileSync(join(folder, "trusted.json"), JSON.stringify(stamp));
      }
      process.env.SBF_HOME = folder;
      const answer = trustedToolchain();
      return "reason" in answer ? answer.reason : "";
    } finally {
      if (real === undefined) delete process.env.SBF_HOME;
      else process.env.SBF_HOME = real;
      rmSync(folder, { recursive: true, force: true });
    }
  }

  it(title("is trusted for the versions and files that passed the differential check, and no others"), () => {
    expect(reasonFor(() => undefined)).to.equal("");
    expect(reasonFor()).to.include("the toolchain is not installed");
    expect(reasonFor((stamp) => void (stamp.versions.llvm = "22.1.8"))).to.include("is not the one that passed");
    expect(reasonFor((stamp) => void (stamp.files = "0"))).to.include("tools/solana has changed since");
  });

  /** Assembles a program in LLVM's language and links it as cargo would. */
  function link(source: string): { status: number | null; error: string } {
    const folder = mkdtempSync(join(tmpdir(), "link-test-"));
    try {
      const [text, bitcode, output] = ["a.ll", "a.o", "a.so"].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
      writeFileSync(text, `target triple = "bpfel"\n${source}`);
      run(tool("llvm-as"), [text, "-o", bitcode], { failure: "The test program was not assembled" });
      const linker = ["--require", require.resolve("tsx/cjs"), join(TOOLS, "link.ts"), bitcode, "-o", output];
      const child = spawnSync(process.execPath, linker, {
        encoding: "utf8",
        env: cleanEnvironment({ SBF_HOME: home() }),
      });
      return { status: child.status, error: child.stderr };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const entrypoint = (body: string): string => `define i64 @entrypoint(ptr %input) {\n${body}\n}\n`;

  it(title("links a program that needs nothing"), () => {
    expect(link(entrypoint("ret i64 0"))).to.deep.equal({ status: 0, error: "" });
  });

  it(title("refuses a symbol that nobody defines"), () => {
    const result = link(`declare i64 @nobody(ptr)\n${entrypoint("%r = call i64 @nobody(ptr %input)\nret i64 %r")}`);
    expect(result.status).to.equal(1);
    expect(result.error).to.include("nobody");
  });

  it(title("refuses writable data"), () => {
    const result = link(
      `@counter = global i64 7\n${entrypoint("%v = load volatile i64, ptr @counter\nstore volatile i64 8, ptr @counter\nret i64 %v")}`,
    );
    expect(result.status).to.equal(1);
  });

  it(title("refuses a frame of more than 4,096 bytes"), () => {
    // an index that is only known when it runs keeps the array whole
    const body = (bytes: number): string =>
      entrypoint(`%b = alloca [${bytes} x i8]
%i = load volatile i64, ptr %input
%p = getelementptr i8, ptr %b, i64 %i
store volatile i8 1, ptr %p
ret i64 0`);
    expect(link(body(4_000)).status).to.equal(0);
    const result = link(body(4_200));
    expect(result.status).to.equal(1);
    expect(result.error).to.match(/stack/i);
  });
});
