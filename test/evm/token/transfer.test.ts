import { expect } from "chai";
import { ZeroAddress, type Wallet } from "ethers";
import {
  ARBITRUM,
  BASE,
  CAPACITY,
  ETHEREUM,
  SOLANA,
  SOLANA_PEER,
  STUN,
  TON,
  TON_PEER,
  UNIT,
  alice,
  bob,
  bridgeOut,
  deliver,
  freshBridge,
  identity,
  onePacket,
  pause,
  receiptOf,
  recipient,
  send,
  sendParam,
  sendUnquoted,
  setLimit,
  type Bridge,
} from "./fixture";

describe("Bridge: send", () => {
  let bridge: Bridge;
  let home: Wallet;
  let onBase: Wallet;

  beforeEach(async () => {
    bridge = await freshBridge();
    home = bridge.network.ethereum.signer("alice");
    onBase = bridge.network.base.signer("alice");
  });

  it("locks at home what it mints on the remote", async () => {
    await bridgeOut(bridge, "base", 1_000n * STUN, bob.address);
    expect(await bridge.base.balanceOf(bob.address)).to.equal(1_000n * STUN);
    expect(await bridge.token.balanceOf(bridge.adapter)).to.equal(1_000n * STUN);
    expect(await bridge.adapter.outstanding(BASE)).to.equal(1_000n * STUN);
    expect(await bridge.adapter.locked()).to.equal(1_000n * STUN);
    await identity(bridge);
  });

  it("burns on the remote what it releases at home", async () => {
    await bridgeOut(bridge, "base", 1_000n * STUN);
    await send(bridge.base, onBase, { dstEid: ETHEREUM, to: bob.address, amount: 400n * STUN });
    const packet = await onePacket(bridge.network.base);
    await identity(bridge, { base: 400n * STUN });
    await deliver(bridge.network.ethereum, packet);
    expect(await bridge.token.balanceOf(bob.address)).to.equal(400n * STUN);
    expect(await bridge.base.totalSupply()).to.equal(600n * STUN);
    expect(await bridge.adapter.outstanding(BASE)).to.equal(600n * STUN);
    await identity(bridge);
  });

  it("announces every change of what a remote has outstanding", async () => {
    await expect(send(bridge.adapter, home, { dstEid: BASE, to: bob.address, amount: 5n * STUN }))
      .to.emit(bridge.adapter, "OutstandingChanged")
      .withArgs(BASE, 5n * STUN);
  });

  it("writes LayerZero's OFT message: 32 bytes of recipient, 8 bytes of amount in shared decimals", async () => {
    const to = `0x${"ab".repeat(32)}`;
    for (const dstEid of [SOLANA, TON]) {
      await send(bridge.adapter, home, { dstEid, to, amount: 7n * STUN });
      const packet = await onePacket(bridge.network.ethereum);
      expect(Buffer.from(packet.message).toString("hex")).to.equal(
        `${to.slice(2)}${(7_000_000).toString(16).padStart(16, "0")}`,
      );
      expect(packet.dstEid).to.equal(dstEid);
      expect(await bridge.adapter.outstanding(dstEid)).to.equal(7n * STUN);
    }
    await identity(bridge);
  });

  it("leaves the dust below the shared decimals with the sender", async () => {
    const before = await bridge.token.balanceOf(alice.address);
    await bridgeOut(bridge, "base", 3n * STUN + UNIT - 1n);
    expect(before - (await bridge.token.balanceOf(alice.address))).to.equal(3n * STUN);
    expect(await bridge.base.balanceOf(alice.address)).to.equal(3n * STUN);
    await bridge.base.connect(onBase).transfer(bob.address, 1n);
    await send(bridge.base, onBase, { dstEid: ETHEREUM, to: bob.address, amount: 3n * STUN - 1n });
    expect(await bridge.base.balanceOf(alice.address)).to.equal(UNIT - 1n);
  });

  it("refuses an amount below one unit of the shared decimals", async () => {
    const refused = sendUnquoted(bridge.adapter, home, { dstEid: BASE, to: bob.address, amount: UNIT - 1n });
    await expect(refused)
      .to.be.revertedWithCustomError(bridge.adapter, "AmountBelowPrecision")
      .withArgs(UNIT - 1n, UNIT);
    const zero = sendUnquoted(bridge.adapter, home, { dstEid: BASE, to: bob.address, amount: 0n });
    await expect(zero).to.be.revertedWithCustomError(bridge.adapter, "AmountBelowPrecision").withArgs(0n, UNIT);
  });

  it("refuses when the amount without dust is below the sender's minimum", async () => {
    const amount = 2n * STUN + 5n;
    const refused = sendUnquoted(bridge.adapter, home, { dstEid: BASE, to: bob.address, amount, minAmount: amount });
    await expect(refused)
      .to.be.revertedWithCustomError(bridge.adapter, "SlippageExceeded")
      .withArgs(2n * STUN, amount);
    expect(await bridge.token.balanceOf(bridge.adapter)).to.equal(0n);
  });

  it("refuses a zero recipient on every path, in the quote already", async () => {
    for (const dstEid of [BASE, ARBITRUM, SOLANA, TON]) {
      const to = `0x${"00".repeat(32)}`;
      const quoted = bridge.adapter.quoteSend(sendParam({ dstEid, to, amount: STUN }), false);
      await expect(quoted).to.be.revertedWithCustomError(bridge.adapter, "InvalidRecipient").withArgs(dstEid, to);
      const sent = sendUnquoted(bridge.adapter, home, { dstEid, to, amount: STUN });
      await expect(sent).to.be.revertedWithCustomError(bridge.adapter, "InvalidRecipient").withArgs(dstEid, to);
    }
    expect(await bridge.token.balanceOf(bridge.adapter)).to.equal(0n);
  });

  it("refuses a recipient with more than 20 bytes on an EVM chain, and takes it on Solana and TON", async () => {
    const to = `0x01${"00".repeat(11)}${bob.address.slice(2)}`;
    await bridgeOut(bridge, "base", STUN);
    for (const [oft, from, dstEid] of [
      [bridge.adapter, home, BASE],
      [bridge.base, onBase, ETHEREUM],
    ] as const) {
      await expect(sendUnquoted(oft, from, { dstEid, to, amount: STUN }))
        .to.be.revertedWithCustomError(oft, "InvalidRecipient")
        .withArgs(dstEid, to.toLowerCase());
    }
    for (const dstEid of [SOLANA, TON]) await send(bridge.adapter, home, { dstEid, to, amount: STUN });
  });

  it("refuses the other end of the path as a recipient", async () => {
    for (const [dstEid, to] of [
      [BASE, recipient(await bridge.base.getAddress())],
      [SOLANA, SOLANA_PEER],
      [TON, TON_PEER],
    ] as const) {
      await expect(sendUnquoted(bridge.adapter, home, { dstEid, to, amount: STUN }))
        .to.be.revertedWithCustomError(bridge.adapter, "InvalidRecipient")
        .withArgs(dstEid, to);
    }
  });

  it("refuses a compose message to Solana and TON, and takes one to an EVM chain", async () => {
    for (const dstEid of [SOLANA, TON]) {
      await expect(sendUnquoted(bridge.adapter, home, { dstEid, to: bob.address, amount: STUN, compose: "0x01" }))
        .to.be.revertedWithCustomError(bridge.adapter, "ComposeNotSupported")
        .withArgs(dstEid);
    }
    await send(bridge.adapter, home, { dstEid: BASE, to: bob.address, amount: STUN, compose: "0x01" });
    await deliver(bridge.network.base, await onePacket(bridge.network.ethereum));
    const [compose] = await bridge.network.base.takeComposes();
    expect(compose!.to).to.equal(bob.address);
    expect(await bridge.base.balanceOf(bob.address)).to.equal(STUN);
  });

  it("refuses a path without enforced options, on which a message might not be deliverable", async () => {
    const owner = bridge.network.ethereum.signer("timelock");
    await bridge.adapter.connect(owner).setPeer(31_000, TON_PEER);
    await setLimit(bridge.network.ethereum, bridge.adapter, 31_000, false, STUN);
    const order = { dstEid: 31_000, to: bob.address, amount: STUN };
    for (const [compose, msgType] of [
      ["0x", 1],
      ["0x01", 2],
    ] as const) {
      await expect(sendUnquoted(bridge.adapter, home, { ...order, compose }))
        .to.be.revertedWithCustomError(bridge.adapter, "NoEnforcedOptions")
        .withArgs(31_000, msgType);
    }
  });

  it("refuses a destination that has no peer", async () => {
    const owner = bridge.network.ethereum.signer("timelock");
    await bridge.adapter.connect(owner).setPeer(BASE, `0x${"00".repeat(32)}`);
    await expect(sendUnquoted(bridge.adapter, home, { dstEid: BASE, to: bob.address, amount: STUN }))
      .to.be.revertedWithCustomError(bridge.adapter, "NoPeer")
      .withArgs(BASE);
  });

  it("refuses remote to remote: a remote knows no chain but home", async () => {
    await bridgeOut(bridge, "base", STUN);
    const refused = sendUnquoted(bridge.base, onBase, { dstEid: ARBITRUM, to: bob.address, amount: STUN });
    await expect(refused).to.be.reverted;
    expect(await bridge.base.balanceOf(alice.address)).to.equal(STUN);
  });

  it("returns the unused part of the fee to whom the sender names", async () => {
    const [quoted] = await bridge.adapter.quoteSend(sendParam({ dstEid: BASE, to: bob.address, amount: STUN }), false);
    const { provider } = bridge.network.ethereum;
    const before = await provider.getBalance(bob.address);
    const fee = await provider.getBalance(alice.address);
    const receipt = await receiptOf(
      send(bridge.adapter, home, { dstEid: BASE, to: bob.address, amount: STUN, overpay: STUN, refund: bob.address }),
    );
    expect((await provider.getBalance(bob.address)) - before).to.equal(STUN);
    const spent = fee - (await provider.getBalance(alice.address));
    expect(spent - receipt.gasUsed * receipt.gasPrice).to.equal(quoted + STUN);
  });

  it("refuses a zero refund address, which would burn the unused fee", async () => {
    const refused = send(bridge.adapter, home, { dstEid: BASE, to: bob.address, amount: STUN, refund: ZeroAddress });
    await expect(refused).to.be.revertedWithCustomError(bridge.adapter, "InvalidRefundAddress");
  });

  it("refuses a fee below the quote and a value that is not the fee, and keeps the tokens with the sender", async () => {
    const p = sendParam({ dstEid: BASE, to: bob.address, amount: STUN });
    const [quoted] = await bridge.adapter.quoteSend(p, false);
    const fee = { nativeFee: quoted - 1n, lzTokenFee: 0n };
    const low = bridge.adapter.connect(home).send(p, fee, alice.address, { value: quoted - 1n });
    await expect(low).to.be.revertedWithCustomError(bridge.network.ethereum.endpoint, "LZ_InsufficientFee");
    const other = bridge.adapter.connect(home).send(p, fee, alice.address, { value: quoted });
    await expect(other).to.be.revertedWithCustomError(bridge.adapter, "NotEnoughNative").withArgs(quoted);
    expect(await bridge.token.balanceOf(bridge.adapter)).to.equal(0n);
    expect(await bridge.adapter.locked()).to.equal(0n);
  });

  it("refuses more than the sender has, on both kinds of chain", async () => {
    const poor = bridge.network.ethereum.signer("mallory");
    await expect(
      sendUnquoted(bridge.adapter, poor, { dstEid: BASE, to: bob.address, amount: STUN }),
    ).to.be.revertedWithCustomError(bridge.token, "ERC20InsufficientAllowance");
    await expect(
      sendUnquoted(bridge.base, onBase, { dstEid: ETHEREUM, to: bob.address, amount: STUN }),
    ).to.be.revertedWithCustomError(bridge.base, "ERC20InsufficientBalance");
  });

  it("quotes what can be sent at the moment: the limit without dust, nothing while paused", async () => {
    const p = sendParam({ dstEid: BASE, to: bob.address, amount: 9n * STUN + 3n });
    const [limit, details, receipt] = await bridge.adapter.quoteOFT(p);
    expect([limit.minAmountLD, limit.maxAmountLD]).to.deep.equal([UNIT, CAPACITY]);
    expect(details.length).to.equal(0);
    expect([receipt.amountSentLD, receipt.amountReceivedLD]).to.deep.equal([9n * STUN, 9n * STUN]);
    await pause(bridge.network.ethereum, bridge.adapter);
    expect((await bridge.adapter.quoteOFT(p))[0].maxAmountLD).to.equal(0n);
  });

  it("says that the home end needs an approval and the remote end none", async () => {
    expect(await bridge.adapter.approvalRequired()).to.equal(true);
    expect(await bridge.base.approvalRequired()).to.equal(false);
    expect(await bridge.adapter.token()).to.equal(await bridge.token.getAddress());
    expect(await bridge.base.token()).to.equal(await bridge.base.getAddress());
  });
});
