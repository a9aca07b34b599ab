import { expect } from "chai";
import { json2wasm, wasm2json } from "@permaweb/wasm-json-toolkit";
import { JobError } from "../../oracle/wasm/errors";
import { runModule } from "../../oracle/wasm/run";
import { compileSource } from "../../scripts/jobs/build";

const ALLOC = "export function alloc(size: i32): i32 { return <i32>heap.alloc(<usize>size); }";
const ECHO = "export function run(at: i32, length: i32): i64 { return (<i64>at << 32) | <i64>length; }";
const input = Uint8Array.from([1, 2, 3, 4]);

/** Runs the source and returns the error that it ends in. */
async function faultOf(source: string, maxUnits = 5n, flags?: string[]): Promise<JobError> {
  try {
    await runModule(await compileSource(source, flags), input, { maxUnits });
  } catch (error) {
    if (error instanceof JobError) return error;
    throw error;
  }
  throw new Error("the module ended well");
}

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)];
}

/** A module by hand: `alloc` and `run` give zero, `run` after the instructions of `work`; `data` is its data section. */
function assemble(work: Uint8Array, data: number[] = []): Uint8Array {
  const text = (word: string): number[] => [word.length, ...Buffer.from(word)];
  const section = (id: number, bytes: Uint8Array): Uint8Array => Buffer.from([id, ...leb(bytes.length), ...bytes]);
  const run = Buffer.from([0, ...work, 0x42, 0, 0x0b]);
  return Buffer.concat([
    Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
    section(1, Buffer.from([2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 2, 0x7f, 0x7f, 1, 0x7e])),
    section(3, Buffer.from([2, 0, 1])),
    section(5, Buffer.from([1, 1, 1, 1])),
    section(7, Buffer.from([3, ...text("memory"), 2, 0, ...text("alloc"), 0, 0, ...text("run"), 0, 1])),
    section(10, Buffer.from([2, 4, 0, 0x41, 0, 0x0b, ...leb(run.length), ...run])),
    ...(data.length > 0 ? [section(11, Buffer.from(data))] : []),
  ]);
}

