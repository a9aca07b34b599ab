import { expect } from "chai";
import { getBytes } from "ethers";
import type { Outcome } from "../../../chains/solana/client";
import { releaseHeld, setPeerConfig } from "../../../chains/solana/oft";
import { solanaKey } from "../../../localnet/solana";
import { compareSnapshot } from "../../snapshot";
import { evmAddress, HOME_EID, LIMIT, STUN, World } from "./setup";

/** Compute units of the OFT program's own part of a transaction, with what it calls. */
function unitsOf(world: World, outcome: Outcome): number {
  const line = new RegExp(`^Program ${world.oft.program.toBase58()} consumed (\\d+) of `);
  const found = outcome.logs.flatMap((log) => line.exec(log)?.[1] ?? []);
  return Math.max(...found.map(Number));
}

describe("OFT program: cost", () => {
  it("in compute units is what is committed (else run `npm run snapshots` and look at the diff)", async () => {
    const world = await World.start("test");
    const { client, oft, admin } = world;
    const alice = solanaKey("alice").publicKey;
    const units: Record<string, number> = {};
    const send = async (): Promise<number> => {
      const transfer = { dstEid: HOME_EID, to: evmAddress("alice at home"), amount: STUN, minAmount: 0n };
      return unitsOf(world, (await world.as("alice").send(transfer, { tables: [world.table] })).outcome);
    };
    units["delivery, first holder"] = unitsOf(world, await world.give(alice, 50n * STUN));
    units["delivery, later"] = unitsOf(world, await world.give(alice, 50n * STUN));
    await send();
    units["send"] = await send();
    const limit = async (capacity: bigint): Promise<void> => {
      const inbound = { ...LIMIT, capacity };
      await client.client.send("set a limit", [setPeerConfig(oft, admin.publicKey, HOME_EID, { inbound })]);
    };
    await limit(0n);
    const packet = await world.verified(alice, STUN);
    units["delivery, held"] = unitsOf(world, await world.deliver(packet));
    await limit(LIMIT.capacity);
    const entry = (await client.held(getBytes(packet.guid)))!;
    const release = releaseHeld(oft, client.client.payer.publicKey, entry, STUN);
    units["release of a held credit"] = unitsOf(world, await client.client.send("release", [release]));
    expect(compareSnapshot("solana", "oft-compute", units)).to.deep.equal([]);
  });
});
