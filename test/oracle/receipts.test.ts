import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { id, toUtf8Bytes } from "ethers";
import { ContentStore } from "../../oracle/content";
import { checkedIntervals, decodeReceipts, encodeReceipts, type Receipt } from "../../oracle/receipts";
import { reexecute } from "../../oracle/reexecute";
import { encodeSpec } from "../../oracle/spec";

const JOB = join(__dirname, "..", "..", "jobs", "neural-network");

describe("receipts of a channel", () => {
  let folder: string;
  let content: ContentStore;
  let receipt: Receipt;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "stun-receipts-"));
    content = new ContentStore(folder);
    const [module, input] = ["module.wasm", "input.bin"].map((name) => content.put(readFileSync(join(JOB, name))));
    const specHash = content.put(encodeSpec({ module: module!, input: input! }));
    const { outputHash, units } = await reexecute(content, specHash, 100n);
    receipt = { specHash, outputHash, units, from: 100n, to: 160n };
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  const counted = (list: readonly Receipt[]): Promise<[bigint, bigint][]> =>
    checkedIntervals(content, content.put(encodeReceipts(list)));

  it("count when the work, run again, gives the same output and units", async () => {
    const later = { ...receipt, from: 200n, to: 230n };
    expect(await counted([receipt, later])).to.deep.equal([
      [100n, 160n],
      [200n, 230n],
    ]);
  });

  it("count nothing with another output, other units, or work that is not here", async () => {
    expect(await counted([{ ...receipt, outputHash: id("another") }])).to.deep.equal([]);
    expect(await counted([{ ...receipt, units: receipt.units + 1n }])).to.deep.equal([]);
    expect(await counted([{ ...receipt, specHash: id("nowhere") }])).to.deep.equal([]);
    expect(await counted([{ ...receipt, specHash: id("nowhere") }, receipt])).to.have.length(1);
  });

  it("count nothing when the list is not here or malformed", async () => {
    expect(await checkedIntervals(content, id("no list"))).to.deep.equal([]);
    expect(await checkedIntervals(content, content.put(toUtf8Bytes("nonsense")))).to.deep.equal([]);
  });

  it("are run again up to a bound, however long the list is", async () => {
    expect(await counted([receipt, { ...receipt, units: 10_000n }, receipt])).to.have.length(1);
  });

  it("have one encoding", () => {
    expect(decodeReceipts(encodeReceipts([receipt]))).to.deep.equal([receipt]);
    for (const text of ["{}", "[{}]", `[${JSON.stringify({ ...receipt, units: "1", from: "01", to: "2" })}]`]) {
      expect(() => decodeReceipts(toUtf8Bytes(text))).to.throw("The list of receipts is malformed");
    }
    const spaced = Buffer.from(encodeReceipts([receipt]))
      .toString()
      .replace(",", ", ");
    expect(() => decodeReceipts(toUtf8Bytes(spaced))).to.throw("not in its one encoding");
  });
});
