import chai, { expect } from "chai";
import chaiAsPromised from "chai-as-promised";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deployNetwork, describe as describeNetwork, planDeployment, type Deployed } from "../../deploy";
import type { Point } from "../../deploy/engine";
import { Journal } from "../../deploy/journal";
import { takeLock } from "../../deploy/lock";
import type { Step } from "../../deploy/types";
import { footprint, newFolder, removeFolders, startLocal, type Local } from "./fixture";

chai.use(chaiAsPromised);

class Crash extends Error {}

/** Runs a deployment that is cut off once at this point of each step, and taken up again each time. */
async function deployThroughCrashes(
  local: Local,
  directory: string,
  kind: Point,
): Promise<{ places: number; contracts: Record<string, Record<string, string>> }> {
  const passed = new Set<string>();
  const at = (point: Point, step: Step): void => {
    if (point !== kind || passed.has(step.id)) return;
    passed.add(step.id);
    throw new Crash(step.id);
  };
  for (;;) {
    try {
      const { deployment } = await deployNetwork(local.network, local.connections, {
        relay: local.relay,
        directory,
        at,
      });
      return { places: passed.size, contracts: deployment.contracts as Record<string, Record<string, string>> };
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }
}

describe("a deployment that is interrupted", () => {
  afterEach(removeFolders);

  let whole: Local;
  let once: Deployed;

  before(async () => {
    whole = await startLocal(["ethereum", "base"]);
    once = await deployNetwork(whole.network, whole.connections, { relay: whole.relay });
  });

  for (const [kind, when] of [
    ["reading", "before it reads a step"],
    ["signed", "after it signed and before it sent a transaction"],
    ["sent", "after it sent a transaction and before it knew of it"],
    ["landed", "after a transaction landed and before it went on"],
  ] as const) {
    it(`ends the same, with no transaction twice, when it dies ${when}, at every step`, async () => {
      const broken = await startLocal(["ethereum", "base"]);
      const { places, contracts } = await deployThroughCrashes(broken, newFolder(), kind);
      expect(places).to.be.at.least(once.result.executed.length);
      expect(await footprint(broken, contracts)).to.deep.equal(await footprint(whole, once.deployment.contracts));
    });
  }

  it("does nothing when it is run again", async () => {
    const local = await startLocal(["ethereum", "base"]);
    const directory = newFolder();
    const first = await deployNetwork(local.network, local.connections, { relay: local.relay, directory });
    const before = await footprint(local, first.deployment.contracts);
    const second = await deployNetwork(local.network, local.connections, { relay: local.relay, directory });
    expect(second.result.executed).to.deep.equal([]);
    expect(await footprint(local, second.deployment.contracts)).to.deep.equal(before);
    const plan = await planDeployment(await describeNetwork(local.network, local.connections));
    expect(plan.every(({ reading }) => reading.state === "done")).to.equal(true);
  });

  it("needs no journal to see what stands: without one, nothing is done twice either", async () => {
    const local = await startLocal(["ethereum"]);
    await deployNetwork(local.network, local.connections, { relay: local.relay, directory: newFolder() });
    const again = await deployNetwork(local.network, local.connections, { relay: local.relay, directory: newFolder() });
    expect(again.result.executed).to.deep.equal([]);
  });

  it("drops a journal line that was cut off in writing", async () => {
    const local = await startLocal(["ethereum"]);
    const directory = newFolder();
    await deployNetwork(local.network, local.connections, { relay: local.relay, directory });
    const file = join(directory, "journal.jsonl");
    const whole = readFileSync(file, "utf8");
    appendFileSync(file, '{"kind":"signed","step":"ethereum/tok');
    await deployNetwork(local.network, local.connections, { relay: local.relay, directory });
    expect(readFileSync(file, "utf8")).to.equal(whole);
  });

  it("refuses a damaged journal in one sentence", async () => {
    const local = await startLocal(["ethereum"]);
    const directory = newFolder();
    writeFileSync(join(directory, "journal.jsonl"), "{}\nnonsense\n{}\n");
    await expect(deployNetwork(local.network, local.connections, { relay: local.relay, directory })).to.be.rejectedWith(
      /^Line 2 of .*journal\.jsonl is damaged: restore the journal from a copy; [^\n]*\.$/,
    );
  });

  it("refuses the journal of another chain", async () => {
    const directory = newFolder();
    const one = await startLocal(["ethereum"]);
    await deployNetwork(one.network, one.connections, { relay: one.relay, directory });
    const journal = readFileSync(join(directory, "journal.jsonl"), "utf8");
    writeFileSync(join(directory, "journal.jsonl"), journal.replace(/"identity":"0x[0-9a-f]{4}/, '"identity":"0xdead'));
    await expect(deployNetwork(one.network, one.connections, { relay: one.relay, directory })).to.be.rejectedWith(
      /journal\.jsonl belongs to another chain 'ethereum' .*move the journal away to deploy anew\.$/,
    );
  });

  it("signs a new transaction only when the old one can never land", async () => {
    const local = await startLocal(["ethereum"]);
    const directory = newFolder();
    const { deployment, drivers } = await describeNetwork(local.network, local.connections);
    const step = deployment.steps.find((s) => s.id === "ethereum/factory-fee")!;
    const driver = drivers.get("ethereum")!;
    const signed = await driver.sign(await step.call!(), "deployer");
    const journal = Journal.open(join(directory, "journal.jsonl"));
    journal.bind("ethereum", await driver.identity());
    journal.write({ kind: "signed", step: step.id, chain: "ethereum", signed });
    journal.close();
    expect(await driver.outcome(signed)).to.deep.equal({ state: "pending" });

    const deployer = local.chains.ethereum.signer("deployer");
    await (await deployer.sendTransaction({ to: deployer.address })).wait();
    expect((await driver.outcome(signed)).state).to.equal("dead");
    await deployNetwork(local.network, local.connections, { relay: local.relay, directory });
    const entries = readFileSync(join(directory, "journal.jsonl"), "utf8");
    expect(entries).to.include(`"kind":"failed","step":"ethereum/factory-fee","id":"${signed.id}"`);
    expect(entries.match(/"kind":"signed","step":"ethereum\/factory-fee"/g)).to.have.length(2);
  });

  it("refuses a second apply at the same time, and takes over the lock of a dead one", async () => {
    const path = join(newFolder(), "apply.lock");
    const release = takeLock(path, "local");
    expect(() => takeLock(path, "local")).to.throw(
      `Another apply of network 'local' is running (process ${process.pid}): wait until it ends, or stop it.`,
    );
    release();
    writeFileSync(path, "2147483646");
    takeLock(path, "local")();
  });
});
