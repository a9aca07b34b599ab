import { World, WORLDS } from "./setup";

/** Runs the same tests on the test endpoint and on LayerZero's real programs, where they are at hand. */
export function onEachWorld(what: string, tests: (world: () => World) => void): void {
  for (const { name, programs, missing } of WORLDS) {
    describe(`Solana OFT on ${name}: ${what}`, function () {
      let world: World;
      before(async function () {
        if (missing) {
          console.log(`      skipped: ${missing}`);
          this.skip();
        }
        world = await World.start(programs);
      });
      tests(() => world);
    });
  }
}
