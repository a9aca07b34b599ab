// Compiles a circuit and makes its keys, for tests and for trying it out: the ceremony is a public constant, so anybody can
// forge proofs under a key of this file. docs/decisions/zk.md says what replaces it on a network with money.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { curves, powersOfTau, r1cs, zKey, type VerificationKey } from "snarkjs";
import { StunError } from "../chains/errors";
import { SHIFT, train } from "../scripts/jobs/digits";

const ROOT = join(__dirname, "..");
const CACHE = join(ROOT, "cache", "circuits");
/** Raised when the way of building changes, so that nothing old is taken from the cache. */
const RECIPE = 1;
/** What each local contribution is made from; whoever reads this knows the secrets of every local key. */
const BEACON = "5354554e".repeat(8);
const BEACON_ROUNDS = 10;

/** A compiled circuit with the keys of its local ceremony. */
export interface Circuit {
  name: string;
  /** Paths of what snarkjs reads. */
  wasm: string;
  zkey: string;
  r1cs: string;
  constraints: number;
  key: VerificationKey;
}

/** circom's source of an integer or of nested lists. */
function literal(value: number | number[] | number[][]): string {
  return Array.isArray(value) ? `[${value.map(literal).join(", ")}]` : value.toString();
}

/** weights.circom of the network that jobs/neural-network runs. */
function weights(): string {
  const { w1, b1, w2, b2 } = train();
  const constants = { SHIFT, W1: w1, B1: b1, W2: w2, B2: b2 };
  const functions = Object.entries(constants).map(([name, v]) => `function ${name}() {\n  return ${literal(v)};\n}\n`);
  return `pragma circom 2.2.0;\n\n${functions.join("\n")}`;
}

function source(file: string): string {
  return readFileSync(join(__dirname, file), "utf8");
}

function versionOf(tool: string): string {
  const text = readFileSync(join(ROOT, "node_modules", tool, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/**
 * Compiles a circuit's source. Errors: the compiler's, as a StunError.
 * @param folder where the sources lie and the results go, under the repository: the compiler reaches nothing else
 */
export function compileCircuit(folder: string, file: string): void {
  const cli = join(ROOT, "node_modules", "circom2", "cli.js");
  const here = relative(ROOT, folder);
  const args = [cli, "--r1cs", "--wasm", "--O1", "-o", here, join(here, file)];
  const run = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
  if (run.status !== 0) throw new StunError(`${file} does not compile: ${(run.stdout + run.stderr).trim()}`);
}

/** A new folder for one build, under the repository. */
export function buildFolder(): string {
  mkdirSync(CACHE, { recursive: true });
  return mkdtempSync(join(CACHE, "building-"));
}

/** Powers of tau and the circuit's own phase, both from BEACON: the same bytes on every machine. */
async function ceremony(folder: string, name: string, constraints: number): Promise<VerificationKey> {
  const at = (file: string): string => join(folder, file);
  const curve = await curves.getCurveFromName("bn128");
  try {
    // one row of the domain for each constraint and for each public signal
    const power = Math.ceil(Math.log2(constraints + 64));
    await powersOfTau.newAccumulator(curve, power, at("0.ptau"));
    await powersOfTau.beacon(at("0.ptau"), at("1.ptau"), "local", BEACON, BEACON_ROUNDS);
    await powersOfTau.preparePhase2(at("1.ptau"), at("2.ptau"));
    await zKey.newZKey(at(`${name}.r1cs`), at("2.ptau"), at("0.zkey"));
    await zKey.beacon(at("0.zkey"), at("local.zkey"), "local", BEACON, BEACON_ROUNDS);
    return await zKey.exportVerificationKey(at("local.zkey"));
  } finally {
    // its worker threads would keep the process alive
    await curve.terminate();
    for (const file of ["0.ptau", "1.ptau", "2.ptau", "0.zkey"]) rmSync(at(file), { force: true });
  }
}

/** The circuit of circuits/digits.circom; built once for each change of its sources, in a few seconds. */
export async function digitsCircuit(): Promise<Circuit> {
  const name = "digits";
  const sources = { "digits.circom": source("digits.circom"), "layer.circom": source("layer.circom") };
  const files = { ...sources, "weights.circom": weights() };
  const recipe = JSON.stringify([RECIPE, BEACON, versionOf("circom2"), versionOf("snarkjs"), files]);
  const built = join(CACHE, `${name}-${createHash("sha256").update(recipe).digest("hex").slice(0, 16)}`);
  if (!existsSync(built)) {
    const folder = buildFolder();
    try {
      for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
      compileCircuit(folder, "digits.circom");
      const { nConstraints } = await r1cs.info(join(folder, `${name}.r1cs`));
      const key = await ceremony(folder, name, nConstraints);
      writeFileSync(join(folder, "key.json"), JSON.stringify({ constraints: nConstraints, key }));
      // another process may have been faster; what it made is the same
      if (!existsSync(built)) renameSync(folder, built);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const { constraints, key } = JSON.parse(readFileSync(join(built, "key.json"), "utf8")) as Circuit;
  return {
    name,
    wasm: join(built, `${name}_js`, `${name}.wasm`),
    zkey: join(built, "local.zkey"),
    r1cs: join(built, `${name}.r1cs`),
    constraints,
    key,
  };
}
