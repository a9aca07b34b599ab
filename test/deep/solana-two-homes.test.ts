import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { sourceFiles } from "../../scripts/sources";
import { ARTIFACTS, artifactName, programFolders, readManifest } from "../../tools/solana/manifest";
import { cleanEnvironment, run } from "../../tools/solana/shell";
import { home, ROOT, trustedToolchain } from "../../tools/solana/toolchain";

/** Builds every program of the checkout that it lies in, with a toolchain that it completes itself. */
const BUILD = `import { writeFileSync } from "node:fs";
import { buildRuntime, compileProgram, listPrograms, targetFolder } from "./tools/solana/compile";
import { installLinker, installLlvm, makeSysroot } from "./tools/solana/install";

installLlvm(console.error);
installLinker(console.error);
makeSysroot();
buildRuntime();
for (const program of listPrograms(__dirname).filter(({ folder }) => folder.includes("/programs/"))) {
  writeFileSync(program.library + ".so", compileProgram(__dirname, program, targetFolder(__dirname)));
}
`;

describe("A Solana program built in another home", () => {
  const trusted = trustedToolchain();

  it("has the committed bytes: another user's home, checkout, CARGO_HOME and SBF_HOME", function () {
    const made = JSON.stringify(readManifest().compiler);
    const reason =
      "reason" in trusted
        ? trusted.reason
        : JSON.stringify(trusted.stamp.versions) !== made
          ? "another compiler than the one installed here made the committed programs"
          : undefined;
    if (reason) {
      process.stdout.write(`    SKIPPED: ${reason}\n`);
      return this.skip();
    }
    this.timeout(1_800_000);
    const scratch = mkdtempSync(join(tmpdir(), "stun other home "));
    try {
      const checkout = join(scratch, "a checkout");
      for (const file of sourceFiles()) cpSync(join(ROOT, file), join(checkout, file), { recursive: true });
      symlinkSync(join(ROOT, "node_modules"), join(checkout, "node_modules"));
      // what was fetched is copied, what was built here is built again
      const sbfHome = join(scratch, "sbf");
      for (const part of ["llvm", "linker"]) {
        cpSync(join(home(), part), join(sbfHome, part), { recursive: true, verbatimSymlinks: true });
      }
      const otherHome = join(scratch, "home");
      mkdirSync(otherHome);
      writeFileSync(join(checkout, "build-elsewhere.ts"), BUILD);
      run(process.execPath, ["--require", require.resolve("tsx/cjs"), join(checkout, "build-elsewhere.ts")], {
        cwd: checkout,
        env: { ...cleanEnvironment(), HOME: otherHome, CARGO_HOME: join(otherHome, "cargo"), SBF_HOME: sbfHome },
        failure: "The build in another home did not succeed",
        show: true,
      });
      for (const folder of programFolders()) {
        const name = `${artifactName(folder)}.so`;
        expect(readFileSync(join(checkout, name)).equals(readFileSync(join(ARTIFACTS, name))), name).to.equal(true);
      }
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});
