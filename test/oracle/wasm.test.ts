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
