// Loaded by mocha before the tests of an instrumented tree: looks through the traces of every node of this process for the
// hashes that solidity-coverage put into the code, and writes down at the end how often each was reached.
// solidity-coverage's own collector listens to Hardhat's network alone; our bridge tests run on three nodes of their own.
import { readFileSync, writeFileSync } from "node:fs";
import { EdrProviderWrapper } from "hardhat/internal/hardhat-network/provider/provider";
import type { Point } from "./instrumented";

interface Step {
  opcode?: string;
  stack?: bigint[];
}

interface Answer {
  traces: { trace: Step[] }[];
}

interface Node {
  handleRequest(request: string): Promise<Answer>;
}

const { STUN_COVERAGE_POINTS: pointsFile, STUN_COVERAGE_HITS: hitsFile } = process.env;
if (!pointsFile || !hitsFile) throw new Error("Coverage is collected by `npm run coverage`, which says where to.");

const hits = new Map<bigint, { hash: string; count: number }>();
for (const [hash, { type }] of Object.entries(JSON.parse(readFileSync(pointsFile, "utf8")) as Record<string, Point>)) {
  // Inside a condition it is an argument of type bytes8, which the EVM aligns to the left; elsewhere a number.
  const shift = type === "and-true" || type === "or-false" ? 192n : 0n;
  hits.set(BigInt(hash) << shift, { hash, count: 0 });
}

/** A hash counts where it comes into being, by a push or by the shift after one; copies of it do not count again. */
const MAKES = /^(PUSH|SHL)/;

function read(answer: Answer): void {
  for (const { trace } of answer.traces) {
    let made = false;
    for (const step of trace) {
      if (step.opcode === undefined) continue;
      if (made) {
        const top = step.stack?.at(-1);
        const point = top === undefined ? undefined : hits.get(top);
        if (point) point.count++;
      }
      made = MAKES.test(step.opcode);
    }
  }
}

/** Instrumented code is larger and takes more gas than a chain allows; this block limit also lifts EIP-7825's cap. */
const NO_LIMIT = 0x1fffffffffffff;

type Create = (config: { allowUnlimitedContractSize: boolean; blockGasLimit: number }, ...rest: unknown[]) => unknown;
const wrapper = EdrProviderWrapper as unknown as {
  create: Create;
  prototype: { _provider: Node; request(this: { _provider: Node }, args: unknown): Promise<unknown> };
};

const { create } = wrapper;
wrapper.create = (config, ...rest) =>
  create.call(wrapper, { ...config, allowUnlimitedContractSize: true, blockGasLimit: NO_LIMIT }, ...rest);

const { request } = wrapper.prototype;
const watched = new WeakSet<Node>();
wrapper.prototype.request = function (args) {
  const node = this._provider;
  if (!watched.has(node)) {
    watched.add(node);
    const handle = node.handleRequest.bind(node);
    node.handleRequest = async (text) => {
      const answer = await handle(text);
      read(answer);
      return answer;
    };
  }
  return request.call(this, args);
};

process.on("exit", () => {
  writeFileSync(hitsFile, JSON.stringify(Object.fromEntries([...hits.values()].map((p) => [p.hash, p.count]))));
});
