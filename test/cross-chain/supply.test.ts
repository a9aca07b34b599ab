import { expect } from "chai";
import { startLocalNetwork } from "../../deploy/local";
import { units } from "../../scripts/demo/bridge";
import { deployWorld, type World } from "../../scripts/demo/world";
import { Sequence, type Tally } from "./sequence";

const SEED = Number(process.env.STUN_SEED ?? 20_261_121);
const STEPS = Number(process.env.STUN_STEPS ?? 300);

describe(`the supply over five chains (seed ${SEED}, ${STEPS} steps; STUN_SEED and STUN_STEPS change them)`, () => {
  let world: World;
  let tally: Tally;

  before(async () => {
    world = await deployWorld(await startLocalNetwork(), () => undefined);
    for (const user of ["alice", "bob", "carol"]) await world.home.transfer("sale", user, units(world.home, 100_000n));
  });

  it("holds after every step of random transfers with lost, repeated, reordered, failing and held deliveries and burns", async () => {
    const sequence = new Sequence(world, SEED);
    tally = sequence.tally;
    await sequence.check();
    for (let step = 0; step < STEPS; step++) {
      try {
        await sequence.step();
      } catch (error) {
        throw new Error(`Seed ${SEED}, step ${step}, after: ${sequence.trail.slice(-6).join("; ")}: ${String(error)}`);
      }
    }
    await sequence.settle();
    process.stdout.write(`      ${JSON.stringify(tally)}\n`);
  });

  it("was tried with every kind of step", () => {
    for (const kind of ["send", "deliver", "repeat", "fail", "burn", "narrow a limit", "release", "wait"]) {
      expect(tally[kind] ?? 0, kind).to.be.at.least(1);
    }
  });

  it("leaves nobody without what he is owed: after everything has arrived nothing is in flight and nothing is held", async () => {
    expect(world.relayer.inFlight.size).to.equal(0);
    for (const end of [world.home, ...Object.values(world.remotes)]) expect(await end.held()).to.equal(0n);
  });
});
