import { meterJSON } from "@permaweb/wasm-metering";
import { json2wasm, wasm2json, type Section } from "@permaweb/wasm-json-toolkit";
import { JobError } from "./errors";

/** Largest module, in bytes: metering takes the square of it. */
export const MAX_MODULE_BYTES = 64 * 1024;
/** Largest memory a module may declare, in pages of 64 KiB. */
export const MAX_MEMORY_PAGES = 1024;

// One unit of fuel an instruction: what a job costs is a count, the same on every machine.
const COST_TABLE = { code: { locals: { DEFAULT: 0 }, code: { DEFAULT: 1 } } };
const METERED = { meterType: "i32" as const, costTable: COST_TABLE };
const FLOAT = new Set(["f32", "f64"]);

function section<N extends Section["name"]>(json: Section[], name: N): Extract<Section, { name: N }> | undefined {
  return json.find((s): s is Extract<Section, { name: N }> => s.name === name);
}

function refuse(message: string): never {
  throw new JobError("refused", message);
}

function refuseFloats(json: Section[]): void {
  const types = (section(json, "type")?.entries ?? []).flatMap((t) => [...t.params, t.return_type ?? ""]);
  const globals = (section(json, "global")?.entries ?? []).map((g) => g.type.contentType);
  const code = section(json, "code")?.entries ?? [];
  const locals = code.flatMap((f) => f.locals.map((l) => l.type));
  const operations = code.flatMap((f) => f.code.flatMap((op) => [op.return_type ?? "", op.type ?? ""]));
  const found = [...types, ...globals, ...locals, ...operations].find((t) => FLOAT.has(t));
  if (found) {
    refuse(
      `The module uses ${found}, whose NaN bits differ between machines: use integers, so that every oracle gets the same bytes.`,
    );
  }
}

function parse(module: Uint8Array): Section[] {
  try {
    return wasm2json(Buffer.from(module));
  } catch {
    return refuse(
      "The module uses an instruction that cannot be metered: compile it for WebAssembly 1.0 without extensions.",
    );
  }
}

/**
 * Checks a job's module and returns it with an instruction counter in every basic block.
 *
 * A module imports nothing, uses no floating point, declares a maximum of at most `MAX_MEMORY_PAGES` pages of memory
 * and exports `memory`, `alloc(i32) -> i32` and `run(i32, i32) -> i64`.
 * @returns a module that imports `metering.usegas(i32)`, called with the instructions of the block that follows.
 * @throws JobError `refused`
 */
export function meterModule(module: Uint8Array): Uint8Array {
  if (module.length > MAX_MODULE_BYTES) {
    refuse(`The module has ${module.length} bytes: the limit is ${MAX_MODULE_BYTES}.`);
  }
  if (!WebAssembly.validate(module))
    refuse("The file is not a valid WebAssembly module: check what the compiler wrote.");
  const compiled = new WebAssembly.Module(module);
  const imported = WebAssembly.Module.imports(compiled)[0];
  if (imported) {
    refuse(
      `The module imports ${imported.module}.${imported.name}: a job sees nothing but its input, so build it without imports.`,
    );
  }
  const exported = new Map(WebAssembly.Module.exports(compiled).map((e) => [e.name, e.kind]));
  for (const [name, kind] of [
    ["memory", "memory"],
    ["alloc", "function"],
    ["run", "function"],
  ] as const) {
    if (exported.get(name) !== kind)
      refuse(`The module exports no ${kind} '${name}': see jobs/README.md for the interface.`);
  }
  const json = parse(module);
  const memory = section(json, "memory")?.entries[0];
  if (memory?.maximum === undefined || memory.maximum > MAX_MEMORY_PAGES) {
    refuse(
      `The module's memory has a maximum of ${memory?.maximum ?? "no"} pages: declare at most ${MAX_MEMORY_PAGES}.`,
    );
  }
  refuseFloats(json);
  const metered = json2wasm(meterJSON(json, METERED));
  if (!WebAssembly.validate(metered)) {
    refuse("The module cannot be metered: compile it for WebAssembly 1.0 without extensions.");
  }
  return metered;
}
