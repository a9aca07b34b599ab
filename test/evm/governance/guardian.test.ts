// The guardian of a deployment has the powers that are listed and no other: found in the ABIs, asked of the chain.
import "hardhat"; // its chai matchers read custom errors and compare bigints
import { expect } from "chai";
import { contractInterface } from "../../../chains/evm/artifacts";
import { localWallet } from "../../../localnet/keys";
import { CHAINS, DAY, DeployedWorld, STUN } from "./deployed";
import { guarded, refuses, type Guarded } from "./guarded";

/** All that the guardian can call and a stranger cannot. */
const POWERS = {
  StunOFTAdapter: ["pause", "unpause"],
  StunOFT: ["pause", "unpause"],
  VotingStaking: ["pause", "unpause"],
  Staking: ["pause", "unpause"],
  JobEscrow: ["pause", "unpause"],
  PaymentChannels: ["pause", "unpause"],
  EmissionVault: ["pause", "unpause", "veto"],
  Committee: ["stop", "resume"],
  StunGovernor: ["guardianCancel"],
  GovernanceReceiver: ["proposeRepair"],
};
/** Those that the owner has too: it may end what the guardian began. */
const SHARED = ["unpause", "resume"];

describe("The guardian of a deployment", () => {
  let world: DeployedWorld;
  let all: Guarded[];
  const guardian = localWallet("guardian").address;

  before(async () => {
    world = await DeployedWorld.start();
    all = await guarded(world);
  });

  it("can do what is listed and nothing else", async () => {
    const may = new Set<string>();
    for (const { chain, key, f } of all) {
      if (!(await refuses(world, chain, key, f, guardian))) may.add(`${world.nameOf(chain, key)}.${f.name}`);
    }
    const listed = Object.entries(POWERS).flatMap(([name, functions]) => functions.map((f) => `${name}.${f}`));
    expect([...may].sort()).to.deep.equal(listed.sort());
  });

  for (const who of ["deployer", "timelock", "sale", "oracle1", "keeper", "mallory"]) {
    it(`shares none of it with ${who}, who has no power at all`, async () => {
      for (const { chain, key, f } of all) {
        const refused = await refuses(world, chain, key, f, localWallet(who).address);
        expect(refused, `${world.nameOf(chain, key)}.${f.name} on ${chain}`).to.equal(true);
      }
    });
  }

  it("shares with the owner the ends of a pause and of a stop, and nothing more", async () => {
    for (const { chain, key, f } of all) {
      const name = world.nameOf(chain, key) as keyof typeof POWERS;
      if (!POWERS[name]?.includes(f.name)) continue;
      const refused = await refuses(world, chain, key, f, world.owner(chain));
      expect(refused, `${name}.${f.name} on ${chain}`).to.equal(!SHARED.includes(f.name));
    }
  });

  it("moves nothing and names no recipient: none of its calls changes a balance", async () => {
    await world.undone(async () => {
      for (const { chain, key, f } of all) {
        const name = world.nameOf(chain, key) as keyof typeof POWERS;
        if (!POWERS[name]?.includes(f.name) || !["pause", "stop"].includes(f.name)) continue;
        const receipt = await world.act(chain, "guardian", key, f.name, DAY);
        const transfer = contractInterface("StunToken").getEvent("Transfer")!.topicHash;
        expect(receipt.logs.filter(({ topics }) => topics[0] === transfer)).to.deep.equal([]);
      }
    });
  });

  it("stops entries alone: while everything is paused and the committee stopped, users leave", async () => {
    await world.undone(async () => {
      for (const chain of CHAINS) {
        for (const key of ["bridge", "staking", "escrow", "channels", "emission"]) {
          await world.act(chain, "guardian", key, "pause", 7n * DAY);
        }
        await world.act(chain, "guardian", "committee", "stop", 14n * DAY);
        const { channel, book } = world.stakes[chain];
        const refused = world.act(chain, "bob", "staking", "open", STUN, 7n * DAY, 0n);
        await expect(refused).to.be.rejectedWith("EntryPaused");
        const claim = book.claim(localWallet("carol").address, 0n);
        await world.act(chain, "keeper", "emission", "claim", ...claim);
        await world.act(chain, "provider", "channels", "close", channel);
        const { token } = world.addresses(chain);
        await world.act(chain, "keeper", "channels", "withdraw", token, localWallet("payer").address);
        await world.chain(chain).advance(7n * DAY + 1n);
        await expect(world.act(chain, "guardian", "staking", "pause", 1n)).to.be.rejectedWith("PauseCooldown");
        await world.chain(chain).advance(7n * DAY);
        await expect(world.act(chain, "guardian", "committee", "stop", 1n)).to.be.rejectedWith("StopCooldown");
      }
    });
  });

  it("may propose a repair of the governance path only after 180 days in which nothing was executed", async () => {
    await world.undone(async () => {
      const { receiveLibrary } = world.chain("base").layerZero.addresses;
      const repair = { library_: receiveLibrary, params: [] };
      const propose = () => world.act("base", "guardian", "governanceReceiver", "proposeRepair", repair);
      const heard = (await world.at("base", "governanceReceiver").getFunction("lastExecutedAt")()) as bigint;
      await world.chain("base").advance(heard + 180n * DAY - (await world.chain("base").now()) - 10n);
      await expect(propose()).to.be.rejectedWith("NotSilent");
      await world.chain("base").advance(10n);
      await propose();
      const execute = () => world.act("base", "keeper", "governanceReceiver", "executeRepair", repair);
      await expect(execute()).to.be.rejectedWith("RepairTooEarly");
      await world.chain("base").advance(30n * DAY);
      await execute();
    });
  });
});
