import { expect } from "chai";
import { addressOf } from "../../chains/ton/address";
import { TonEnd } from "../../localnet/bridge-ton";
import { EVM_USER, FUNDED, Kit, STUN, oftMessage } from "./kit";

/** What a bridge end must do with a promise that it refuses. */
async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return (error as Error).message;
  }
  return expect.fail("it was not refused");
}

describe("TON as an end of the bridge", () => {
  let kit: Kit;
  let end: TonEnd;

  beforeEach(async () => {
    kit = await Kit.funded();
    end = new TonEnd(kit.local);
  });

  const home = `0x${EVM_USER.toString(16).padStart(64, "0")}`;

  it("names users by their account hash, and counts in 9 decimals", async () => {
    const recipient = await end.recipient("alice");
    expect(addressOf(recipient).equals(await kit.sandbox.addressOf("alice"))).to.equal(true);
    expect(end.unit).to.equal(10n ** 9n);
    expect(await end.balance("alice")).to.equal(FUNDED);
    expect(await end.balance("nobody with a wallet")).to.equal(0n);
  });

  it("sends, burns and tells supply and what is held", async () => {
    await end.send("alice", 30_101, home, 10n * STUN);
    await end.burn("alice", 5n * STUN);
    expect(await end.supply()).to.equal(FUNDED - 15n * STUN);
    const [packet] = await end.chain.takePackets();
    expect(packet).to.include({ dstEid: 30_101, nonce: 1n });
    await kit.deliver(kit.packet(oftMessage(0n, 7_000_000n)));
    expect(await end.held()).to.equal(7n * STUN);
  });

  it("says in one sentence why a send or a burn is refused", async () => {
    expect(await refusal(end.send("alice", 30_184, home, STUN))).to.match(/destination is not the home chain.*1204/);
    expect(await refusal(end.send("alice", 30_101, home, FUNDED + 1_000n))).to.match(
      /wallet of alice .* exit code 1002/,
    );
    expect(await refusal(end.burn("alice", FUNDED + 1n))).to.match(/exit code 1002/);
  });

  it("refuses a packet that the DVNs did not attest to", async () => {
    const packet = kit.packet(oftMessage(1n, 1n));
    expect(await refusal(kit.chain.verify({ ...packet, guid: `0x${"11".repeat(32)}`, srcEid: 30_102 }))).to.match(
      /no path to endpoint 30102/,
    );
    expect(await kit.chain.execute(packet)).to.include({ delivered: false });
  });
});
