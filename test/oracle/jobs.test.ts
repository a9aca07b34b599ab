import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { runModule } from "../../oracle/wasm/run";
import { buildJobs } from "../../scripts/jobs/build";
import { digitsInput } from "../../scripts/jobs/digits";

const jobs = join(__dirname, "..", "..", "jobs");
const read = (job: string, file: string): Uint8Array => readFileSync(join(jobs, job, file));

describe("jobs that ship with the repository", () => {
  it("are what their sources give, module and input", async () => {
    for (const { name, module, input } of await buildJobs()) {
      expect(
        Buffer.compare(read(name, "module.wasm"), module),
        `jobs/${name}/module.wasm: run npm run build:jobs`,
      ).to.equal(0);
      expect(Buffer.compare(read(name, "input.bin"), input), `jobs/${name}/input.bin: run npm run build:jobs`).to.equal(
        0,
      );
    }
  });

  it("give the same bytes and the same count of instructions at every run", async () => {
    for (const name of ["matrix-product", "neural-network"]) {
      const once = await runModule(read(name, "module.wasm"), read(name, "input.bin"), { maxUnits: 10n });
      const again = await runModule(read(name, "module.wasm"), read(name, "input.bin"), { maxUnits: 10n });
      expect(Buffer.compare(once.output, again.output)).to.equal(0);
      expect(once.fuel).to.equal(again.fuel);
    }
  });

  it("matrix-product multiplies as plain arithmetic does", async () => {
    const input = Buffer.from(read("matrix-product", "input.bin"));
    const n = input.readUInt32LE(0);
    const at = (matrix: number, row: number, column: number): number =>
      input.readInt32LE(12 + (matrix * n * n + row * n + column) * 4);
    const { output } = await runModule(read("matrix-product", "module.wasm"), input, { maxUnits: 10n });
    const result = Buffer.from(output);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let t = 0; t < n; t++) sum += at(0, i, t) * at(1, t, j);
        expect(result.readInt32LE((i * n + j) * 4)).to.equal(sum);
      }
    }
  });

  it("neural-network reads at least four of five noisy digits that it was not trained on", async () => {
    const { digits, input } = digitsInput();
    const { output } = await runModule(read("neural-network", "module.wasm"), input, { maxUnits: 10n });
    const rows = Buffer.from(output);
    const right = digits.filter((digit, i) => rows.readUInt32LE(i * 44) === digit).length;
    expect(right).to.be.at.least((digits.length * 4) / 5);
  });
});
