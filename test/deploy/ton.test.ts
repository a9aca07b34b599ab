import { expect } from "chai";
import { Address, toNano } from "@ton/core";
import { messages } from "../../chains/ton/messages";
import { deployNetwork, problems, verifyDeployment, type Deployed } from "../../deploy";
import { TonDriver } from "../../deploy/drivers/ton";
import type { Point } from "../../deploy/engine";
import type { Step } from "../../deploy/types";
import { newFolder, removeFolders, startLocal, type Local } from "./fixture";

class Crash extends Error {}

describe("deploying to TON", () => {
  let local: Local;
  let deployed: Deployed;
  let crashes = 0;

  before(async () => {
    local = await startLocal(["ethereum", "ton"]);
    const directory = newFolder();
    const passed = new Set<string>();
    // Cut off after each signature and after each message that was sent, in turn.
    const at = (point: Point, step: Step): void => {
      const kind = passed.size % 2 === 0 ? "signed" : "sent";
      if (step.chain !== "ton" || point !== kind || passed.has(step.id)) return;
      passed.add(step.id);
      throw new Crash(step.id);
    };
    for (;;) {
      try {
        deployed = await deployNetwork(local.network, local.connections, { relay: local.relay, directory, at });
        break;
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        crashes++;
      }
    }
  });

  after(removeFolders);

  const driver = (): TonDriver => deployed.drivers.get("ton") as TonDriver;

  /** A message to the OFT from the wallet of a role, as a transaction of a deployment is sent. */
  async function act(role: string, body: ReturnType<typeof messages.deploy>): Promise<void> {
    const to = Address.parse(deployed.deployment.contracts.ton!.bridge!);
    const signed = await driver().sign({ vm: "ton", message: { to, value: toNano("1"), body } }, role);
    await driver().broadcast(signed);
  }

  it("ends as declared after a crash at every step, each message sent once", async () => {
    expect(crashes).to.be.greaterThan(10);
    const verification = await verifyDeployment(deployed);
    expect(problems(verification)).to.deep.equal([]);
    const deployer = driver().accountOf("deployer");
    const sent = (await local.ton!.sandbox.get(deployer, "seqno")).readNumber();
    const steps = deployed.deployment.steps.filter(({ chain, call }) => chain === "ton" && call);
    // One message of the timelock's own, and one value that the OFT begins with already.
    expect(sent).to.equal(steps.length - 2);
  });

  it("a message that was taken is not taken again, and one that ran out of time never lands", async () => {
    const to = driver().accountOf("deployer");
    const call = { vm: "ton", message: { to, value: 1n, bounce: false } } as const;
    const first = await driver().sign(call, "deployer");
    const second = await driver().sign(call, "deployer");
    await driver().broadcast(first);
    expect((await driver().outcome(first)).state).to.equal("landed");
    const late = await driver().sign(call, "deployer");
    expect((await driver().outcome(late)).state).to.equal("pending");
    await local.ton!.advance(301n);
    expect((await driver().outcome(late)).state).to.equal("dead");
    expect(second.limit).to.equal(first.limit);
  });

  it("verify fails on a drifted limit, guardian and admin", async () => {
    await act("timelock", messages.setLimit("in", 1n, 600));
    expect(problems(await verifyDeployment(deployed)).join()).to.include("ton: limit from home is 1 in 600 s, not");
    await act("timelock", messages.setGuardian(null));
    expect(problems(await verifyDeployment(deployed)).join()).to.include("guardian (pause) of OFT is held by nobody");
    await act("timelock", messages.proposeAdmin(driver().accountOf("deployer")));
    expect(problems(await verifyDeployment(deployed)).join()).to.include("next admin of OFT is held by");
  });
});
