import { Address, type Cell, beginCell, contractAddress } from "@ton/core";
import { expect } from "chai";
import { hashOf } from "../../chains/ton/address";
import { ERROR } from "../../chains/ton/errors";
import { EVENT, OP, messages } from "../../chains/ton/messages";
import { MAX_CAP, TonToken, oftInit } from "../../chains/ton/token";
import { NULL, build, opcode } from "../../localnet/ton-classlib";
import { NO_SEND_CONFIG, lzBody, lzEvents } from "../../localnet/ton-layerzero-paths";
import { deployToken } from "../../localnet/ton-token";
import type { Trace } from "../../localnet/ton-sandbox";
import { DAY, EVM_USER, Kit, PEER, STUN, TON, exitAt, oftMessage } from "./kit";

describe("TON OFT: powers", () => {
  let kit: Kit;
  let oft: Address;

  beforeEach(async () => {
    kit = await Kit.funded();
    oft = kit.token.address;
  });

  const exit = async (from: string, body: Cell, value?: bigint): Promise<number | null | undefined> =>
    exitAt(await kit.oft(from, body, value), oft);

  it("every setting is the admin's: the guardian, users and the proposed admin are refused", async () => {
    const carol = await kit.sandbox.addressOf("carol");
    await kit.oft("timelock", messages.proposeAdmin(carol));
    const settings: Record<string, Cell> = {
      proposeAdmin: messages.proposeAdmin(carol),
      setGuardian: messages.setGuardian(carol),
      setRoute: messages.setRoute(PEER, 1n, 200_000n),
      setLimit: messages.setLimit("in", 1n, 600),
      setCap: messages.setCap(1n),
      voidHeld: messages.voidHeld(1n, 1n),
      assignHeld: messages.assignHeld(0n, 1n, 1n),
      setLzConfig: messages.setLzConfig("controller", 1n, NULL),
      unlockPacket: messages.unlockPacket(1n),
    };
    for (const [name, body] of Object.entries(settings)) {
      for (const from of ["guardian", "alice", "carol"]) {
        expect(await exit(from, body), `${name} by ${from}`).to.equal(ERROR.ERR_NOT_ADMIN);
      }
    }
  });

  describe("the admin", () => {
    it("is handed over in two steps: proposed by the old one, accepted by the new one alone", async () => {
      const [timelock, carol] = [await kit.sandbox.addressOf("timelock"), await kit.sandbox.addressOf("carol")];
      expect(await exit("carol", messages.acceptAdmin())).to.equal(ERROR.ERR_NOT_PENDING_ADMIN);
      await kit.oft("timelock", messages.proposeAdmin(carol));
      expect((await kit.token.roles()).admin.equals(timelock)).to.equal(true);
      expect(await exit("alice", messages.acceptAdmin())).to.equal(ERROR.ERR_NOT_PENDING_ADMIN);
      await kit.oft("carol", messages.acceptAdmin());
      const roles = await kit.token.roles();
      expect(roles.admin.equals(carol)).to.equal(true);
      expect(roles.nextAdmin).to.equal(null);
      expect(await exit("timelock", messages.setCap(1n))).to.equal(ERROR.ERR_NOT_ADMIN);
      expect(await exit("carol", messages.setCap(1n))).to.equal(0);
    });

    it("can withdraw a proposal, and proposes no account outside of the basechain", async () => {
      const carol = await kit.sandbox.addressOf("carol");
      await kit.oft("timelock", messages.proposeAdmin(carol));
      await kit.oft("timelock", messages.proposeAdmin(null));
      expect(await exit("carol", messages.acceptAdmin())).to.equal(ERROR.ERR_NOT_PENDING_ADMIN);
      const masterchain = Address.parseRaw(`-1:${"11".repeat(32)}`);
      expect(await exit("timelock", messages.proposeAdmin(masterchain))).to.equal(ERROR.ERR_WRONG_WORKCHAIN);
    });

    it("sets limits and the cap within their bounds", async () => {
      expect(await exit("timelock", messages.setCap(MAX_CAP))).to.equal(0);
      expect(await exit("timelock", messages.setCap(MAX_CAP + 1n))).to.equal(ERROR.ERR_CAP);
      expect(await exit("timelock", messages.setLimit("in", 1n, 599))).to.equal(ERROR.ERR_LIMIT);
      expect(await exit("timelock", messages.setLimit("in", 1n, 30 * 86_400 + 1))).to.equal(ERROR.ERR_LIMIT);
      expect(await exit("timelock", messages.setLimit("in", 10n ** 18n + 1n, 600))).to.equal(ERROR.ERR_LIMIT);
      expect(await exit("timelock", messages.setLimit("in", 10n ** 18n, 600))).to.equal(0);
      const direction = messages.setLimit("in", 1n, 600).beginParse();
      const bad = direction.loadBits(96);
      const third = beginCell().storeBits(bad).storeUint(2, 8).storeSlice(direction.skip(8)).endCell();
      expect(await exit("timelock", third)).to.equal(ERROR.ERR_LIMIT);
    });

    it("keeps what has flowed when it changes a limit", async () => {
      await kit.oft("timelock", messages.setLimit("out", 100n * STUN, 86_400));
      await kit.send({ from: "alice", amount: 60n * STUN, to: EVM_USER });
      await kit.oft("timelock", messages.setLimit("out", 70n * STUN, 600));
      expect(await kit.token.limit("out")).to.eql({
        limit: 70n * STUN,
        window: 600n,
        used: 60n * STUN,
        available: 10n * STUN,
      });
    });

    it("gets back the TON that a setting did not need", async () => {
      const timelock = await kit.sandbox.addressOf("timelock");
      const trace = await kit.oft("timelock", messages.setCap(1n), TON);
      expect(trace.find(OP.excesses, timelock)!.value > (95n * TON) / 100n).to.equal(true);
      expect(trace.event(EVENT.admin)).to.not.equal(undefined);
    });

    it("configures LayerZero through the OFT: Controller and UlnManager, of the Channel only NILIFY and BURN", async () => {
      const md = build("md::MdObj", { md: NO_SEND_CONFIG, obj: kit.local.path.path });
      const config = messages.setLzConfig("ulnManager", opcode("MsglibManager_OP_SET_OAPP_MSGLIB_SEND_CONFIG"), md);
      const trace = await kit.oft("timelock", config, 2n * TON);
      expect(lzEvents(trace).map((event) => event.topic)).to.include("UlnConn::event::ULN_SEND_CFG_SET");
      for (const op of ["LZ_RECEIVE_EXECUTE_CALLBACK", "LZ_RECEIVE_LOCK", "FORCE_ABORT", "CHANNEL_SEND"]) {
        const forbidden = messages.setLzConfig("channel", opcode(`Channel_OP_${op}`), NULL);
        expect(await exit("timelock", forbidden), op).to.equal(ERROR.ERR_LZ_TARGET);
      }
      const unknown = messages.setLzConfig("channel", 0x51bc9996n, NULL).beginParse();
      const head = unknown.loadBits(96);
      const elsewhere = beginCell().storeBits(head).storeUint(3, 8).storeSlice(unknown.skip(8)).endCell();
      expect(await exit("timelock", elsewhere)).to.equal(ERROR.ERR_LZ_TARGET);
    });

    it("has no message that mints, changes code or drops the minter's admin", async () => {
      const minter = (await kit.token.minter())!;
      const before = [await kit.sandbox.account(oft), await kit.sandbox.account(minter)].map((of) => of.code!);
      for (const op of [OP.mint, 0x00000015, 0x2508d66a, 0x7431f221, 0x00000003, 0x6501f354]) {
        const body = beginCell().storeUint(op, 32).storeUint(0, 64).storeAddress(oft).storeRef(NULL).storeRef(NULL);
        expect(await exit("timelock", body.endCell()), `OFT ${op}`).to.equal(ERROR.ERR_UNKNOWN_MESSAGE);
        const trace = await kit.sandbox.send("timelock", { to: minter, value: TON, body: body.endCell() });
        expect(exitAt(trace, minter), `minter ${op}`).to.not.equal(0);
      }
      const after = [await kit.sandbox.account(oft), await kit.sandbox.account(minter)].map((of) => of.code!);
      expect(after.every((code, index) => code.equals(before[index]!))).to.equal(true);
    });
  });

  describe("the guardian", () => {
    it("pauses for at most seven days, and not again for thirty", async () => {
      expect(await exit("guardian", messages.pause(0))).to.equal(ERROR.ERR_PAUSE_TIME);
      expect(await exit("guardian", messages.pause(7 * 86_400 + 1))).to.equal(ERROR.ERR_PAUSE_TIME);
      expect(await exit("guardian", messages.pause(7 * 86_400))).to.equal(0);
      const { pausedUntil, pauseAllowedAt } = await kit.token.roles();
      expect(pausedUntil).to.equal((await kit.chain.now()) + 7n * DAY);
      expect(pauseAllowedAt).to.equal(pausedUntil + 30n * DAY);
      await kit.chain.advance(37n * DAY - 1n);
      expect(await exit("guardian", messages.pause(1))).to.equal(ERROR.ERR_PAUSE_COOLDOWN);
      await kit.chain.advance(1n);
      expect(await exit("guardian", messages.pause(1))).to.equal(0);
    });

    it("or the admin ends a pause early; the cooldown stays", async () => {
      for (const from of ["guardian", "timelock"]) {
        await kit.oft("guardian", messages.pause(3_600));
        expect(await exit("alice", messages.unpause())).to.equal(ERROR.ERR_NOT_GUARDIAN);
        expect(await exit(from, messages.unpause())).to.equal(0);
        expect((await kit.token.roles()).pausedUntil).to.equal(0n);
        expect(await exit("guardian", messages.pause(1))).to.equal(ERROR.ERR_PAUSE_COOLDOWN);
        await kit.chain.advance(31n * DAY);
      }
    });

    it("is the only one who pauses, is replaced by the admin, and may be nobody", async () => {
      expect(await exit("timelock", messages.pause(1))).to.equal(ERROR.ERR_NOT_GUARDIAN);
      await kit.oft("timelock", messages.setGuardian(await kit.sandbox.addressOf("carol")));
      expect(await exit("guardian", messages.pause(1))).to.equal(ERROR.ERR_NOT_GUARDIAN);
      expect(await exit("carol", messages.pause(1))).to.equal(0);
      await kit.oft("timelock", messages.setGuardian(null));
      await kit.chain.advance(31n * DAY);
      expect(await exit("carol", messages.pause(1))).to.equal(ERROR.ERR_NOT_GUARDIAN);
      expect(await exit("timelock", messages.unpause())).to.equal(0);
    });

    it("stops no transfer, no burn and no return of a send that is on its way", async () => {
      const alice = await kit.sandbox.addressOf("alice");
      const send = await kit.token.buildSend(alice, { amount: 10n * STUN, to: EVM_USER, nativeFee: kit.fee - 1n });
      await kit.oft("guardian", messages.pause(3_600));
      await kit.burn("alice", STUN);
      expect(await kit.token.directBurned()).to.equal(STUN);
      await kit.sandbox.send("alice", send);
      expect(await kit.token.balanceOf(alice)).to.equal(999n * STUN);
    });
  });

  describe("the route", () => {
    it("has a peer that is an EVM address, a Channel, and gas for the delivery within bounds", async () => {
      const channel = hashOf(kit.local.path.channel);
      for (const [peer, of] of [
        [0n, channel],
        [1n << 160n, channel],
        [PEER, 0n],
      ] as const) {
        expect(await exit("timelock", messages.setRoute(peer, of, 200_000n))).to.equal(ERROR.ERR_ROUTE);
      }
      for (const gas of [0n, 49_999n, 5_000_001n]) {
        expect(await exit("timelock", messages.setRoute(PEER, channel, gas))).to.equal(ERROR.ERR_OPTIONS);
      }
      expect(await exit("timelock", messages.setRoute(PEER, channel, 300_000n))).to.equal(0);
      const route = await kit.token.route();
      expect(route.open, "only the gas has changed").to.equal(true);
      const options = { lzReceiveGas: 300_000n, lzReceiveValue: 0n, nativeDropAddress: 0n, nativeDropAmount: 0n };
      expect(route.options.equals(build("md::OptionsV1", options))).to.equal(true);
    });

    it("closes when it changes, and is opened by the answer to a probe alone", async () => {
      await kit.oft("timelock", messages.setRoute(PEER + 1n, hashOf(kit.local.path.channel), 200_000n));
      expect((await kit.token.route()).open).to.equal(false);
      await kit.oft("timelock", messages.setRoute(PEER, hashOf(kit.local.path.channel), 200_000n));
      expect((await kit.token.route()).open).to.equal(false);
      const refused = await kit.send({ from: "alice", amount: STUN, to: EVM_USER });
      expect(refused.event(EVENT.sendRefused)).to.not.equal(undefined);
      expect(await exit("carol", messages.probeRoute(), TON / 100n)).to.equal(ERROR.ERR_NOT_ENOUGH_VALUE);
      const probe = await kit.oft("carol", messages.probeRoute());
      expect(probe.event(EVENT.routeOpened)).to.not.equal(undefined);
      expect(await kit.chain.takePackets(), "a probe sends no packet").to.eql([]);
      await kit.send({ from: "alice", amount: STUN, to: EVM_USER });
      expect((await kit.token.ledger()).sent).to.equal(STUN);
    });

    it("keeps which packets of a Channel were delivered when it changes and comes back", async () => {
      const packet = kit.packet(oftMessage(1n, 1_000n));
      await kit.deliver(packet);
      const before = await kit.token.ledger();
      await kit.oft("timelock", messages.setRoute(PEER + 1n, 0x1234n, 200_000n));
      await kit.oft("timelock", messages.setRoute(PEER, hashOf(kit.local.path.channel), 200_000n));
      const { layerZero } = kit.chain;
      const md = build("md::MdObj", { md: layerZero.packetCell(packet), obj: NULL });
      const body = lzBody(0x0c7b8418n, md, await kit.sandbox.addressOf("alice"));
      await kit.sandbox.inject(kit.local.path.channel, { to: oft, value: TON, body }, 1);
      expect(await kit.token.ledger()).to.eql(before);
    });
  });
});

