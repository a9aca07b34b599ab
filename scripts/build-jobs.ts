// npm run build:jobs: compiles the modules of jobs/ and writes their inputs.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildJobs } from "./jobs/build";

async function main(): Promise<void> {
  for (const { name, module, input } of await buildJobs()) {
    const folder = join(__dirname, "..", "jobs", name);
    writeFileSync(join(folder, "module.wasm"), module);
    writeFileSync(join(folder, "input.bin"), input);
    process.stdout.write(`jobs/${name}: module ${module.length} bytes, input ${input.length} bytes\n`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
