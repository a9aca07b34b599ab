import { expect } from "chai";
import { toBeHex } from "ethers";
import { hashOf } from "../../chains/ton/address";
import { encodePacket } from "../../localnet/packet";
import { HOME_EID } from "../../localnet/ton-token";
import { EVM_USER, Kit, PEER, STUN, guidOf, oftMessage } from "./kit";
import { bytes32Of } from "../../chains/ton/address";

describe("TON bridge, end to end through LayerZero's contracts", () => {
  let kit: Kit;

  before(async () => {
    kit = await Kit.fresh();
  });

  it("mints what home sends", async () => {
    const alice = hashOf(await kit.sandbox.addressOf("alice"));
    await kit.deliver(kit.packet(oftMessage(alice, 1_234_567_890n)));
    expect(await kit.balance("alice")).to.equal(1_234_567_890_000n);
    expect(await kit.token.totalSupply()).to.equal(1_234_567_890_000n);
  });

  it("sends a packet that is byte for byte what the EVM's codec writes", async () => {
    await kit.chain.takePackets();
    await kit.send({ from: "alice", amount: 1000n * STUN, to: EVM_USER });
    const [packet] = await kit.chain.takePackets();
    const sender = bytes32Of(kit.token.address);
    const receiver = toBeHex(PEER, 32);
    const expected = encodePacket({
      nonce: 1n,
      srcEid: kit.chain.eid,
      sender,
      dstEid: HOME_EID,
      receiver,
      guid: guidOf(1n, kit.chain.eid, sender, HOME_EID, receiver),
      message: oftMessage(EVM_USER, 1_000_000_000n),
    });
    expect(Buffer.from(packet!.bytes).toString("hex")).to.equal(Buffer.from(expected).toString("hex"));
    expect(await kit.balance("alice")).to.equal(234_567_890_000n);
    expect(await kit.token.ledger()).to.include({ sent: 1000n * STUN, pending: 0n });
  });
});
