import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize, resolve } from "node:path";
import { expect } from "chai";
import { sourceFiles } from "../../scripts/sources";
import { SUITES } from "../../scripts/suites";

const ROOT = resolve(__dirname, "..", "..");
const FOLDERS = [...new Set(sourceFiles().flatMap((file) => (file.includes("/") ? [file.split("/")[0]!] : [])))];
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };

/** What a page names and the repository does not have. */
function missing(file: string, text: string): string[] {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, to]) => to!)
    .filter((to) => !/^(https?:|mailto:)/.test(to));
  const anchors = (of: string): string[] =>
    [...readFileSync(of, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    );
  const dead = links.filter((to) => {
    const [path, anchor] = to.split("#") as [string, string?];
    const target = path === "" ? join(ROOT, file) : join(ROOT, dirname(file), path);
    return !existsSync(target) || (anchor !== undefined && !anchors(target).includes(anchor));
  });
  const commands = [...text.matchAll(/npm run ([\w:]+)/g)]
    .map(([, name]) => name!)
    .filter((name) => !(name in scripts));
  const suites = [...text.matchAll(/--suite ([\w,-]+)/g)]
    .flatMap(([, names]) => names!.split(","))
    .filter((name) => !SUITES.some((suite) => suite.name === name));
  // A path of this repository in backquotes, without places to fill in.
  const paths = [...text.matchAll(/`([\w.-]+\/[\w./-]*)`/g)]
    .map(([, path]) => path!)
    .filter((path) => FOLDERS.includes(path.split("/")[0]!))
    .filter((path) => !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, dirname(file), normalize(path))));
  return [...dead, ...commands.map((name) => `npm run ${name}`), ...suites.map((name) => `--suite ${name}`), ...paths];
}

describe("The pages of the repository", () => {
  const pages = sourceFiles("*.md");

  it("name files, headings, commands and suites that exist", () => {
    expect(pages).to.include.members(["README.md", "CHANGELOG.md", "docs/architecture.md"]);
    const found = pages.flatMap((page) =>
      missing(page, readFileSync(join(ROOT, page), "utf8")).map((what) => `${page}: ${what}`),
    );
    expect(found).to.deep.equal([]);
  });

  it("would be caught if they did not", () => {
    const text =
      "[a](none.md) [b](architecture.md#nowhere) `npm run nothing` `npm test -- --suite evm,none` `contracts/none/`";
    expect(missing("docs/errors.md", text)).to.deep.equal([
      "none.md",
      "architecture.md#nowhere",
      "npm run nothing",
      "--suite none",
      "contracts/none/",
    ]);
  });

  it("README names every command of package.json", () => {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    const unnamed = Object.keys(scripts).filter((name) => !new RegExp(`npm (run )?${name}(?![\\w:])`).test(readme));
    expect(unnamed).to.deep.equal([]);
  });
});
