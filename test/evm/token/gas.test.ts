import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { encodeForward } from "../../../chains/evm/forwarder";
import { executorOptions } from "../../../localnet/evm-layerzero";
import { localWallet } from "../../../localnet/keys";
import { compareSnapshot } from "../../snapshot";
import {
  ARBITRUM,
  BASE,
  DAY,
  ETHEREUM,
  STUN,
  TON,
  alice,
  bob,
  bridgeOut,
  deliver,
  freshBridge,
  onePacket,
  pause,
  receiptOf,
  recipient,
  send,
  sendParam,
} from "./fixture";

const NETWORKS = resolve(__dirname, "..", "..", "..", "networks");

interface Leg {
  receiveGas: number;
  composeGas: number;
}

describe("Bridge: cost", () => {
  it("of whole transactions is what the snapshot says (`npm run snapshots` takes new numbers)", async () => {
    const bridge = await freshBridge();
    const { ethereum, base } = bridge.network;
    const gas: Record<string, number> = {};
    const measure = async (name: string, sent: Parameters<typeof receiptOf>[0]): Promise<void> => {
      gas[name] = Number((await receiptOf(sent)).gasUsed);
    };
    const home = ethereum.signer("alice");
    const onBase = base.signer("alice");
    const out = { dstEid: BASE, to: alice.address, amount: 100n * STUN };
    const back = { dstEid: ETHEREUM, to: alice.address, amount: STUN };
    await measure("send from home, first on the path", send(bridge.adapter, home, out));
    const first = await onePacket(ethereum);
    await base.verify(first);
    const receive = (packet: typeof first): Promise<number> =>
      base.layerZero
        .execute("execute302", [
          {
            receiver: `0x${packet.receiver.slice(26)}`,
            origin: { srcEid: packet.srcEid, sender: packet.sender, nonce: packet.nonce },
            guid: packet.guid,
            message: packet.message,
            extraData: "0x",
            gasLimit: 200_000n,
          },
        ])
        .then((receipt) => Number(receipt.gasUsed));
    gas["delivery, first holder"] = await receive(first);
    await measure("send from home, later", send(bridge.adapter, home, out));
    const second = await onePacket(ethereum);
    await base.verify(second);
    gas["delivery, later"] = await receive(second);
    await measure("send to TON", send(bridge.adapter, home, { ...out, dstEid: TON, to: `0x${"ab".repeat(32)}` }));
    await onePacket(ethereum);
    await measure("send from a remote", send(bridge.base, onBase, back));
    await deliver(ethereum, await onePacket(base));
    await pause(base, bridge.base, 600n);
    const { guid } = await bridgeOut(bridge, "base", STUN, bob.address);
    await base.advance(600n);
    await measure("release of a held credit", bridge.base.release(guid, MaxUint256, "0x"));

    const [fee] = await bridge.adapter.quoteSend(sendParam({ ...out, dstEid: ARBITRUM }), false);
    const order = {
      dstEid: ARBITRUM,
      to: recipient(bob.address),
      nativeFee: fee,
      deadline: (await ethereum.now()) + DAY,
    };
    await send(bridge.base, onBase, {
      ...back,
      to: await bridge.forwarder.getAddress(),
      compose: encodeForward({ ...order, claimant: localWallet("carol").address }),
      extraOptions: executorOptions({ kind: "compose", gas: 900_000n, value: fee }),
    });
    await deliver(ethereum, await onePacket(base));
    const [compose] = await ethereum.takeComposes();
    const { from, to, message, index } = compose!;
    const args = [from, to, compose!.guid, index, message, "0x", 900_000n];
    gas["forward by the executor"] = Number((await ethereum.layerZero.execute("compose302", args, fee)).gasUsed);
    await onePacket(ethereum);

    // The forwarder gives its second leg this much at least; the leg itself must fit with room to spare.
    const enough = Number(await bridge.forwarder.FORWARD_GAS());
    expect(gas["forward by the executor"]! * 1.2).to.be.below(enough);
    expect(compareSnapshot("evm", "token-gas", gas)).to.deep.equal([]);
  });

  it("of a delivery fits the gas that each network file gives it: credited, held, or held with a compose", async () => {
    const bridge = await freshBridge();
    const { ethereum, base } = bridge.network;
    const home = ethereum.signer("alice");
    await send(bridge.adapter, home, { dstEid: BASE, to: alice.address, amount: 3n * STUN });
    await deliver(base, await onePacket(ethereum));
    await pause(ethereum, bridge.adapter);
    const onBase = base.signer("alice");
    const compose = encodeForward({ dstEid: ARBITRUM, to: recipient(bob.address), nativeFee: 1n, deadline: 1n });
    const to = await bridge.forwarder.getAddress();
    await send(bridge.base, onBase, { dstEid: ETHEREUM, to, amount: STUN, compose });
    const packet = await onePacket(base);
    await ethereum.verify(packet);
    // The dearest delivery: every slot of a held credit is fresh. A failing one stays executable.
    let needed = 40_000n;
    while (!(await ethereum.execute(packet, { gas: needed })).delivered) needed += 5_000n;

    const forward = (await bridge.forwarder.FORWARD_GAS()) + 150_000n;
    for (const file of readdirSync(NETWORKS).filter((name) => name.endsWith(".json") && name !== "schema.json")) {
      const { chains, bridge: declared } = JSON.parse(readFileSync(join(NETWORKS, file), "utf8")) as {
        chains: Record<string, { vm: string }>;
        bridge: { paths: { remote: string; toRemote: Leg; toHome: Leg }[] };
      };
      for (const path of declared.paths) {
        const name = `${file}, ${path.remote}`;
        expect(path.toHome.receiveGas, name).to.be.at.least(Number(needed));
        if (chains[path.remote]!.vm === "evm") expect(path.toRemote.receiveGas, name).to.be.at.least(Number(needed));
        expect(path.toHome.composeGas, name).to.be.at.least(Number(forward));
      }
    }
  });
});