describe("TON OFT: deployment", () => {
  it("opens no route through contracts of LayerZero that are not there, and refuses sends until then", async () => {
    const kit = await Kit.fresh();
    const other = await deployToken(kit.chain, PEER, {
      config: { guardian: null },
      upTo: "route",
    });
    const probe = (): Promise<Trace> =>
      kit.sandbox.send("carol", { to: other.token.address, value: TON, body: messages.probeRoute() });
    expect(exitAt(await probe(), other.token.address)).to.equal(ERROR.ERR_ROUTE_CLOSED);
    // a Channel that was never deployed: the probe is lost there, and the route stays closed
    const set = messages.setRoute(
      PEER + 9n,
      hashOf(kit.chain.layerZero.pathOf(other.token.address, 30_101, PEER + 9n).channel),
      200_000n,
    );
    await kit.sandbox.send("timelock", { to: other.token.address, value: TON, body: set });
    await probe();
    expect((await other.token.route()).open).to.equal(false);
  });

  it("gives the OFT an address that commits to everything a deployment decides", async () => {
    const kit = await Kit.fresh();
    const { code, config, token } = kit.local;
    expect(contractAddress(0, oftInit(code, config)).equals(token.address)).to.equal(true);
    const alice = await kit.sandbox.addressOf("alice");
    const changes = [
      { admin: alice },
      { guardian: null },
      { homeEid: 30_184 },
      { endpoint: alice },
      { cap: 1n },
      { metadata: { symbol: "OTHER" } },
      { inbound: { limit: 1n, window: 600 } },
    ];
    const addresses = changes.map((change) => TonToken.of(kit.sandbox, code, { ...config, ...change }).address);
    expect(new Set([...addresses, token.address].map((address) => address.toString())).size).to.equal(8);
  });

  it("deploys the minter once", async () => {
    const kit = await Kit.fresh();
    expect(exitAt(await kit.oft("carol", messages.deploy()), kit.token.address)).to.equal(ERROR.ERR_ALREADY_DEPLOYED);
  });

  it("prepays rent: five years without a message leave every contract alive", async () => {
    const kit = await Kit.funded();
    const [alice, minter] = [await kit.sandbox.addressOf("alice"), (await kit.token.minter())!];
    const accounts = [kit.token.address, minter, await kit.token.walletOf(alice)];
    // since the wallet was paid for, a month has gone by
    await kit.chain.advance((5n * 365n - 30n) * DAY);
    for (const account of accounts) {
      await kit.sandbox.send("carol", { to: account, value: 1_000_000n });
      expect((await kit.sandbox.account(account)).state).to.equal("active");
      expect((await kit.sandbox.account(account)).balance > 0n).to.equal(true);
    }
    await kit.send({ from: "alice", amount: STUN, to: EVM_USER });
  });
});
