import { expect } from "chai";
import { ZeroAddress, type Wallet } from "ethers";
import { encodeForward, type ForwardInstruction } from "../../../chains/evm/forwarder";
import type { Compose } from "../../../localnet/evm";
import { executorOptions } from "../../../localnet/evm-layerzero";
import type { Packet } from "../../../localnet/types";
import {
  ARBITRUM,
  BASE,
  CAPACITY,
  COMPOSE_GAS,
  DAY,
  ETHEREUM,
  SOLANA,
  STUN,
  TON,
  alice,
  bob,
  bridgeOut,
  deliver,
  freshBridge,
  heldCompose,
  identity,
  onePacket,
  pause,
  recipient,
  send,
  sendParam,
  setLimit,
  type Bridge,
} from "./fixture";
import { localWallet } from "../../../localnet/keys";

const carol = localWallet("carol");

describe("Bridge: remote to remote through the forwarder at home", () => {
  let bridge: Bridge;
  let onBase: Wallet;
  let fee: bigint;
  let deadline: bigint;

  beforeEach(async () => {
    bridge = await freshBridge();
    onBase = bridge.network.base.signer("alice");
    await bridgeOut(bridge, "base", 1_000n * STUN);
    fee = (await bridge.adapter.quoteSend(sendParam({ dstEid: ARBITRUM, to: bob.address, amount: STUN }), false))[0];
    deadline = (await bridge.network.ethereum.now()) + DAY;
  });

  const order = (change: Partial<ForwardInstruction> = {}): ForwardInstruction => ({
    dstEid: ARBITRUM,
    to: recipient(bob.address),
    nativeFee: fee,
    deadline,
    claimant: carol.address,
    ...change,
  });

  /** Alice sends from Base to the forwarder, and the first leg is delivered. */
  async function firstLeg(
    amount: bigint,
    message: string,
    value = fee,
  ): Promise<{ packet: Packet; compose?: Compose }> {
    const { base, ethereum } = bridge.network;
    await send(bridge.base, onBase, {
      dstEid: ETHEREUM,
      to: await bridge.forwarder.getAddress(),
      amount,
      compose: message,
      extraOptions: executorOptions({ kind: "compose", gas: COMPOSE_GAS, value }),
    });
    const packet = await onePacket(base);
    await deliver(ethereum, packet);
    const [compose] = await ethereum.takeComposes();
    return compose ? { packet, compose } : { packet };
  }

  async function forwarded(amount: bigint, change: Partial<ForwardInstruction> = {}, value = fee): Promise<Compose> {
    const { compose } = await firstLeg(amount, encodeForward(order(change)), value);
    return compose!;
  }

  const run = (compose: Compose, gas = COMPOSE_GAS, value = fee): ReturnType<typeof bridge.network.ethereum.compose> =>
    bridge.network.ethereum.compose(compose, gas, value);

  const waitingOf = async (account: string): Promise<[bigint, bigint]> => {
    const [tokens, native] = await bridge.forwarder.waiting(await bridge.forwarder.claimantKey(account));
    return [tokens, native];
  };

  const waitingOfSender = async (): Promise<[bigint, bigint]> => {
    const key = await bridge.forwarder.senderKey(BASE, recipient(alice.address));
    const [tokens, native] = await bridge.forwarder.waiting(key);
    return [tokens, native];
  };

  it("is one action of the user: the second leg starts by itself and pays for itself", async () => {
    const compose = await forwarded(100n * STUN);
    expect(await run(compose)).to.deep.equal({ delivered: true });
    const packet = await onePacket(bridge.network.ethereum);
    expect(packet.dstEid).to.equal(ARBITRUM);
    await identity(bridge, { arbitrum: 100n * STUN });
    await deliver(bridge.network.arbitrum, packet);
    expect(await bridge.arbitrum.balanceOf(bob.address)).to.equal(100n * STUN);
    expect(await bridge.adapter.outstanding(BASE)).to.equal(900n * STUN);
    expect(await bridge.adapter.outstanding(ARBITRUM)).to.equal(100n * STUN);
    expect(await waitingOf(carol.address)).to.deep.equal([0n, 0n]);
    await identity(bridge);
  });

  it("reaches Solana and TON, with 32 bytes of recipient", async () => {
    for (const dstEid of [SOLANA, TON]) {
      const to = `0x${"cd".repeat(32)}`;
      const [nativeFee] = await bridge.adapter.quoteSend(sendParam({ dstEid, to, amount: STUN }), false);
      expect(
        await run(await forwarded(STUN, { dstEid, to, nativeFee }, nativeFee), COMPOSE_GAS, nativeFee),
      ).to.deep.equal({
        delivered: true,
      });
      expect((await onePacket(bridge.network.ethereum)).dstEid).to.equal(dstEid);
    }
  });

  it("keeps what was attached beyond the fee for the claimant", async () => {
    const compose = await forwarded(STUN, {}, fee + 7n);
    await run(compose, COMPOSE_GAS, fee + 7n);
    expect(await waitingOf(carol.address)).to.deep.equal([0n, 7n]);
    const { ethereum } = bridge.network;
    const to = `0x${"77".repeat(20)}`;
    await (await bridge.forwarder.connect(ethereum.signer("carol")).claim(to)).wait();
    expect(await ethereum.provider.getBalance(to), "money alone, no tokens").to.equal(7n);
    expect(await waitingOf(carol.address)).to.deep.equal([0n, 0n]);
  });

  it("with too little attached waits for somebody to attach it, and anyone may", async () => {
    const compose = await forwarded(STUN);
    const unpaid = await run(compose, COMPOSE_GAS, fee - 1n);
    expect(unpaid.delivered).to.equal(false);
    expect("reason" in unpaid && unpaid.reason).to.contain("Underpaid");
    expect(await bridge.token.balanceOf(bridge.forwarder)).to.equal(STUN);
    expect(await run(compose)).to.deep.equal({ delivered: true });
  });

  it("with too little attached is given up by the claimant at once, who then holds the tokens at home", async () => {
    const { ethereum } = bridge.network;
    const { from, to, guid, index, message } = await forwarded(STUN);
    const call = (role: string): Promise<unknown> =>
      (ethereum.endpoint.connect(ethereum.signer(role)) as typeof ethereum.endpoint).getFunction("lzCompose")(
        from,
        to,
        guid,
        index,
        message,
        "0x",
      ) as Promise<unknown>;
    await expect(call("mallory")).to.be.revertedWithCustomError(bridge.forwarder, "Underpaid");
    await call("carol");
    expect(await waitingOf(carol.address)).to.deep.equal([STUN, 0n]);
    await bridge.forwarder.connect(ethereum.signer("carol")).claim(carol.address);
    expect(await bridge.token.balanceOf(carol.address)).to.equal(STUN);
    await identity(bridge);
  });

  it("with too little attached is given up by anyone after its deadline", async () => {
    const compose = await forwarded(STUN);
    await bridge.network.ethereum.advance(DAY);
    expect(await run(compose, COMPOSE_GAS, 3n)).to.deep.equal({ delivered: true });
    expect(await waitingOf(carol.address)).to.deep.equal([STUN, 3n]);
  });

  it("that names less than the fee costs waits at home with the money attached", async () => {
    const compose = await forwarded(STUN, { nativeFee: 5n }, 5n);
    expect(await run(compose, COMPOSE_GAS, 5n)).to.deep.equal({ delivered: true });
    const [event] = await bridge.forwarder.queryFilter(bridge.forwarder.filters.Waits(compose.guid));
    const error = bridge.forwarder.interface.parseError(event!.args.reason)!;
    expect([error.name, ...error.args]).to.deep.equal(["FeeAboveBudget", fee, 5n]);
    expect(await waitingOf(carol.address)).to.deep.equal([STUN, 5n]);
  });

  for (const [what, spoil] of [
    ["the bridge is paused", () => pause(bridge.network.ethereum, bridge.adapter)],
    [
      "the limit of the second path is used up",
      () => setLimit(bridge.network.ethereum, bridge.adapter, ARBITRUM, false, 0n),
    ],
    [
      "the second path has no peer",
      () =>
        bridge.adapter
          .connect(bridge.network.ethereum.signer("timelock"))
          .setPeer(ARBITRUM, `0x${"00".repeat(32)}`)
          .then(() => undefined),
    ],
  ] as [string, () => Promise<void>][]) {
    it(`waits at home for its claimant when ${what}`, async () => {
      const compose = await forwarded(STUN);
      await spoil();
      expect(await run(compose)).to.deep.equal({ delivered: true });
      expect(await waitingOf(carol.address)).to.deep.equal([STUN, fee]);
      const before = await bridge.network.ethereum.provider.getBalance(bob.address);
      await expect(bridge.forwarder.connect(bridge.network.ethereum.signer("carol")).claim(bob.address))
        .to.emit(bridge.forwarder, "Claimed")
        .withArgs(await bridge.forwarder.claimantKey(carol.address), bob.address, STUN, fee);
      expect(await bridge.token.balanceOf(bob.address)).to.equal(STUN);
      expect((await bridge.network.ethereum.provider.getBalance(bob.address)) - before).to.equal(fee);
      await identity(bridge);
    });
  }

  it("waits at home when its recipient or destination is impossible", async () => {
    for (const change of [
      { to: `0x${"00".repeat(32)}` },
      { to: `0x01${"00".repeat(31)}` },
      { to: recipient(await bridge.arbitrum.getAddress()) },
      { dstEid: 99 },
      { dstEid: ETHEREUM },
    ]) {
      const [before] = await waitingOf(carol.address);
      expect(await run(await forwarded(STUN, change))).to.deep.equal({ delivered: true });
      expect((await waitingOf(carol.address))[0] - before).to.equal(STUN);
    }
    await identity(bridge);
  });

  it("with an unreadable instruction waits for its sender on the source chain", async () => {
    const words = encodeForward(order());
    const dirty = `0x${"ff".repeat(4)}${words.slice(10)}`;
    const flag = `${words.slice(0, -1)}2`;
    const claimant = words.slice(0, 2 + 64 * 4) + "01" + words.slice(2 + 64 * 4 + 2);
    let sum = 0n;
    for (const message of ["0x01", `${words}00`, words.slice(0, -2), dirty, flag, claimant]) {
      const { compose } = await firstLeg(STUN, message);
      expect(await run(compose!)).to.deep.equal({ delivered: true });
      sum += STUN;
      expect((await waitingOfSender())[0]).to.equal(sum);
    }
    expect((await waitingOfSender())[1]).to.equal(6n * fee);
  });

  it("without a claimant waits for its sender, who reaches it by another message that collects", async () => {
    await setLimit(bridge.network.ethereum, bridge.adapter, ARBITRUM, false, 0n);
    await run(await forwarded(10n * STUN, { claimant: ZeroAddress }));
    expect(await waitingOfSender()).to.deep.equal([10n * STUN, fee]);
    await setLimit(bridge.network.ethereum, bridge.adapter, ARBITRUM, false, CAPACITY);
    // The fee that waits pays for the second try: nothing needs to be attached.
    const again = await forwarded(STUN, { claimant: ZeroAddress, collect: true, nativeFee: 0n }, 0n);
    expect(await run(again, COMPOSE_GAS, 0n)).to.deep.equal({ delivered: true });
    await deliver(bridge.network.arbitrum, await onePacket(bridge.network.ethereum));
    expect(await bridge.arbitrum.balanceOf(bob.address)).to.equal(11n * STUN);
    expect(await waitingOfSender()).to.deep.equal([0n, 0n]);
    await identity(bridge);
  });

  it("collects by a new message for a claimant that the first one forgot, even when the onward leg fails again", async () => {
    await setLimit(bridge.network.ethereum, bridge.adapter, ARBITRUM, false, 0n);
    await run(await forwarded(10n * STUN, { claimant: ZeroAddress }));
    await run(await forwarded(STUN, { collect: true }));
    expect(await waitingOf(carol.address)).to.deep.equal([11n * STUN, 2n * fee]);
    expect(await waitingOfSender()).to.deep.equal([0n, 0n]);
  });

  it("collects nothing that waits for another sender or for a claimant", async () => {
    await setLimit(bridge.network.ethereum, bridge.adapter, ARBITRUM, false, 0n);
    await run(await forwarded(10n * STUN, { claimant: ZeroAddress }));
    await run(await forwarded(20n * STUN));
    await bridge.base.connect(onBase).transfer(localWallet("mallory").address, STUN);
    onBase = bridge.network.base.signer("mallory");
    await run(await forwarded(STUN, { collect: true, claimant: localWallet("mallory").address }));
    expect((await waitingOf(localWallet("mallory").address))[0]).to.equal(STUN);
    expect((await waitingOfSender())[0]).to.equal(10n * STUN);
    expect((await waitingOf(carol.address))[0]).to.equal(20n * STUN);
  });

  it("never takes an address of the source chain for one at home", async () => {
    await setLimit(bridge.network.ethereum, bridge.adapter, ARBITRUM, false, 0n);
    await run(await forwarded(STUN, { claimant: ZeroAddress }));
    await expect(bridge.forwarder.connect(bridge.network.ethereum.signer("alice")).claim(alice.address))
      .to.be.revertedWithCustomError(bridge.forwarder, "NothingWaiting")
      .withArgs(alice.address);
  });

  it("pays a claim once, to nobody but the claimant's choice, and keeps it when the recipient refuses it", async () => {
    const { ethereum } = bridge.network;
    await run(await forwarded(STUN, { dstEid: 99 }));
    const asCarol = bridge.forwarder.connect(ethereum.signer("carol"));
    await expect(asCarol.claim(ZeroAddress)).to.be.revertedWithCustomError(bridge.forwarder, "ClaimFailed");
    await expect(asCarol.claim(bridge.token)).to.be.revertedWithCustomError(bridge.forwarder, "ClaimFailed");
    expect(await waitingOf(carol.address)).to.deep.equal([STUN, fee]);
    await asCarol.claim(carol.address);
    await expect(asCarol.claim(carol.address)).to.be.revertedWithCustomError(bridge.forwarder, "NothingWaiting");
  });

  it("with too little gas reverts and is repeated with more: nobody can make it fail by starving it", async () => {
    const compose = await forwarded(STUN);
    const starved = await run(compose, 300_000n);
    expect("reason" in starved && starved.reason).to.contain("TooLittleGas");
    expect(await run(compose)).to.deep.equal({ delivered: true });
  });

  it("takes messages from the endpoint and of the adapter alone", async () => {
    const { ethereum } = bridge.network;
    const { from, guid, message } = await forwarded(STUN);
    for (const role of ["alice", "timelock", "executor"]) {
      const as = bridge.forwarder.connect(ethereum.signer(role));
      await expect(as.lzCompose(from, guid, message, alice.address, "0x")).to.be.revertedWithCustomError(
        bridge.forwarder,
        "OnlyEndpoint",
      );
      await expect(as.sendOn(ARBITRUM, recipient(bob.address), STUN, fee)).to.be.revertedWithCustomError(
        bridge.forwarder,
        "OnlySelf",
      );
    }
    const endpoint = ethereum.endpoint.connect(ethereum.signer("mallory")) as typeof ethereum.endpoint;
    const to = await bridge.forwarder.getAddress();
    await endpoint.getFunction("sendCompose")(to, guid, 0, message);
    await expect(
      endpoint.getFunction("lzCompose")(localWallet("mallory").address, to, guid, 0, message, "0x"),
    ).to.be.revertedWithCustomError(bridge.forwarder, "OnlyAdapter");
  });

  it("is sent on once: a compose cannot be repeated", async () => {
    const compose = await forwarded(STUN);
    await run(compose);
    expect((await run(compose)).delivered).to.equal(false);
    expect(await bridge.token.balanceOf(bridge.forwarder)).to.equal(0n);
  });

  it("that is held on its way waits at the adapter and is sent on when it is released, in parts if need be", async () => {
    const { ethereum } = bridge.network;
    await setLimit(ethereum, bridge.adapter, BASE, true, 60n * STUN);
    const { packet, compose } = await firstLeg(100n * STUN, encodeForward(order()));
    expect(compose).to.equal(undefined);
    const data = await heldCompose(bridge.adapter, packet.guid);
    await bridge.adapter.release(packet.guid, 2n ** 255n, data);
    await ethereum.advance(DAY);
    deadline = await ethereum.now();
    await bridge.adapter.release(packet.guid, 2n ** 255n, data);
    const parts = await ethereum.takeComposes();
    expect(parts.length).to.equal(2);
    for (const part of parts) expect(await run(part)).to.deep.equal({ delivered: true });
    for (const onward of await ethereum.takePackets()) await deliver(bridge.network.arbitrum, onward);
    expect(await bridge.arbitrum.balanceOf(bob.address)).to.equal(100n * STUN);
    await identity(bridge);
  });
});