describe("running a module", () => {
  it("returns the bytes that the module names", async () => {
    const { output, units } = await runModule(await compileSource(`${ALLOC} ${ECHO}`), input, { maxUnits: 1n });
    expect([...output]).to.deep.equal([1, 2, 3, 4]);
    expect(units).to.equal(1n);
  });

  it("counts more instructions for more work, and one for one", async () => {
    const loop = (times: number): string =>
      `${ALLOC} export function run(at: i32, length: i32): i64 { for (let i = 0; i < ${times}; i++) store<i32>(at, i); return (<i64>at << 32) | 4; }`;
    const fuel = async (times: number): Promise<bigint> =>
      (await runModule(await compileSource(loop(times)), input, { maxUnits: 10n })).fuel;
    const [a, b, c] = [await fuel(1_000), await fuel(2_000), await fuel(3_000)];
    expect(b > a).to.equal(true);
    expect(c - b).to.equal(b - a);
  });

  it("ends a module that never ends, after the units that were allowed", async () => {
    const error = await faultOf(
      `${ALLOC} export function run(at: i32, length: i32): i64 { while (true) {} return 0; }`,
    );
    expect(error.fault).to.equal("fuel");
    expect(error.message).to.contain("more than 5 units");
  });

  it("ends a module that never ends while it starts", async () => {
    const error = await faultOf(`${ALLOC} ${ECHO} let x: i32 = 0; while (true) { x++; }`);
    expect(error.fault).to.equal("fuel");
  });

  it("ends a module that recurses for ever, and knows that the depth is this machine's", async () => {
    const error = await faultOf(
      `${ALLOC} function f(x: i32): i32 { return x == 77777777 ? 1 : f(x + 1) + f(x ^ 5); } export function run(at: i32, length: i32): i64 { return <i64>f(at); }`,
    );
    expect(error.fault).to.equal("stack");
  });

  it("ends a run at this machine's own limit of time", async () => {
    const source = `${ALLOC} export function run(at: i32, length: i32): i64 { while (true) {} return 0; }`;
    const run = runModule(await compileSource(source), input, { maxUnits: 10_000_000n, wallClockMs: 50 });
    const error = await run.then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).to.be.instanceOf(JobError);
    expect((error as JobError).fault).to.equal("time");
  });

  // The modules below are valid, and small; the thread of the oracle itself has to stay free, whatever they do.
  for (const [what, module] of [
    ["metering takes a minute", assemble(Buffer.from("03400b".repeat(20_000), "hex"))],
    // The parser takes a passive segment for a table of 2^32 branches.
    [
      "parsing takes more memory than there is",
      assemble(new Uint8Array(), [1, 1, 14, 255, 255, 255, 255, 15, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ],
  ] as const) {
    it(`ends a module whose ${what}, and keeps on working meanwhile`, async () => {
      let beats = 0;
      const heart = setInterval(() => beats++, 50);
      const error = await runModule(module, input, { maxUnits: 1n, wallClockMs: 1_500 }).then(
        () => undefined,
        (e: unknown) => e,
      );
      clearInterval(heart);
      expect(error).to.be.instanceOf(JobError);
      expect((error as JobError).fault).to.be.oneOf(["time", "memory"]);
      expect(beats).to.be.at.least(5);
    });
  }

  it("runs a module that was assembled by hand", async () => {
    expect((await runModule(assemble(new Uint8Array()), input, { maxUnits: 1n })).output).to.have.length(0);
  });

  it("refuses a module above the limit of bytes before it is read", async () => {
    const error = await runModule(new Uint8Array(64 * 1024 + 1), input, { maxUnits: 1n }).then(
      () => undefined,
      (e: unknown) => e,
    );
    expect((error as JobError).fault).to.equal("refused");
    expect((error as JobError).message).to.contain("the limit is 65536");
  });

  it("says that a module trapped", async () => {
    const error = await faultOf(`${ALLOC} export function run(at: i32, length: i32): i64 { unreachable(); return 0; }`);
    expect(error.fault).to.equal("trap");
    expect(error.message).to.contain("unreachable");
  });

  it("says that an output lies outside of the memory", async () => {
    const error = await faultOf(
      `${ALLOC} export function run(at: i32, length: i32): i64 { return (0x7fffffff << 32) | 64; }`,
    );
    expect(error.fault).to.equal("trap");
    expect(error.message).to.contain("outside of the memory");
  });

  it("says that alloc points outside of the memory", async () => {
    const error = await faultOf(`export function alloc(size: i32): i32 { return -1; } ${ECHO}`);
    expect(error.message).to.contain("outside of the memory");
  });

  for (const [what, source, word, flags] of [
    [
      "floating point",
      `${ALLOC} export function run(at: i32, length: i32): i64 { return <i64>(<f32>length / 3.0); }`,
      "f32",
      undefined,
    ],
    ["a missing entry", ALLOC, "'run'", undefined],
    [
      "an import",
      `@external("env", "now") declare function now(): i32; ${ALLOC} export function run(at: i32, length: i32): i64 { return <i64>now(); }`,
      "env.now",
      undefined,
    ],
    ["memory without a maximum", `${ALLOC} ${ECHO}`, "declare at most", []],
    [
      "instructions beyond version 1.0",
      `${ALLOC} export function run(at: i32, length: i32): i64 { memory.fill(at, 0, length); return <i64>at << 32; }`,
      "WebAssembly 1.0",
      ["--enable", "bulk-memory", "--maximumMemory", "16"],
    ],
  ] as const) {
    it(`refuses ${what}, and says so`, async () => {
      const error = await faultOf(source, 5n, flags ? [...flags] : undefined);
      expect(error.fault).to.equal("refused");
      expect(error.message).to.contain(word);
    });
  }

  it("refuses a file that is no module", async () => {
    const error = await runModule(Uint8Array.from([0, 1, 2]), input, { maxUnits: 1n }).then(
      () => undefined,
      (e: unknown) => e,
    );
    expect((error as JobError).fault).to.equal("refused");
    expect((error as JobError).message).to.contain("not a valid WebAssembly module");
  });

  it("refuses no units at all", async () => {
    const error = await runModule(await compileSource(`${ALLOC} ${ECHO}`), input, { maxUnits: 0n }).then(
      () => undefined,
      (e: unknown) => e,
    );
    expect((error as JobError).fault).to.equal("refused");
  });

  it("meters a module that was written and read again without changing what it computes", async () => {
    const module = await compileSource(`${ALLOC} ${ECHO}`);
    const copy = json2wasm(wasm2json(Buffer.from(module)));
    const [one, two] = [
      await runModule(module, input, { maxUnits: 1n }),
      await runModule(copy, input, { maxUnits: 1n }),
    ];
    expect(one.fuel).to.equal(two.fuel);
    expect(Buffer.compare(one.output, two.output)).to.equal(0);
  });
});
