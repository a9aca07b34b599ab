import { type Address, type Cell, beginCell } from "@ton/core";
import { expect } from "chai";
import { toBeHex } from "ethers";
import { bytes32Of, bytesToCell, hashOf } from "../../chains/ton/address";
import { ERROR } from "../../chains/ton/errors";
import { EVENT, OP, messages, sendParams } from "../../chains/ton/messages";
import { encodePacket } from "../../localnet/packet";
import { NULL, build, opcode } from "../../localnet/ton-classlib";
import { NO_SEND_CONFIG, lzBody } from "../../localnet/ton-layerzero-paths";
import { HOME_EID, quoteSend } from "../../localnet/ton-token";
import type { Trace } from "../../localnet/ton-sandbox";
import { EVM_USER, FUNDED, Kit, PEER, STUN, TON, exitAt, guidOf, oftMessage } from "./kit";

describe("TON OFT: sending", () => {
  let kit: Kit;
  let alice: Address;
  let fee: bigint;

  beforeEach(async () => {
    kit = await Kit.funded();
    alice = await kit.sandbox.addressOf("alice");
    fee = kit.fee;
  });

  /** The code of the refusal or of the return that a trace shows. */
  const codeOf = (trace: Trace, event: number): number | undefined => {
    const slice = trace.event(event)?.body.beginParse();
    if (!slice) return undefined;
    slice.skip(96).loadAddress();
    slice.loadCoins();
    return slice.loadUint(16);
  };

  /** Everything is as if the send had not been asked for. */
  const expectUntouched = async (trace: Trace): Promise<void> => {
    expect(await kit.balance("alice")).to.equal(FUNDED);
    expect(await kit.token.totalSupply()).to.equal(FUNDED);
    expect(await kit.chain.takePackets()).to.eql([]);
    expect(await kit.token.ledger()).to.include({ pending: 0n, sent: 0n, held: 0n });
    expect((await kit.token.limit("out")).used).to.equal(0n);
    const returned = trace.steps.filter((step) => step.to.equals(alice)).reduce((sum, step) => sum + step.value, 0n);
    expect(returned > 0n, "unused TON came back").to.equal(true);
  };

  describe("succeeds", () => {
    it("with packets byte for byte as the EVM's codec writes them, nonces without a gap", async () => {
      const amounts = [1_000n, 999_999_999_000n - 600n * STUN, 17n * STUN];
      for (const amount of amounts) await kit.send({ from: "alice", amount, to: EVM_USER });
      const sender = bytes32Of(kit.token.address);
      const receiver = toBeHex(PEER, 32);
      const packets = await kit.chain.takePackets();
      const expected = amounts.map((amount, index) => {
        const fields = { nonce: BigInt(index + 1), srcEid: 30_343, sender, dstEid: HOME_EID, receiver };
        const guid = guidOf(fields.nonce, 30_343, sender, HOME_EID, receiver);
        return encodePacket({ ...fields, guid, message: oftMessage(EVM_USER, amount / 1_000n) });
      });
      expect(packets.map((packet) => Buffer.from(packet.bytes).toString("hex"))).to.eql(
        expected.map((bytes) => Buffer.from(bytes).toString("hex")),
      );
    });

    it("burning what leaves, and returning the dust below the shared decimals", async () => {
      const amount = 12_345_678_901n;
      const trace = await kit.send({ from: "alice", amount, to: EVM_USER });
      expect(await kit.balance("alice")).to.equal(FUNDED - 12_345_678_000n);
      expect(await kit.token.totalSupply()).to.equal(FUNDED - 12_345_678_000n);
      expect(await kit.token.ledger()).to.include({ sent: 12_345_678_000n, pending: 0n });
      const sent = trace
        .event(EVENT.sent)!
        .body.beginParse()
        .skip(32 + 256 + 64 + 64);
      expect(sent.loadAddress().equals(alice)).to.equal(true);
      expect(sent.loadCoins()).to.equal(12_345_678_000n);
      expect(sent.loadCoins()).to.equal(fee);
    });

    it("paying exactly LayerZero's fee and the gas: the rest of the TON comes back", async () => {
      // LayerZero's contracts hand on a part of the rent that they have saved; a first send takes it
      await kit.send({ from: "alice", amount: STUN, to: EVM_USER });
      const before = (await kit.sandbox.account(alice)).balance;
      await kit.send({ from: "alice", amount: STUN, to: EVM_USER, value: 10n * TON, nativeFee: 5n * TON });
      const spent = before - (await kit.sandbox.account(alice)).balance;
      expect(spent > fee && spent < fee + TON / 25n, `spent ${spent}`).to.equal(true);
    });

    it("returning unused TON to whom the user names, to the user when that is no account of the basechain", async () => {
      const carol = await kit.sandbox.addressOf("carol");
      const toCarol = await kit.send({ from: "alice", amount: STUN, to: EVM_USER, excessesTo: carol });
      expect(toCarol.find(OP.excesses, carol)).to.not.equal(undefined);
      const none = await kit.send({ from: "alice", amount: STUN, to: EVM_USER, excessesTo: null });
      expect(none.find(OP.excesses, alice)).to.not.equal(undefined);
    });

    it("with just the TON that the token asks for, whatever the fee", async () => {
      await kit.send({ from: "alice", amount: STUN + 1n, to: EVM_USER });
      expect(await kit.token.ledger()).to.include({ sent: STUN, pending: 0n });
      expect(await kit.balance("alice")).to.equal(FUNDED - STUN);
      await kit.chain.layerZero.setGasPrice(HOME_EID, 0, 1n);
      const low = await quoteSend(kit.local);
      expect(low < fee).to.equal(true);
      await kit.send({ from: "alice", amount: STUN + 1n, to: EVM_USER, nativeFee: low });
      expect(await kit.token.ledger()).to.include({ sent: 2n * STUN, pending: 0n });
    });

    it("making room for arrivals only once it has left", async () => {
      await kit.oft("timelock", messages.setLimit("in", 100n * STUN, 86_400));
      await kit.fund("bob", 60n * STUN);
      expect((await kit.token.limit("in")).available).to.equal(40n * STUN);
      await kit.send({ from: "alice", amount: 50n * STUN, to: EVM_USER, nativeFee: 1n, value: 2n * TON });
      expect((await kit.token.limit("in")).available).to.equal(40n * STUN);
      await kit.send({ from: "alice", amount: 50n * STUN, to: EVM_USER });
      expect((await kit.token.limit("in")).available).to.equal(90n * STUN);
    });
  });

  describe("is refused at the source, with the tokens back in the same trace", () => {
    const refusals: [string, string, () => Promise<Trace>][] = [
      ["a destination that is not home", "REFUSED_DESTINATION", () => send({ dstEid: 30_184 })],
      ["the zero recipient", "REFUSED_RECIPIENT", () => send({ to: 0n })],
      ["a recipient that is no EVM address", "REFUSED_RECIPIENT", () => send({ to: 1n << 160n })],
      ["the home adapter as the recipient", "REFUSED_RECIPIENT", () => send({ to: PEER })],
      ["an amount below the shared decimals", "REFUSED_TOO_SMALL", () => send({ amount: 999n })],
      ["an amount of zero", "REFUSED_TOO_SMALL", () => send({ amount: 0n })],
      [
        "less leaving than the user accepts",
        "REFUSED_SLIPPAGE",
        () => send({ amount: STUN + 999n, minAmount: STUN + 1n }),
      ],
      ["less TON than LayerZero's fee and the gas", "REFUSED_VALUE", () => send({ value: fee })],
      ["a fee cap above the attached TON", "REFUSED_VALUE", () => send({ nativeFee: 100n * TON, value: 2n * TON })],
    ];
    const send = (change: Partial<Parameters<Kit["send"]>[0]>): Promise<Trace> =>
      kit.send({ from: "alice", amount: 10n * STUN, to: EVM_USER, ...change });

    for (const [what, code, refused] of refusals) {
      it(`${what}: ${code}`, async () => {
        const trace = await refused();
        expect(codeOf(trace, EVENT.sendRefused)).to.equal(ERROR[code]);
        await expectUntouched(trace);
      });
    }

    it("a payload that is not SendParams: REFUSED_MALFORMED", async () => {
      const good = sendParams({ dstEid: HOME_EID, to: EVM_USER, minAmount: 0n, nativeFee: fee });
      const long = beginCell().storeSlice(good.beginParse()).storeUint(0, 8).endCell();
      for (const payload of [beginCell().endCell(), beginCell().storeUint(1, 32).endCell(), long]) {
        const trace = await kit.burn("alice", STUN, { payload, value: 2n * TON });
        expect(codeOf(trace, EVENT.sendRefused)).to.equal(ERROR.REFUSED_MALFORMED);
        await expectUntouched(trace);
      }
    });

    it("sends while the guardian's pause lasts: REFUSED_PAUSED; and not a second longer", async () => {
      await kit.oft("guardian", messages.pause(3_600));
      const trace = await send({});
      expect(codeOf(trace, EVENT.sendRefused)).to.equal(ERROR.REFUSED_PAUSED);
      await expectUntouched(trace);
      await kit.chain.advance(3_600n);
      await send({});
      expect((await kit.token.ledger()).sent).to.equal(10n * STUN);
    });

    it("an amount above the limit of the moment: REFUSED_LIMIT; it fills again with time and by arrivals", async () => {
      await kit.oft("timelock", messages.setLimit("out", 100n * STUN, 86_400));
      const over = await send({ amount: 101n * STUN });
      expect(codeOf(over, EVENT.sendRefused)).to.equal(ERROR.REFUSED_LIMIT);
      await expectUntouched(over);
      await send({ amount: 100n * STUN });
      expect(codeOf(await send({ amount: 1_000n }), EVENT.sendRefused)).to.equal(ERROR.REFUSED_LIMIT);
      await kit.chain.advance(8_640n);
      expect((await kit.token.limit("out")).available).to.equal(10n * STUN);
      await kit.fund("bob", 25n * STUN);
      expect((await kit.token.limit("out")).available).to.equal(35n * STUN);
      await send({ amount: 35n * STUN });
      expect((await kit.token.ledger()).sent).to.equal(135n * STUN);
    });

    it("everything while no limit is set, and while the limit is zero", async () => {
      await kit.oft("timelock", messages.setLimit("out", 0n, 86_400));
      expect(codeOf(await send({}), EVENT.sendRefused)).to.equal(ERROR.REFUSED_LIMIT);
    });

    it("one nanoton less than the OFT needs; with exactly what it needs everything is done to the end", async () => {
      // from the minter on, so that the value at the OFT is known to the nanoton
      const minter = (await kit.token.minter())!;
      // a first send takes the rent that LayerZero's contracts hand on after an idle month
      await kit.send({ from: "alice", amount: STUN, to: EVM_USER });
      await kit.burn("alice", 10n * STUN + 1n);
      const message = (value: bigint) => ({
        to: kit.token.address,
        value,
        body: beginCell()
          .storeUint(OP.sendBurned, 32)
          .storeUint(1, 64)
          .storeCoins(10n * STUN + 1n)
          .storeAddress(alice)
          .storeAddress(null)
          .storeUint(0, 96)
          .storeRef(sendParams({ dstEid: HOME_EID, to: EVM_USER, minAmount: 0n, nativeFee: fee }))
          .endCell(),
      });
      const snapshot = kit.sandbox.snapshot();
      let [low, high] = [fee, fee + TON / 5n];
      while (high - low > 1n) {
        const middle = (low + high) / 2n;
        await kit.sandbox.restore(snapshot);
        const trace = await kit.sandbox.inject(minter, message(middle), 1);
        if (trace.event(EVENT.sendStarted)) high = middle;
        else low = middle;
      }
      await kit.sandbox.restore(snapshot);
      const refused = await kit.sandbox.inject(minter, message(low));
      expect(codeOf(refused, EVENT.sendRefused)).to.equal(ERROR.REFUSED_VALUE);
      await kit.sandbox.restore(snapshot);
      const sent = await kit.sandbox.inject(minter, message(high));
      expect(sent.event(EVENT.sent)).to.not.equal(undefined);
      expect(await kit.token.ledger()).to.include({ sent: 11n * STUN, pending: 0n, held: 0n });
      expect(await kit.balance("alice")).to.equal(FUNDED - 11n * STUN);
      expect(high - fee < TON / 12n, `needs ${high - fee} above the fee`).to.equal(true);
      // and with a failure at LayerZero, the tokens still come back out of the same value
      await kit.sandbox.restore(snapshot);
      await kit.chain.layerZero.setGasPrice(HOME_EID, 0, 200n);
      await kit.sandbox.inject(minter, message(high));
      expect(await kit.balance("alice")).to.equal(FUNDED - STUN);
      // even into a held account that is yet to be made, when her wallet does not take them
      await kit.sandbox.restore(snapshot);
      await kit.breakAccount(await kit.token.walletOf(alice));
      await kit.sandbox.inject(minter, message(low));
      expect(await kit.token.heldOf(alice), "refused").to.equal(10n * STUN + 1n);
      await kit.sandbox.restore(snapshot);
      await kit.breakAccount(await kit.token.walletOf(alice));
      await kit.chain.layerZero.setGasPrice(HOME_EID, 0, 200n);
      await kit.sandbox.inject(minter, message(high));
      expect(await kit.token.heldOf(alice), "returned").to.equal(10n * STUN + 1n);
      // and so does the dust of a send that left and used up its fee, with years of rent for the account
      await kit.sandbox.restore(snapshot);
      await kit.breakAccount(await kit.token.walletOf(alice));
      await kit.sandbox.inject(minter, message(high));
      expect(await kit.token.ledger()).to.include({ sent: 11n * STUN, pending: 0n, held: 1n });
      expect(await kit.token.heldOf(alice), "dust").to.equal(1n);
      const { balance } = await kit.sandbox.account(await kit.token.heldAccountOf(alice));
      expect(balance > (3n * TON) / 100n, `rent of the held account: ${balance}`).to.equal(true);
    });
  });

  describe("comes back when LayerZero does not take it", () => {
    it("136: the fee cap one nanoton below the quote, or a price that rose since", async () => {
      const low = await kit.send({ from: "alice", amount: 10n * STUN + 5n, to: EVM_USER, nativeFee: fee - 1n });
      expect(codeOf(low, EVENT.sendReturned)).to.equal(136);
      await expectUntouched(low);
      await kit.chain.layerZero.setGasPrice(HOME_EID, 0, 200n);
      const stale = await kit.send({ from: "alice", amount: 10n * STUN, to: EVM_USER, nativeFee: fee });
      expect(codeOf(stale, EVENT.sendReturned)).to.equal(136);
      await expectUntouched(stale);
    });

    it("232: its workers cannot be quoted", async () => {
      const config = build("UlnSendConfig", {
        workerQuoteGasLimit: 1,
        maxMessageBytes: 0,
        executorNull: true,
        executor: 0n,
        requiredDVNsNull: true,
        requiredDVNs: NULL,
        optionalDVNsNull: true,
        optionalDVNs: NULL,
        confirmationsNull: true,
        confirmations: 0n,
      });
      expect(config.equals(NO_SEND_CONFIG)).to.equal(false);
      const md = build("md::MdObj", { md: config, obj: kit.local.path.path });
      const op = opcode("MsglibManager_OP_SET_OAPP_MSGLIB_SEND_CONFIG");
      await kit.oft("timelock", messages.setLzConfig("ulnManager", op, md), 2n * TON);
      const trace = await kit.send({ from: "alice", amount: 10n * STUN, to: EVM_USER, nativeFee: fee });
      expect(codeOf(trace, EVENT.sendReturned)).to.equal(232);
      await expectUntouched(trace);
    });

    for (const code of [137, 138, 139, 144]) {
      it(`${code}: answered by the Channel`, async () => {
        await stuckSend(10n * STUN, 3);
        const trace = await answer(code);
        expect(codeOf(trace, EVENT.sendReturned)).to.equal(code);
        await expectUntouched(trace);
      });
    }

    it("a bounce of the Endpoint itself", async () => {
      await kit.breakAccount(kit.local.config.endpoint);
      const trace = await kit.send({ from: "alice", amount: 10n * STUN, to: EVM_USER, nativeFee: fee });
      expect(codeOf(trace, EVENT.sendReturned)).to.equal(ERROR.ERR_UNKNOWN_MESSAGE);
      await expectUntouched(trace);
    });

    it("an OFT that cannot take the burn: the minter mints it back", async () => {
      const message = await kit.token.buildSend(alice, { amount: 10n * STUN, to: EVM_USER, nativeFee: fee });
      const repair = await kit.breakAccount(kit.token.address);
      await kit.sandbox.send("alice", message);
      await repair();
      expect(await kit.balance("alice")).to.equal(FUNDED);
      expect(await kit.token.totalSupply()).to.equal(FUNDED);
    });
  });

  /** A send whose flow stops after `steps` transactions of contracts: what was on its way then never arrives. */
  const stuckSend = async (amount: bigint, steps: number): Promise<void> => {
    const message = await kit.token.buildSend(alice, { amount, to: EVM_USER, nativeFee: fee });
    await kit.sandbox.inject(alice, message, steps);
  };

  /** The send request of the first send, as the Channel keeps it. */
  const stored = async (amount: bigint, id = 1n): Promise<Cell> =>
    kit.chain.layerZero.sendRequest(kit.local.path, {
      message: bytesToCell(oftMessage(EVM_USER, amount / 1_000n)),
      options: (await kit.token.route()).options,
      fee,
      callbackData: beginCell().storeUint(id, 64).endCell(),
      stored: { id: 2n, dstEid: HOME_EID },
    });

  /** A callback as the Channel writes it, from the Channel unless another account forges it. */
  const answer = async (errorCode: number, from = kit.local.path.channel, sendId = 1n): Promise<Trace> => {
    const lzSend = await stored(10n * STUN, sendId);
    const receipt = build("md::MessagingReceipt", { lzSend, nativeFeeActual: fee, zroFeeActual: 0n, errorCode });
    const md = build("md::MdObj", { md: receipt, obj: NULL });
    const body = lzBody(BigInt(0xa2b5fbae), md, alice);
    return kit.sandbox.inject(from, { to: kit.token.address, value: TON / 5n, body });
  };

  describe("without an answer", () => {
    const abort = async (lzSend: Cell, sendId = 1n): Promise<Trace> =>
      kit.oft("carol", messages.abortSend(sendId, lzSend), TON);

    it("keeps the send as pending, out of the supply and under the cap", async () => {
      await stuckSend(10n * STUN, 6);
      expect(await kit.token.totalSupply()).to.equal(FUNDED - 10n * STUN);
      expect(await kit.token.ledger()).to.include({ pending: 10n * STUN, sent: 0n });
      const pending = (await kit.token.pendingSend(1n))!;
      expect(pending.burner.equals(alice)).to.equal(true);
      expect(pending).to.include({ amount: 10n * STUN, bridged: 10n * STUN });
    });

    // wallet, minter, OFT, Endpoint, Channel, UlnConnection, Uln: then the answer to the Channel
    for (const steps of [5, 6, 7]) {
      it(`returns the tokens once anyone aborts it an hour later (stopped after ${steps} steps)`, async () => {
        await stuckSend(10n * STUN + 3n, steps);
        const lzSend = await stored(10n * STUN);
        await kit.chain.advance(3_600n);
        const trace = await abort(lzSend);
        expect(codeOf(trace, EVENT.sendReturned)).to.equal(135);
        expect(await kit.balance("alice")).to.equal(FUNDED);
        expect(await kit.token.ledger()).to.include({ pending: 0n, sent: 0n });
        expect(exitAt(await abort(lzSend), kit.token.address)).to.equal(ERROR.ERR_NO_SUCH_SEND);
        expect(await kit.balance("alice")).to.equal(FUNDED);
      });
    }

    it("does not return tokens whose packet has left, though the answer was lost", async () => {
      await stuckSend(10n * STUN, 8);
      expect(await kit.chain.takePackets()).to.have.length(0);
      await kit.chain.advance(3_600n);
      const trace = await abort(await stored(10n * STUN));
      expect(trace.at(kit.local.path.channel)[0]!.exit).to.equal(134);
      expect(await kit.balance("alice")).to.equal(FUNDED - 10n * STUN);
      expect(await kit.token.ledger()).to.include({ pending: 10n * STUN });
    });

    it("cannot be aborted within the hour, nor with another request", async () => {
      await stuckSend(10n * STUN, 6);
      const lzSend = await stored(10n * STUN);
      expect(exitAt(await abort(lzSend), kit.token.address)).to.equal(ERROR.ERR_ABORT_TOO_EARLY);
      await kit.chain.advance(3_600n);
      expect(exitAt(await abort(await stored(10n * STUN, 2n)), kit.token.address)).to.equal(ERROR.ERR_NO_SUCH_SEND);
      expect(exitAt(await abort(lzSend, 2n), kit.token.address)).to.equal(ERROR.ERR_NO_SUCH_SEND);
    });

    it("does not stop the sends after it", async () => {
      await stuckSend(10n * STUN, 6);
      await kit.send({ from: "alice", amount: 20n * STUN, to: EVM_USER });
      expect(await kit.token.ledger()).to.include({ pending: 10n * STUN, sent: 20n * STUN });
    });
  });

  describe("believes an answer", () => {
    it("from no one but the Channel that the send went to", async () => {
      await stuckSend(10n * STUN, 6);
      for (const from of [alice, kit.local.path.connection, kit.local.config.endpoint]) {
        expect(exitAt(await answer(136, from), kit.token.address)).to.equal(ERROR.ERR_NOT_CHANNEL);
        expect(exitAt(await answer(136, from, 0n), kit.token.address)).to.equal(ERROR.ERR_NOT_CHANNEL);
      }
      expect(await kit.token.ledger()).to.include({ pending: 10n * STUN });
    });

    it("once", async () => {
      await stuckSend(10n * STUN, 6);
      await answer(136);
      expect(exitAt(await answer(136), kit.token.address)).to.equal(ERROR.ERR_NO_SUCH_SEND);
      expect(await kit.balance("alice")).to.equal(FUNDED);
    });

    it("from the Channel of the send after the route was changed", async () => {
      await stuckSend(10n * STUN, 6);
      await kit.oft("timelock", messages.setRoute(PEER + 1n, 0x1234n, 200_000n));
      await answer(136);
      expect(await kit.balance("alice")).to.equal(FUNDED);
    });
  });

  it("of burned tokens is believed from no one but the minter", async () => {
    const body = beginCell()
      .storeUint(OP.sendBurned, 32)
      .storeUint(1, 64)
      .storeCoins(STUN)
      .storeAddress(alice)
      .storeAddress(null)
      .storeUint(0, 96)
      .storeRef(sendParams({ dstEid: HOME_EID, to: EVM_USER, minAmount: 0n, nativeFee: fee }))
      .endCell();
    expect(exitAt(await kit.oft("alice", body, 3n * TON), kit.token.address)).to.equal(ERROR.ERR_NOT_MINTER);
    const report = beginCell().storeUint(OP.burnedReport, 32).storeUint(0, 64).storeUint(1, 96).storeAddress(null);
    expect(exitAt(await kit.oft("alice", report.endCell()), kit.token.address)).to.equal(ERROR.ERR_NOT_MINTER);
  });

  it("returns tokens into the held account when the sender's wallet no longer takes them", async () => {
    await stuckSend(10n * STUN, 6);
    const repair = await kit.breakAccount(await kit.token.walletOf(alice));
    await answer(136);
    expect(await kit.token.heldOf(alice)).to.equal(10n * STUN);
    expect(await kit.token.ledger()).to.include({ held: 10n * STUN, pending: 0n });
    await repair();
    await kit.sandbox.send("carol", await kit.token.buildRelease(hashOf(alice), 1n, 10n * STUN));
    expect(await kit.balance("alice")).to.equal(FUNDED);
  });
});
