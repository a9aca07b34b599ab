// npm run vectors: writes model/vectors/<module>.json from the model. A case is {in, out} or {in, error}; integers are decimal
// strings, bytes 0x-prefixed hexadecimal. A chain runs the cases whose inputs fit its types, and skips the others.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { VECTOR_FILES } from "./cases";
import { renderVectors } from "./json";

for (const [name, make] of Object.entries(VECTOR_FILES)) {
  const file = make();
  const count = Object.values(file.functions).reduce((total, list) => total + list.length, 0);
  writeFileSync(join(__dirname, `${name}.json`), renderVectors(file));
  process.stdout.write(`model/vectors/${name}.json: ${count} cases\n`);
}
