import { readFileSync } from "node:fs";
import { join } from "node:path";
import { digitsInput } from "./digits";
import { generator } from "./random";

export interface BuiltJob {
  name: string;
  module: Uint8Array;
  input: Uint8Array;
}

const BASE = ["-O3", "--noAssert", "--runtime", "stub", "--use", "abort=", "--initialMemory", "1"];
const WASM_1_0 = ["bulk-memory", "sign-extension", "nontrapping-f2i", "mutable-globals"].flatMap((f) => [
  "--disable",
  f,
]);
const JOB_FLAGS = [...WASM_1_0, "--maximumMemory", "512"];

// The compiler's own types redefine Node's `require` for the whole program, so its part that is used is typed here.
const COMPILER: string = "assemblyscript/asc";
interface Compiler {
  main(
    args: string[],
    host: {
      readFile(file: string): string | null;
      writeFile(file: string, contents: Uint8Array | string): void;
      listFiles(): string[];
    },
  ): Promise<{ error: Error | null; stderr: { toString(): string } }>;
}

/**
 * Compiles one AssemblyScript source to a WebAssembly module.
 * @param flags the compiler's flags beside the common ones; by default those that a job needs
 * @throws Error with the compiler's message
 */
export async function compileSource(source: string, flags = JOB_FLAGS): Promise<Uint8Array> {
  const asc = (await import(COMPILER)) as Compiler;
  let module: Uint8Array | undefined;
  const { error, stderr } = await asc.main(["module.ts", "--outFile", "module.wasm", ...BASE, ...flags], {
    readFile: (file: string) => (file === "module.ts" ? source : null),
    writeFile: (_file: string, contents: Uint8Array | string) => {
      if (contents instanceof Uint8Array) module = contents;
    },
    listFiles: () => [],
  });
  if (error || !module) throw new Error(`The source does not compile: ${stderr.toString().trim() || String(error)}`);
  return module;
}

function compile(name: string): Promise<Uint8Array> {
  return compileSource(readFileSync(join(__dirname, "..", "..", "jobs", name, "module.ts"), "utf8"));
}

/** Two 48 × 48 matrices of integers from −1000 to 1000. */
function matrixInput(): Uint8Array {
  const size = 48;
  const random = generator(48);
  const words = [
    size,
    size,
    size,
    ...Array.from({ length: 2 * size * size }, () => Math.floor(random() * 2001) - 1000),
  ];
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((word, i) => bytes.writeInt32LE(word, i * 4));
  return bytes;
}

/** Builds every job of jobs/ in memory, from its sources alone. */
export async function buildJobs(): Promise<BuiltJob[]> {
  return [
    { name: "matrix-product", module: await compile("matrix-product"), input: matrixInput() },
    { name: "neural-network", module: await compile("neural-network"), input: digitsInput().input },
  ];
}
