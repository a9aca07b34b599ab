import { readFileSync } from "node:fs";
import { type Address, Dictionary, beginCell } from "@ton/core";
import { createShardAccount } from "@ton/sandbox";
import { expect } from "chai";
import { hashOf } from "../../chains/ton/address";
import { messages, OP } from "../../chains/ton/messages";
import type { Trace } from "../../localnet/ton-sandbox";
import { EVM_USER, Kit, STUN, TON, oftMessage } from "./kit";
import { accountSize, messageSize, type Size } from "./sizes";

const SOURCE = readFileSync(`${__dirname}/../../ton/contracts/token/fees.tolk`, "utf8");
/** Constants of fees.tolk. */
const CONSTANT = Object.fromEntries(
  [...SOURCE.matchAll(/^const (\w+) = (\d+)$/gm)].map(([, name, value]) => [name!, Number(value)]),
);

describe("TON token: gas, sizes and rent are what fees.tolk says", () => {
  let kit: Kit;
  /** Highest gas of each handler, by contract and opcode. */
  const gas = new Map<string, number>();
  /** Largest message of each kind, by contract and opcode. */
  const sizes = new Map<string, Size>();
  let sent: Trace;
  let received: Trace;
  const kinds = new Map<string, string>();
  let alice: Address;

  const max = (a: number | undefined, b: number): number => Math.max(a ?? 0, b);

  const record = (trace: Trace): Trace => {
    for (const step of trace.steps) {
      const kind = kinds.get(step.to.toString());
      if (!kind || step.bounced) continue;
      const key = `${kind} ${(step.op ?? 0).toString(16)}`;
      gas.set(key, max(gas.get(key), Number(step.gas)));
    }
    for (const transaction of trace.transactions) {
      for (const message of transaction.outMessages.values()) {
        if (message.info.type !== "internal") continue;
        const kind = kinds.get(message.info.src.toString());
        const body = message.body.beginParse();
        const key = `${kind} ${body.remainingBits >= 32 ? body.loadUint(32).toString(16) : "-"}`;
        const size = messageSize(message);
        const old = sizes.get(key);
        sizes.set(key, { bits: max(old?.bits, size.bits), cells: max(old?.cells, size.cells) });
      }
    }
    return trace;
  };

  before(async () => {
    kit = await Kit.funded();
    alice = await kit.sandbox.addressOf("alice");
    const bob = await kit.sandbox.addressOf("bob");
    kinds.set(kit.token.address.toString(), "oft");
    kinds.set((await kit.token.minter())!.toString(), "minter");
    for (const owner of [alice, bob]) {
      kinds.set((await kit.token.walletOf(owner)).toString(), "wallet");
      kinds.set((await kit.token.heldAccountOf(owner)).toString(), "held");
    }
    const deliver = async (amount: bigint, to = alice) => {
      const packet = kit.packet(oftMessage(hashOf(to), amount / 1_000n));
      return { packet, trace: record(await kit.deliver(packet)) };
    };
    // both limits in use, so that both are computed in full
    received = (await deliver(100n * STUN, bob)).trace;
    await deliver(100n * STUN, bob);
    sent = record(await kit.send({ from: "alice", amount: 10n * STUN, to: EVM_USER }));
    record(await kit.send({ from: "alice", amount: 10n * STUN + 7n, to: EVM_USER }));
    const low = { nativeFee: 1n, value: 2n * TON };
    record(await kit.send({ from: "alice", amount: 10n * STUN + 7n, to: EVM_USER, ...low }));
    record(await kit.send({ from: "alice", amount: 10n * STUN, to: EVM_USER, minAmount: 11n * STUN }));
    record(await kit.burn("alice", STUN));
    const transfer = {
      amount: STUN,
      to: await kit.sandbox.addressOf("carol"),
      excessesTo: alice,
      forwardTon: 1_000n,
      forwardPayload: beginCell().storeUint(1, 256).endCell(),
    };
    kinds.set((await kit.token.walletOf(transfer.to)).toString(), "wallet");
    record(
      await kit.sandbox.send("alice", {
        to: await kit.token.walletOf(alice),
        value: TON,
        body: messages.transfer(transfer),
      }),
    );
    await kit.oft("guardian", messages.pause(86_400));
    const first = await deliver(600n * STUN);
    await deliver(STUN);
    await kit.oft("guardian", messages.unpause());
    await kit.oft("timelock", messages.setLimit("in", 500n * STUN, 86_400));
    record(await kit.sandbox.send("bob", await kit.token.buildRelease(alice, BigInt(first.packet.guid), 600n * STUN)));
  });

  const handlers: [string, string, number][] = [
    ["GAS_WALLET_TRANSFER", "wallet", OP.transfer],
    ["GAS_WALLET_RECEIVE", "wallet", OP.internalTransfer],
    ["GAS_WALLET_BURN", "wallet", OP.burn],
    ["GAS_MINTER_BURN", "minter", OP.burnNotification],
    ["GAS_MINTER_MINT", "minter", OP.mint],
    ["GAS_OFT_SEND", "oft", OP.sendBurned],
    ["GAS_OFT_CALLBACK", "oft", 0xa2b5fbae],
    ["GAS_OFT_PREPARE", "oft", 0x97df404c],
    ["GAS_OFT_EXECUTE", "oft", 0x0c7b8418],
    ["GAS_OFT_RELEASE", "oft", OP.releaseRequest],
    ["GAS_HELD_BOOK", "held", OP.book],
    ["GAS_HELD_RELEASE", "held", OP.release],
  ];
  for (const [constant, kind, op] of handlers) {
    it(`${constant} is the gas measured`, () => {
      expect(gas.get(`${kind} ${op.toString(16)}`)).to.equal(CONSTANT[constant]);
    });
  }

  /** A bound that is neither below what was measured nor more than a fifth above it. */
  const expectBound = (constant: string, measured: number): void => {
    const bound = CONSTANT[constant]!;
    expect(bound >= measured && bound <= measured * 1.2, `${constant} = ${bound}, measured ${measured}`).to.equal(true);
  };

  it("messages and StateInits are as large as counted", () => {
    const own = [...sizes].filter(([key]) => !key.startsWith("undefined"));
    const withInit = (key: string): boolean =>
      key.endsWith(OP.internalTransfer.toString(16)) || key.endsWith(OP.book.toString(16));
    // towards LayerZero: LZ_SEND_* and LZ_RECEIVE_* count them
    const toLayerZero = ["dd4ea3b4", "b7680bc6", "caae25a1"];
    const plain = own.filter(([key]) => !withInit(key) && !toLayerZero.some((op) => key.endsWith(op)));
    expectBound("MESSAGE_BITS", Math.max(...plain.map(([, size]) => size.bits)));
    expectBound("MESSAGE_CELLS", Math.max(...plain.map(([, size]) => size.cells)));
    for (const [name, key] of [
      ["WALLET", `wallet ${OP.internalTransfer.toString(16)}`],
      ["WALLET", `minter ${OP.internalTransfer.toString(16)}`],
      ["HELD", `oft ${OP.book.toString(16)}`],
    ] as const) {
      const size = sizes.get(key)!;
      const bits = CONSTANT[`${name}_INIT_BITS`]! + CONSTANT.MESSAGE_BITS!;
      const cells = CONSTANT[`${name}_INIT_CELLS`]! + CONSTANT.MESSAGE_CELLS!;
      expect(bits >= size.bits && bits <= size.bits * 1.2, `${key}: ${bits} bits, measured ${size.bits}`).to.equal(
        true,
      );
      expect(cells >= size.cells && cells <= size.cells * 1.2, `${key}: ${cells} cells, ${size.cells}`).to.equal(true);
    }
  });

  it("accounts are as large as their rent is counted for", async () => {
    const size = async (account: Address): Promise<Size> => {
      const { code, data } = await kit.sandbox.account(account);
      return accountSize(code!, data!);
    };
    const accounts = {
      WALLET: await kit.token.walletOf(alice),
      HELD: await kit.token.heldAccountOf(alice),
      MINTER: (await kit.token.minter())!,
      OFT: kit.token.address,
    };
    for (const [name, account] of Object.entries(accounts)) {
      const measured = await size(account);
      expectBound(`${name}_BITS`, measured.bits);
      expectBound(`${name}_CELLS`, measured.cells);
    }
  });

  /** Gas and messages of LayerZero's contracts in a part of a trace. */
  const layerZeroPart = (trace: Trace, from: number, to: number) => {
    const first = trace.steps.findIndex((step) => step.op === from);
    const last = trace.steps.findIndex((step) => step.op === to);
    const steps = trace.steps.slice(first, last);
    const ours = (address: Address): boolean => kinds.has(address.toString());
    const theirs = new Set(
      steps
        .map((step) => step.to)
        .filter((to) => !ours(to))
        .map((to) => to.toString()),
    );
    const out = trace.transactions.flatMap((transaction) => {
      const info = transaction.inMessage?.info;
      if (info?.type !== "internal" || !theirs.has(info.dest.toString())) return [];
      return [...transaction.outMessages.values()].map((message) => messageSize(message));
    });
    return {
      gas: steps.filter((step) => !ours(step.to)).reduce((sum, step) => sum + Number(step.gas), 0),
      bits: out.reduce((sum, size) => sum + size.bits, 0),
      cells: out.reduce((sum, size) => sum + size.cells, 0),
      messages: out.length,
    };
  };

  it("LayerZero's part of a send is as counted", () => {
    const part = layerZeroPart(sent, 0xdd4ea3b4, 0xa2b5fbae);
    const request = sizes.get("oft dd4ea3b4")!;
    expectBound("GAS_LZ_SEND", part.gas);
    expectBound("LZ_SEND_BITS", part.bits + request.bits);
    expectBound("LZ_SEND_CELLS", part.cells + request.cells);
    expectBound("LZ_SEND_MESSAGES", part.messages + 1);
  });

  it("LayerZero's part of a delivery is as counted", () => {
    const channel = kit.local.path.channel;
    const steps = received.at(channel).filter((step) => step.op === 0xb7680bc6 || step.op === 0xcaae25a1);
    expectBound(
      "GAS_LZ_RECEIVE",
      steps.reduce((sum, step) => sum + Number(step.gas), 0),
    );
  });

  it("every contract is below a quarter of the network's limit of code and state", async () => {
    const { code, data } = await kit.sandbox.account(kit.token.address);
    expect(accountSize(code!, data!).cells < 65_536 / 4).to.equal(true);
    const limits = { wallet: 1_000, held: 1_000, minter: 1_200, oft: 11_500 };
    for (const [name, limit] of Object.entries(limits)) {
      const bytes = kit.local.code[name as keyof typeof limits].toBoc().length;
      expect(bytes <= limit, `${name}: ${bytes} bytes of code, at most ${limit}`).to.equal(true);
    }
  });

  it("GAS_DEEP_MAP covers a thousand sends without an answer", async () => {
    const { code, data } = await kit.sandbox.account(kit.token.address);
    const entries = Dictionary.empty(Dictionary.Keys.BigUint(64), Dictionary.Values.Cell());
    const entry = beginCell()
      .storeUint(1, 256)
      .storeUint(1, 256)
      .storeCoins(1n)
      .storeCoins(1n)
      .storeUint(1, 104)
      .endCell();
    for (let id = 1n; id <= 1_000n; id++) entries.set(id * 7_919n, entry);
    const root = data!.beginParse();
    const [route, ledger, , roles] = data!.refs;
    const receipts = data!.refs[2]!.refs.at(-1)!;
    const books = beginCell().storeDict(entries).storeBit(false).storeRef(receipts).endCell();
    const full = beginCell().storeBits(root.loadBits(root.remainingBits));
    for (const ref of [route!, ledger!, books, roles!]) full.storeRef(ref);
    const { balance } = await kit.sandbox.account(kit.token.address);
    const account = { address: kit.token.address, code: code!, data: full.endCell(), balance };
    await kit.sandbox.blockchain.setShardAccount(kit.token.address, createShardAccount(account));
    const trace = await kit.send({ from: "alice", amount: 10n * STUN + 7n, to: EVM_USER });
    for (const [constant, op] of [
      ["GAS_OFT_SEND", OP.sendBurned],
      ["GAS_OFT_CALLBACK", 0xa2b5fbae],
    ] as const) {
      const over = Number(trace.find(op, kit.token.address)!.gas) - CONSTANT[constant]!;
      expect(over > 0 && over <= CONSTANT.GAS_DEEP_MAP!, `${constant} + ${over}`).to.equal(true);
    }
  });

  it("prints what each hop costs", () => {
    const lines = [...gas].sort().map(([key, value]) => `      ${key.padEnd(24)} ${value}`);
    process.stdout.write(`      gas of our handlers (contract, opcode)\n${lines.join("\n")}\n`);
    process.stdout.write(`      a whole send ${sent.gas} gas, a delivery ${received.gas} gas\n`);
    expect(lines.length >= handlers.length).to.equal(true);
  });
});
