// Whether the code at an address is the compiled code of a contract, byte by byte, whatever its immutables are.
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { artifact } from "../chains/evm/artifacts";

const ARTIFACTS = resolve(__dirname, "..", "artifacts");

interface BuildInfo {
  output: {
    contracts: Record<
      string,
      Record<
        string,
        { evm: { deployedBytecode: { immutableReferences?: Record<string, { start: number; length: number }[]> } } }
      >
    >;
  };
}

const buildInfos = new Map<string, BuildInfo>();

/** Code with its immutables set to zero, as it stands in the artifact. */
function withoutImmutables(name: string, code: string): string {
  const { sourceName } = artifact(name);
  const folder = join(ARTIFACTS, sourceName);
  const { buildInfo } = JSON.parse(readFileSync(join(folder, `${name}.dbg.json`), "utf8")) as { buildInfo: string };
  const path = resolve(dirname(join(folder, "x")), buildInfo);
  let info = buildInfos.get(path);
  if (!info) {
    info = JSON.parse(readFileSync(path, "utf8")) as BuildInfo;
    buildInfos.set(path, info);
  }
  const references = info.output.contracts[sourceName]?.[name]?.evm.deployedBytecode.immutableReferences ?? {};
  const bytes = Buffer.from(code.slice(2), "hex");
  for (const { start, length } of Object.values(references).flat()) bytes.fill(0, start, start + length);
  return `0x${bytes.toString("hex")}`;
}

export function isCodeOf(name: string, code: string): boolean {
  return withoutImmutables(name, code) === artifact(name).deployedBytecode;
}
