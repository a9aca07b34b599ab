import fs, { mkdtempSync, readdirSync, readFileSync, writeFileSync, appendFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { keccak256, toUtf8Bytes } from "ethers";
import { ContentStore } from "../../oracle/content";
import { SignatureJournal } from "../../oracle/journal";
import { faultHash, reexecute } from "../../oracle/reexecute";
import { decodeSpec, encodeSpec } from "../../oracle/spec";
import { compileSource } from "../../scripts/jobs/build";

const folder = (): string => mkdtempSync(join(tmpdir(), "stun-oracle-"));
const JOB = keccak256("0x01");
const [A, B] = [keccak256("0x0a"), keccak256("0x0b")];

describe("content by hash", () => {
  it("gives back what was put, under the hash of its bytes", () => {
    const store = new ContentStore(folder());
    const hash = store.put(toUtf8Bytes("hello"));
    expect(hash).to.equal(keccak256(toUtf8Bytes("hello")));
    expect(Buffer.from(store.get(hash)).toString()).to.equal("hello");
  });

  it("refuses a file whose bytes were changed", () => {
    const at = folder();
    const store = new ContentStore(at);
    const hash = store.put(toUtf8Bytes("hello"));
    writeFileSync(join(at, hash.slice(2)), "jello");
    expect(() => store.get(hash)).to.throw("holds other bytes");
  });

  it("says what is missing", () => {
    expect(() => new ContentStore(folder()).get(JOB)).to.throw(`The content ${JOB} cannot be read`);
  });

  it("leaves no partial file behind", () => {
    const at = folder();
    new ContentStore(at).put(toUtf8Bytes("hello"));
    expect(readdirSync(at)).to.have.length(1);
  });
});

describe("a job's specification", () => {
  const spec = { module: A, input: B };

  it("has one encoding, which is read back", () => {
    expect(decodeSpec(encodeSpec(spec))).to.deep.equal(spec);
  });

  for (const [what, bytes] of [
    ["text that is no JSON", "nonsense"],
    ["another interface", JSON.stringify({ abi: "other/1", input: B, module: A })],
    ["a short hash", JSON.stringify({ abi: "stun-wasm/1", input: "0x12", module: A })],
    ["another order of its members", JSON.stringify({ module: A, input: B, abi: "stun-wasm/1" })],
    ["a member more", JSON.stringify({ abi: "stun-wasm/1", input: B, module: A, extra: 1 })],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => decodeSpec(toUtf8Bytes(bytes))).to.throw("The job's specification is");
    });
  }
});

describe("running a job again", () => {
  it("gives a fault that is the same everywhere as a result, with the units that it cost", async () => {
    const store = new ContentStore(folder());
    const alloc = "export function alloc(size: i32): i32 { return <i32>heap.alloc(<usize>size); }";
    const put = async (body: string): Promise<string> => {
      const source = `${alloc} export function run(at: i32, length: i32): i64 { ${body} return 0; }`;
      const module = store.put(await compileSource(source));
      return store.put(encodeSpec({ module, input: store.put(Uint8Array.of(1)) }));
    };
    expect(await reexecute(store, await put("unreachable();"), 3n)).to.deep.equal({
      outputHash: faultHash("trap"),
      units: 1n,
    });
    expect(await reexecute(store, await put("while (true) {}"), 3n)).to.deep.equal({
      outputHash: faultHash("fuel"),
      units: 3n,
    });
  });
});

describe("the journal of signatures", () => {
  it("takes one verdict for each attempt and version, and the same one again", () => {
    const journal = new SignatureJournal(join(folder(), "journal"));
    journal.record("0xe", 1n, JOB, 1n, A);
    journal.record("0xe", 1n, JOB, 1n, A);
    expect(() => journal.record("0xe", 1n, JOB, 1n, B)).to.throw("a second verdict");
    journal.record("0xe", 1n, JOB, 2n, B);
    journal.record("0xe", 2n, JOB, 1n, B);
  });

  it("tells before it records whether another verdict was signed", () => {
    const journal = new SignatureJournal(join(folder(), "journal"));
    expect(journal.permits("0xe", 1n, JOB, 1n, A)).to.equal(true);
    journal.record("0xe", 1n, JOB, 1n, A);
    expect(journal.permits("0xe", 1n, JOB, 1n, A)).to.equal(true);
    expect(journal.permits("0xe", 1n, JOB, 1n, B)).to.equal(false);
    expect(journal.permits("0xe", 1n, JOB, 2n, B)).to.equal(true);
  });

  it("remembers over a restart", () => {
    const path = join(folder(), "journal");
    const first = new SignatureJournal(path);
    first.record("0xe", 1n, JOB, 1n, A);
    first.close();
    expect(() => new SignatureJournal(path).record("0xe", 1n, JOB, 1n, B)).to.throw("a second verdict");
  });

  it("goes on after a line that a crash cut off, which was never signed", () => {
    const path = join(folder(), "journal");
    const first = new SignatureJournal(path);
    first.record("0xe", 1n, JOB, 1n, A);
    first.close();
    appendFileSync(path, `0xe:1:${JOB}:2 0x12`);
    const second = new SignatureJournal(path);
    second.record("0xe", 1n, JOB, 2n, B);
    second.close();
    const third = new SignatureJournal(path);
    expect(() => third.record("0xe", 1n, JOB, 1n, B)).to.throw("a second verdict");
    expect(() => third.record("0xe", 1n, JOB, 2n, A)).to.throw("a second verdict");
    expect(readFileSync(path, "utf8").trim().split("\n")).to.have.length(3);
  });

  it("signs no more after a line that the disk did not take whole, which would hide the next one", () => {
    const path = join(folder(), "journal");
    const journal = new SignatureJournal(path);
    journal.record("0xe", 1n, JOB, 1n, A);
    const whole = fs.writeSync;
    const part = (file: number, data: Uint8Array): number => whole(file, data.subarray(0, 75));
    fs.writeSync = part as typeof fs.writeSync;
    try {
      expect(() => journal.record("0xe", 1n, JOB, 2n, A)).to.throw("took only a part");
    } finally {
      fs.writeSync = whole;
    }
    expect(() => journal.record("0xe", 1n, JOB, 3n, A)).to.throw("could not be written before");
    journal.close();
    const second = new SignatureJournal(path);
    second.record("0xe", 1n, JOB, 2n, B);
    second.record("0xe", 1n, JOB, 3n, B);
    expect(() => second.record("0xe", 1n, JOB, 1n, B)).to.throw("a second verdict");
    second.close();
    const third = new SignatureJournal(path);
    for (const attempt of [2n, 3n]) {
      expect(() => third.record("0xe", 1n, JOB, attempt, A)).to.throw("a second verdict");
    }
  });

  it("refuses a line that two writes have made, though it has two parts", () => {
    const path = join(folder(), "journal");
    writeFileSync(path, `0xe:1:${JOB.slice(0, 9)}0xe:1:${JOB}:2 ${A}\n`);
    expect(() => new SignatureJournal(path)).to.throw("is damaged");
  });

  it("refuses to sign over a damaged line", () => {
    const path = join(folder(), "journal");
    writeFileSync(path, "nonsense\n");
    expect(() => new SignatureJournal(path)).to.throw("is damaged");
  });
});
