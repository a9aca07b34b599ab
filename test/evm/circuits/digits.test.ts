import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { groth16, wtns } from "snarkjs";
import { buildFolder, compileCircuit, digitsCircuit, type Circuit } from "../../../circuits/build";
import { OUTPUTS, packPixels, packSums, proveDigits, runDigits, unpackSums, witness } from "../../../circuits/digits";
import { encodeKey, keyIdOf, ORDER } from "../../../chains/evm/proofs";
import { runModule } from "../../../oracle/wasm/run";
import { forward, train } from "../../../scripts/jobs/digits";
import { refusal } from "../kit";
import { Random } from "../random";
import { brokenRows, openWires, readConstraints, type Constraints } from "./determined";

const JOB = join(__dirname, "..", "..", "..", "jobs", "neural-network");
const PICTURES = 50;
/** The key of the local ceremony, which anybody can forge proofs under. */
const LOCAL_KEY = "0x014826891f32138b1d5025565122c145462ce27bc9d1ded74bae5c98eba58999";
/** Bytes of a result of the job: the class, then ten sums. */
const ROW = 44;

/** Compiles a circuit of the layer's templates for one test. */
async function small(main: string, test: (circuit: Circuit, constraints: Constraints) => Promise<void>): Promise<void> {
  const folder = buildFolder();
  try {
    const layer = readFileSync(join(__dirname, "..", "..", "..", "circuits", "layer.circom"), "utf8");
    writeFileSync(join(folder, "layer.circom"), layer);
    writeFileSync(join(folder, "small.circom"), `pragma circom 2.2.0;\ninclude "layer.circom";\n${main}\n`);
    compileCircuit(folder, "small.circom");
    const r1cs = join(folder, "small.r1cs");
    const wasm = join(folder, "small_js", "small.wasm");
    const circuit = { name: "small", wasm, r1cs } as Circuit;
    await test(circuit, await readConstraints(r1cs));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("Circuit: digits", () => {
  let circuit: Circuit;
  let constraints: Constraints;

  before("builds the circuit when it is not in the cache", async () => {
    circuit = await digitsCircuit();
    constraints = await readConstraints(circuit.r1cs);
  });

  it("gives what the committee's module gives, for every picture of the job", async () => {
    const [module, input] = ["module.wasm", "input.bin"].map((file) => readFileSync(join(JOB, file)));
    const { output } = await runModule(module!, input!, { maxUnits: 10n });
    const rows = Buffer.from(output);
    for (let i = 0; i < PICTURES; i++) {
      const at = input!.length - (PICTURES - i) * 64;
      const [sums] = await runDigits(circuit, packPixels(input!.subarray(at, at + 64)));
      const expected = Array.from({ length: 10 }, (_, o) => rows.readInt32LE(i * ROW + 4 + o * 4));
      expect(unpackSums(sums!), `picture ${i}`).to.deep.equal(expected);
    }
  });

  it("gives what plain arithmetic gives, for random pictures and for the darkest and brightest", async () => {
    const random = new Random("pixels");
    const net = train();
    const pictures = Array.from({ length: 60 }, () =>
      Array.from({ length: 64 }, () =>
        random.oneIn(3n) ? Number(random.pick([0n, 1n, 254n, 255n])) : Number(random.between(0n, 255n)),
      ),
    );
    for (const pixels of [...pictures, new Array<number>(64).fill(0), new Array<number>(64).fill(255)]) {
      const [sums] = await runDigits(circuit, packPixels(pixels));
      const { logits } = forward(net, pixels);
      expect(sums).to.equal(packSums(logits));
      expect(unpackSums(sums!)).to.deep.equal(logits);
    }
  });

  it("has this many constraints, three words in, one word out, and the same local key on every machine", () => {
    expect(circuit.constraints).to.equal(1_287);
    expect(circuit.key.nPublic).to.equal(5);
    expect(keyIdOf(encodeKey(circuit.key, { units: 1n, outputs: OUTPUTS }))).to.equal(LOCAL_KEY);
  });

  it("leaves no signal open: an input has one output, whatever a prover puts into the other signals", () => {
    expect(openWires(constraints)).to.deep.equal([]);
  });

  it("would be found open without any one of its constraints", () => {
    const random = new Random("rows");
    for (let i = 0; i < 40; i++) {
      const without = Number(random.between(0n, BigInt(constraints.rows.length) - 1n));
      const rows = constraints.rows.filter((_, row) => row !== without);
      expect(openWires({ ...constraints, rows }), `without row ${without}`).not.to.deep.equal([]);
    }
  });

  it("breaks a constraint when any one signal of a right witness is changed", async () => {
    const right = await witness(circuit, { context: 7n, pixels: packPixels(new Uint8Array(64).fill(129)) });
    expect(brokenRows(constraints, right)).to.deep.equal([]);
    for (let wire = 1; wire < right.length; wire++) {
      for (const change of [1n, ORDER - 1n]) {
        const forged = right.map((value, i) => (i === wire ? (value + change) % ORDER : value));
        expect(brokenRows(constraints, forged), `wire ${wire}`).not.to.deep.equal([]);
      }
    }
  });

  it("has no proof for a word above its bytes: of 31, and of the last 2", async () => {
    const [a, b, c] = packPixels(new Uint8Array(64).fill(255)) as [bigint, bigint, bigint];
    expect([a + 1n, c + 1n]).to.deep.equal([2n ** 248n, 2n ** 16n]);
    await runDigits(circuit, [a, b, c]);
    for (const pixels of [
      [a + 1n, b, c],
      [a, b + 1n, c],
      [a, b, c + 1n],
      [ORDER - 1n, b, c],
      [a, b, ORDER - 1n],
    ]) {
      expect(await refusal(runDigits(circuit, pixels))).to.include("has no proof for this input");
    }
  });

  it("gives no proof that verifies from a witness with a wrong output, bit or hidden value", async () => {
    const pixels = packPixels(new Uint8Array(64).fill(40));
    const file: { type: "mem"; data?: Uint8Array } = { type: "mem" };
    await wtns.calculate({ context: 5n, pixels }, circuit.wasm, file);
    const right = await groth16.prove(circuit.zkey, file);
    expect(await groth16.verify(circuit.key, right.publicSignals, right.proof)).to.equal(true);
    // the witness is the end of the file, 32 bytes a signal
    const start = file.data!.length - constraints.wires * 32;
    for (const wire of [1, 3, 100, constraints.wires - 1]) {
      const data = Uint8Array.from(file.data!);
      data[start + wire * 32]! ^= 1;
      const forged = await groth16.prove(circuit.zkey, { type: "mem", data });
      expect(await groth16.verify(circuit.key, forged.publicSignals, forged.proof), `wire ${wire}`).to.equal(false);
    }
  });

  it("gives a proof that holds for its own context and no other", async () => {
    const pixels = packPixels(new Uint8Array(64).fill(3));
    const { proof, output } = await proveDigits(circuit, pixels, 11n);
    const holds = (context: bigint): Promise<boolean> =>
      groth16.verify(circuit.key, [...output, context, ...pixels].map(String), proof);
    expect([await holds(11n), await holds(12n), await holds(0n), await holds(ORDER - 11n)]).to.deep.equal([
      true,
      false,
      false,
      false,
    ]);
  });

  it("packs pictures of 64 bytes only", () => {
    for (const pixels of [
      [],
      new Array<number>(63).fill(0),
      new Array<number>(64).fill(256),
      new Array<number>(64).fill(0.5),
    ]) {
      expect(() => packPixels(pixels)).to.throw("A picture is 64 bytes");
    }
  });
});

describe("Circuit: a layer", () => {
  it("brings every sum of its range back to a byte as floor, relu and clamp do, and has no proof for a sum outside", async () => {
    const [n, shift] = [12, 3];
    await small(`component main = Requantise(${n}, ${shift});`, async (circuit, constraints) => {
      expect(openWires(constraints)).to.deep.equal([]);
      const edges = [-(2 ** n), -256, -8, -1, 0, 7, 8, 255, 256, 2039, 2040, 2047, 2048, 2 ** n - 1];
      const sums = [...edges, ...edges.map((edge) => edge + 1), ...Array.from({ length: 90 }, (_, i) => i * 91 - 4095)];
      for (const sum of sums.filter((each) => each < 2 ** n)) {
        const [, out] = await witness(circuit, { in: (BigInt(sum) + ORDER) % ORDER });
        expect(out, `sum ${sum}`).to.equal(BigInt(Math.max(0, Math.min(255, Math.floor(sum / 2 ** shift)))));
      }
      for (const sum of [2n ** 12n, ORDER - 2n ** 12n - 1n, ORDER / 2n, 2n ** 253n]) {
        expect(await refusal(witness(circuit, { in: sum }))).to.include("has no proof for this input");
      }
    });
  });

  it("adds negative weights and biases, and takes bytes alone", async () => {
    const layer = "Layer(2, 2, 15, 1, [[127, -128], [-1, 3]], [-5, 8])";
    const main = `
      template Small() {
        signal input word[1];
        signal output out[2];
        component bytes = Bytes(2, 31);
        bytes.in <== word;
        component layer = ${layer};
        layer.in <== bytes.out;
        out <== layer.out;
      }
      component main {public [word]} = Small();`;
    await small(main, async (circuit, constraints) => {
      expect(openWires(constraints)).to.deep.equal([]);
      const clamp = (sum: number): bigint => BigInt(Math.max(0, Math.min(255, Math.floor(sum / 2))));
      for (const [x, y] of [
        [0, 0],
        [255, 255],
        [255, 0],
        [0, 255],
        [3, 2],
        [2, 1],
        [200, 199],
      ] as const) {
        const all = await witness(circuit, { word: [BigInt(x + 256 * y)] });
        expect(all.slice(1, 3)).to.deep.equal([clamp(127 * x - 128 * y - 5), clamp(-x + 3 * y + 8)]);
      }
      expect(await refusal(witness(circuit, { word: [65_536n] }))).to.include("has no proof for this input");
    });
  });

  it("does not compile when a sum of its weights could leave its bits", async () => {
    const of = (bias: number): Promise<void> =>
      small(`component main = Layer(2, 1, 14, 2, [[30, -20]], [${bias}]);`, async () => {});
    expect(await refusal(of(2 ** 14 - 255 * 30))).to.include("small.circom does not compile");
    expect(await refusal(of(255 * 20 - 2 ** 14))).to.include("small.circom does not compile");
  });
});
