// The same tests on this repository's test endpoint and on LayerZero's real programs, where they are at hand.
import { expect } from "chai";
import { hexlify } from "ethers";
import { oftEvents } from "../../../chains/solana/oft";
import { solanaKey } from "../../../localnet/solana";
import { HOME_EID, HOME_PEER, STUN, WORLDS, World, evmAddress } from "./setup";

for (const { name, programs, missing } of WORLDS) {
  describe(`Solana OFT on ${name}: transfers`, function () {
    const alice = solanaKey("alice").publicKey;
    let world: World;

    before(async function () {
      if (missing) {
        console.log(`      skipped: ${missing}`);
        this.skip();
      }
      world = await World.start(programs);
    });

    it("mints what the home adapter locked, to the recipient's associated account", async function () {
      const outcome = await world.give(alice, 5n * STUN);
      expect(await world.client.balance(alice)).to.equal(5n * STUN);
      expect(await world.client.supply()).to.equal(5n * STUN);
      const [received] = oftEvents(world.oft, outcome, "OFTReceived");
      expect(received?.to.equals(alice)).to.equal(true);
      expect(received?.amount).to.equal(5n * STUN);
    });

    it("burns what is sent and leaves what the shared decimals cannot carry with the sender", async function () {
      const to = evmAddress("alice at home");
      const transfer = { dstEid: HOME_EID, to, amount: 3n * STUN + 777n, minAmount: 3n * STUN };
      const { outcome, receipt } = await world.as("alice").send(transfer, { tables: [world.table] });
      expect(await world.client.balance(alice)).to.equal(2n * STUN);
      expect(await world.client.supply()).to.equal(2n * STUN);
      expect(receipt.sent).to.equal(3n * STUN);
      expect(receipt.received).to.equal(3n * STUN);
      expect(outcome.returned?.data.length).to.equal(72);
      const [packet] = await world.chain.takePackets();
      expect(packet?.receiver).to.equal(hexlify(HOME_PEER));
      expect(packet?.guid).to.equal(hexlify(receipt.guid));
      const amount = Buffer.from("00000000002dc6c0", "hex");
      expect(hexlify(packet!.message)).to.equal(hexlify(Buffer.concat([to, amount])));
    });
  });
}
