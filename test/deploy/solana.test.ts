import { expect } from "chai";
import { oftAt, setOftConfig, setPeerConfig } from "../../chains/solana/oft";
import { deployNetwork, problems, verifyDeployment, type Deployed } from "../../deploy";
import { localSolanaKey, type SolanaCall, type SolanaDriver } from "../../deploy/drivers/solana";
import type { Point } from "../../deploy/engine";
import type { Step } from "../../deploy/types";
import { newFolder, removeFolders, startLocal, type Local } from "./fixture";

class Crash extends Error {}

describe("deploying to Solana", () => {
  let local: Local;
  let deployed: Deployed;
  let crashes = 0;

  before(async () => {
    local = await startLocal(["ethereum", "solana"]);
    const directory = newFolder();
    const passed = new Set<string>();
    // Cut off after each signature and after each transaction that was sent, in turn.
    const at = (point: Point, step: Step): void => {
      const kind = passed.size % 2 === 0 ? "signed" : "sent";
      if (step.chain !== "solana" || point !== kind || passed.has(step.id)) return;
      passed.add(step.id);
      throw new Crash(step.id);
    };
    for (;;) {
      try {
        deployed = await deployNetwork(local.network, local.connections, { relay: () => local.relay(), directory, at });
        break;
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        crashes++;
      }
    }
  });

  after(removeFolders);

  const driver = (): SolanaDriver => deployed.drivers.get("solana") as SolanaDriver;
  const oft = oftAt(localSolanaKey("mint").publicKey, localSolanaKey("escrow").publicKey);
  const timelock = localSolanaKey("timelock").publicKey;

  async function act(instructions: SolanaCall["instructions"]): Promise<void> {
    await driver().broadcast(await driver().sign({ vm: "solana", instructions }, "timelock"));
  }

  it("ends as declared after a crash at every step", async () => {
    expect(crashes).to.be.greaterThan(10);
    expect(problems(await verifyDeployment(deployed))).to.deep.equal([]);
  });

  it("a transaction whose blockhash is too old never lands, and one that landed is known", async () => {
    const call: SolanaCall = { vm: "solana", instructions: [setOftConfig(oft, timelock, { limiter: null })] };
    const [first, second] = [await driver().sign(call, "timelock"), await driver().sign(call, "timelock")];
    expect(second.id).to.equal(first.id);
    expect((await driver().outcome(first)).state).to.equal("pending");
    await driver().broadcast(first);
    expect((await driver().outcome(first)).state).to.equal("landed");
    const late = await driver().sign(call, "timelock");
    await act([setOftConfig(oft, timelock, { paused: false })]);
    expect((await driver().outcome(late)).state).to.equal("dead");
  });

  it("verify fails on a limiter, an offered admin, a drifted limit and a foreign delegate", async () => {
    const mallory = localSolanaKey("mallory").publicKey;
    const complaint = async (): Promise<string> => problems(await verifyDeployment(deployed)).join("; ");
    await act([setOftConfig(oft, timelock, { limiter: mallory })]);
    expect(await complaint()).to.include(`limiter of OFT store is held by ${mallory.toBase58()}, declared is nobody`);
    await act([setOftConfig(oft, timelock, { admin: mallory })]);
    expect(await complaint()).to.include(`pending admin of OFT store is held by ${mallory.toBase58()}`);
    await act([setPeerConfig(oft, timelock, 30_101, { inbound: { capacity: 1n, refillPerSecond: 1n } })]);
    expect(await complaint()).to.include("solana: limit from home is 1, refilled by 1 a second, not");
    await act([setOftConfig(oft, timelock, { delegate: mallory })]);
    expect(await complaint()).to.include(`LayerZero delegate of OFT store is held by ${mallory.toBase58()}`);
  });
});
