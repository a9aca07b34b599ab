import { Address, Cell, beginCell, Dictionary } from "@ton/core";
import { createHash } from "node:crypto";
import { expect } from "chai";
import { hashOf } from "../../chains/ton/address";
import { ERROR } from "../../chains/ton/errors";
import { EVENT, OP, messages } from "../../chains/ton/messages";
import type { Trace } from "../../localnet/ton-sandbox";
import { Kit, STUN, TON, exitAt } from "./kit";

describe("TON jetton (TEP-74, TEP-89)", () => {
  let kit: Kit;
  let alice: Address;
  let bob: Address;
  let aliceWallet: Address;
  let bobWallet: Address;
  let minter: Address;

  beforeEach(async () => {
    kit = await Kit.fresh();
    alice = await kit.sandbox.addressOf("alice");
    bob = await kit.sandbox.addressOf("bob");
    await kit.fund("alice", 100n * STUN);
    aliceWallet = await kit.token.walletOf(alice);
    bobWallet = await kit.token.walletOf(bob);
    minter = (await kit.token.minter())!;
  });

  const transfer = (
    from: string,
    change: Partial<Parameters<typeof messages.transfer>[0]> = {},
    value = TON / 5n,
  ): Promise<Trace> =>
    kit.sandbox.send(from, {
      to: aliceWallet,
      value,
      body: messages.transfer({ amount: 30n * STUN, to: bob, excessesTo: alice, ...change }, 9n),
    });

  describe("get-methods", () => {
    it("get_jetton_data names the OFT as the admin, the supply, the metadata and the wallet code", async () => {
      const stack = await kit.sandbox.get(minter, "get_jetton_data");
      expect(stack.readBigNumber()).to.equal(100n * STUN);
      expect(stack.readBoolean()).to.equal(true);
      expect(stack.readAddress().equals(kit.token.address)).to.equal(true);
      const content = stack.readCell().beginParse();
      expect(content.loadUint(8)).to.equal(0);
      const entries = content.loadDict(Dictionary.Keys.Buffer(32), Dictionary.Values.Cell());
      const symbol = entries.get(createHash("sha256").update("symbol").digest())!.beginParse();
      expect(symbol.loadUint(8)).to.equal(0);
      expect(symbol.loadStringTail()).to.equal("STUN");
      expect(stack.readCell().equals(kit.local.code.wallet)).to.equal(true);
    });

    it("get_wallet_data names balance, owner, minter and code, and get_wallet_address finds the wallet", async () => {
      const stack = await kit.sandbox.get(aliceWallet, "get_wallet_data");
      expect(stack.readBigNumber()).to.equal(100n * STUN);
      expect(stack.readAddress().equals(alice)).to.equal(true);
      expect(stack.readAddress().equals(minter)).to.equal(true);
      expect(stack.readCell().equals(kit.local.code.wallet)).to.equal(true);
    });
  });

  describe("transfer", () => {
    it("moves tokens into a new wallet, notifies the owner with the payload, and returns the excess", async () => {
      const payload = beginCell().storeUint(1234, 32).endCell();
      const trace = await transfer("alice", { forwardTon: TON / 100n, forwardPayload: payload });
      expect(await kit.balance("alice")).to.equal(70n * STUN);
      expect(await kit.balance("bob")).to.equal(30n * STUN);
      const notification = trace.find(OP.transferNotification, bob)!;
      expect(notification.value).to.equal(TON / 100n);
      const body = notification.body.beginParse();
      expect(body.loadUint(32)).to.equal(OP.transferNotification);
      expect(body.loadUintBig(64)).to.equal(9n);
      expect(body.loadCoins()).to.equal(30n * STUN);
      expect(body.loadAddress().equals(alice)).to.equal(true);
      expect(body.loadMaybeRef()!.equals(payload)).to.equal(true);
      const excesses = trace.find(OP.excesses, alice)!;
      expect(excesses.body.beginParse().skip(32).loadUintBig(64)).to.equal(9n);
    });

    it("pays five years of rent of the new wallet", async () => {
      await transfer("alice");
      const { balance } = await kit.sandbox.account(bobWallet);
      await kit.sandbox.advance(5n * 365n * 86_400n);
      await kit.sandbox.send("carol", { to: bobWallet, value: TON / 100n });
      const after = await kit.sandbox.account(bobWallet);
      expect(balance > 0n && after.balance > 0n).to.equal(true);
      expect(await kit.balance("bob")).to.equal(30n * STUN);
    });

    it("needs no notification and no excess address", async () => {
      const trace = await transfer("alice", { excessesTo: null });
      expect(trace.find(OP.transferNotification)).to.equal(undefined);
      expect(trace.find(OP.excesses)).to.equal(undefined);
      expect(await kit.balance("bob")).to.equal(30n * STUN);
    });

    it("comes back to the sender when the recipient's wallet cannot take it", async () => {
      await transfer("alice");
      await kit.breakAccount(bobWallet);
      const trace = await transfer("alice");
      expect(trace.at(aliceWallet).some((step) => step.bounced && step.exit === 0)).to.equal(true);
      expect(await kit.balance("alice")).to.equal(70n * STUN);
    });

    it("is refused to anyone but the owner", async () => {
      expect(exitAt(await transfer("bob"), aliceWallet)).to.equal(ERROR.ERR_NOT_OWNER);
    });

    it("is refused above the balance", async () => {
      expect(exitAt(await transfer("alice", { amount: 101n * STUN }), aliceWallet)).to.equal(ERROR.ERR_BALANCE);
    });

    it("is refused to another workchain", async () => {
      const to = Address.parseRaw(`-1:${"11".repeat(32)}`);
      expect(exitAt(await transfer("alice", { to }), aliceWallet)).to.equal(ERROR.ERR_WRONG_WORKCHAIN);
    });

    it("is refused to the minter, which could never move tokens", async () => {
      expect(exitAt(await transfer("alice", { to: minter }), aliceWallet)).to.equal(ERROR.ERR_RECIPIENT_IS_MINTER);
    });

    it("is refused with a forward payload that is not a reference or bits alone", async () => {
      const body = beginCell()
        .storeUint(OP.transfer, 32)
        .storeUint(0, 64)
        .storeCoins(STUN)
        .storeAddress(bob)
        .storeAddress(alice)
        .storeBit(false)
        .storeCoins(0);
      const send = (payload: Cell): Promise<Trace> =>
        kit.sandbox.send("alice", { to: aliceWallet, value: TON / 5n, body: payload });
      expect(exitAt(await send(body.endCell()), aliceWallet)).to.equal(ERROR.ERR_FORWARD_PAYLOAD);
      const extra = beginCell().storeBuilder(body).storeBit(true).storeRef(Cell.EMPTY).storeUint(1, 8).endCell();
      expect(exitAt(await send(extra), aliceWallet)).to.equal(ERROR.ERR_FORWARD_PAYLOAD);
      const inline = beginCell().storeBuilder(body).storeBit(false).storeUint(0xabcd, 16).endCell();
      expect(exitAt(await send(inline), aliceWallet)).to.equal(0);
    });

    it("is refused with less TON than the way to a new wallet costs", async () => {
      expect(exitAt(await transfer("alice", {}, TON / 50n), aliceWallet)).to.equal(ERROR.ERR_NOT_ENOUGH_VALUE);
      const forward = { forwardTon: TON / 5n };
      expect(exitAt(await transfer("alice", forward, TON / 5n), aliceWallet)).to.equal(ERROR.ERR_NOT_ENOUGH_VALUE);
    });

    it("is taken from no wallet but that of its sender", async () => {
      const forged = beginCell()
        .storeUint(OP.internalTransfer, 32)
        .storeUint(0, 64)
        .storeCoins(1_000n * STUN)
        .storeAddress(bob)
        .storeAddress(bob)
        .storeCoins(0)
        .storeBit(false)
        .endCell();
      const trace = await kit.sandbox.send("bob", { to: aliceWallet, value: TON / 5n, body: forged });
      expect(exitAt(trace, aliceWallet)).to.equal(ERROR.ERR_NOT_WALLET);
      expect(await kit.balance("alice")).to.equal(100n * STUN);
    });
  });

  describe("burn", () => {
    it("takes tokens out of the supply and is counted, with an event", async () => {
      const trace = await kit.burn("alice", 40n * STUN);
      expect(await kit.balance("alice")).to.equal(60n * STUN);
      expect(await kit.token.totalSupply()).to.equal(60n * STUN);
      expect(await kit.token.directBurned()).to.equal(40n * STUN);
      const event = trace.event(EVENT.burned)!.body.beginParse().skip(32);
      expect(event.loadAddress().equals(alice)).to.equal(true);
      expect(event.loadCoins()).to.equal(40n * STUN);
      expect(event.loadUintBig(96)).to.equal(40n * STUN);
      expect(trace.find(OP.excesses, alice)).to.not.equal(undefined);
    });

    it("becomes known to the OFT when anyone reports it, so that the cap has room again", async () => {
      await kit.burn("alice", 40n * STUN);
      expect((await kit.token.ledger()).directBurned).to.equal(0n);
      await kit.sandbox.send("carol", { to: minter, value: TON / 10n, body: messages.reportBurned(alice) });
      expect((await kit.token.ledger()).directBurned).to.equal(40n * STUN);
    });

    it("is refused to anyone but the owner, above the balance, and without the TON for it", async () => {
      const burn = (from: string, amount: bigint, value = TON / 5n): Promise<Trace> =>
        kit.sandbox.send(from, { to: aliceWallet, value, body: messages.burn(amount, alice) });
      expect(exitAt(await burn("bob", STUN), aliceWallet)).to.equal(ERROR.ERR_NOT_OWNER);
      expect(exitAt(await burn("alice", 101n * STUN), aliceWallet)).to.equal(ERROR.ERR_BALANCE);
      expect(exitAt(await burn("alice", STUN, TON / 2_000n), aliceWallet)).to.equal(ERROR.ERR_NOT_ENOUGH_VALUE);
    });

    it("with a payload of more than one cell is refused", async () => {
      const payload = beginCell().storeRef(Cell.EMPTY).endCell();
      expect(exitAt(await kit.burn("alice", STUN, { payload }), aliceWallet)).to.equal(ERROR.ERR_PAYLOAD);
    });

    it("comes back when the minter does not take it", async () => {
      await kit.breakAccount(minter);
      const body = messages.burn(40n * STUN, alice);
      const trace = await kit.sandbox.send("alice", { to: aliceWallet, value: TON / 5n, body });
      expect(trace.at(aliceWallet).some((step) => step.bounced)).to.equal(true);
      const stack = await kit.sandbox.get(aliceWallet, "get_wallet_data");
      expect(stack.readBigNumber()).to.equal(100n * STUN);
    });

    it("is not believed from anyone but the burner's wallet", async () => {
      const forged = beginCell()
        .storeUint(OP.burnNotification, 32)
        .storeUint(0, 64)
        .storeCoins(STUN)
        .storeAddress(alice)
        .storeAddress(null)
        .storeBit(false)
        .endCell();
      const trace = await kit.sandbox.send("alice", { to: minter, value: TON / 5n, body: forged });
      expect(exitAt(trace, minter)).to.equal(ERROR.ERR_NOT_WALLET);
    });
  });

  describe("minter", () => {
    it("mints for nobody but the OFT", async () => {
      const mint = beginCell()
        .storeUint(OP.mint, 32)
        .storeUint(0, 64)
        .storeCoins(STUN)
        .storeUint(hashOf(bob), 256)
        .storeAddress(bob)
        .storeUint(1, 256)
        .endCell();
      for (const from of ["bob", "timelock", "guardian"]) {
        const trace = await kit.sandbox.send(from, { to: minter, value: TON / 5n, body: mint });
        expect(exitAt(trace, minter), from).to.equal(ERROR.ERR_NOT_ADMIN);
      }
      expect(await kit.token.totalSupply()).to.equal(100n * STUN);
    });

    it("tells wallet addresses (TEP-89), none for another workchain or no address", async () => {
      const ask = async (owner: Address | null, include: boolean): Promise<Cell> => {
        const body = messages.provideWalletAddress(owner, include, 5n);
        const trace = await kit.sandbox.send("carol", { to: minter, value: TON / 10n, body });
        return trace.find(OP.takeWalletAddress)!.body;
      };
      const known = (await ask(alice, true)).beginParse().skip(32);
      expect(known.loadUintBig(64)).to.equal(5n);
      expect(known.loadAddress().equals(aliceWallet)).to.equal(true);
      expect(known.loadMaybeRef()!.beginParse().loadAddress().equals(alice)).to.equal(true);
      const elsewhere = (await ask(Address.parseRaw(`-1:${"11".repeat(32)}`), false)).beginParse().skip(96);
      expect(elsewhere.loadMaybeAddress()).to.equal(null);
      expect(elsewhere.loadMaybeRef()).to.equal(null);
      expect((await ask(null, false)).beginParse().skip(96).loadMaybeAddress()).to.equal(null);
    });
  });

  it("takes plain TON as rent, and refuses unknown messages, in every contract", async () => {
    await kit.oft("guardian", messages.pause(3_600));
    await kit.fund("bob", STUN);
    const held = await kit.token.heldAccountOf(bob);
    for (const account of [aliceWallet, minter, kit.token.address, held]) {
      const before = (await kit.sandbox.account(account)).balance;
      await kit.sandbox.send("carol", { to: account, value: TON });
      expect((await kit.sandbox.account(account)).balance > before + (9n * TON) / 10n).to.equal(true);
      const unknown = beginCell().storeUint(0x12345678, 32).storeUint(0, 64).endCell();
      const trace = await kit.sandbox.send("carol", { to: account, value: TON, body: unknown });
      expect(exitAt(trace, account)).to.equal(ERROR.ERR_UNKNOWN_MESSAGE);
    }
  });
});
