import { AbiCoder, ZeroAddress, ZeroHash, hexlify, keccak256 } from "ethers";
import { deployContract } from "../../../chains/evm/client";
import { localWallet } from "../../../localnet/keys";
import type { Packet } from "../../../localnet/types";
import {
  REPAIR_SILENCE,
  checkReceiver,
  newReceiver,
  sendGovernance,
  stepReceiver,
  type GovernanceAction,
  type GovernanceMessage,
  type GovernanceSender,
} from "../../../model";
import { Differential, type Call, type Meanings } from "../differential";
import { DAY } from "../kit";
import { BASE, HOME, OPTIONS, build, payload, type Call as Done } from "./path";

const MEANINGS: Meanings = {
  WRONG_PARTY: ["OnlyEndpoint", "NotGuardian"],
  // what was executed or never verified is not known to the endpoint; what came too early, the receiver refuses
  MISMATCH: ["WrongSeq", "LZ_PayloadHashNotFound", "LZ_InvalidNonce"],
  NOT_FOUND: ["LZ_PayloadHashNotFound", "LZ_InvalidNonce"],
  NOT_ALLOWED: ["CallFailed", "NotAContract"],
  TOO_EARLY: ["NotSilent", "RepairTooEarly"],
  NOTHING_TO_DO: ["NoSuchRepair"],
};
const KINDS = ["send", "deliver", "execute", "skip", "proposeRepair", "applyRepair", "fund"];
const SETTINGS = "tuple(uint64,uint8,uint8,uint8,address[],address[])";
const REPAIR = "tuple(address,tuple(uint32,uint32,bytes)[])";

/** What a message does: pays so much of the treasury to Alice, or so much native currency, or calls where there is no code. */
interface Plan {
  packet: Packet;
  message: GovernanceMessage;
  pays: bigint;
  spends: bigint;
  lost: boolean;
}

describe("GovernanceReceiver against the model", () => {
  it("executes the timelock's messages in order, once and all or nothing, and is repaired only after silence", async () => {
    const run = new Differential("governance", MEANINGS, {
      kinds: KINDS,
      refusals: Object.values(MEANINGS).flat(),
    });
    const { random } = run;
    const { network, sender, receiver, treasury, token } = await build();
    const { ethereum, base } = network;
    const { endpoint } = base;
    const address = (role: string): string => localWallet(role).address;
    const at_ = await receiver.getAddress();
    const [treasuryAt, tokenAt] = [await treasury.getAddress(), await token.getAddress()];
    const { receiveLibrary, dvns } = base.layerZero.addresses;
    const sorted = [...dvns].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    const coder = AbiCoder.defaultAbiCoder();
    /** Settings that demand so many confirmations. */
    const settings = (confirmations: string, none = 255): string =>
      coder.encode([SETTINGS], [[BigInt(confirmations), 2, none, 0, sorted, []]]);
    // that there are no optional DVNs is written as 255 and read as 0
    const inForce = (): bigint[] => words(coder.encode(["bytes"], [settings(model.settings, 0)]));
    const repairOf = (confirmations: string): unknown => [receiveLibrary, [[HOME, 2, settings(confirmations)]]];
    const words = (data: string): bigint[] => (data.slice(2).match(/.{64}/g) ?? []).map((word) => BigInt(`0x${word}`));

    await run.begin([receiver, treasury, token, endpoint], {
      node: base.node,
      lens: await deployContract(base.signer("deployer"), "Lens"),
    });
    let model = newReceiver(await receiver.lastExecutedAt(), "15");
    let home: GovernanceSender = { lastSeq: 0n, sent: [] };
    let [paid, funded, alices, at] = [0n, 0n, 0n, await base.now()];
    const plans: Plan[] = [];

    async function send(): Promise<void> {
      const [pays, lost] = [random.between(1n, 9n), random.oneIn(8n)];
      const spends = !lost && random.oneIn(2n) ? random.between(1n, 20n) : 0n;
      const data = treasury.interface.encodeFunctionData("pay", [tokenAt, address("alice"), pays]);
      const calls: Done[] = [
        { target: treasuryAt, value: 0n, data },
        ...(spends > 0n ? [{ target: treasuryAt, value: spends, data: "0x" }] : []),
        ...(lost ? [{ target: address("bob"), value: 0n, data: "0x" }] : []),
      ];
      await ethereum.node.request({ method: "evm_setNextBlockTimestamp", params: [`0x${at.toString(16)}`] });
      await (await sender.send(BASE, payload(calls), OPTIONS)).wait();
      home = sendGovernance(home, `message ${home.lastSeq + 1n}`, at);
      const [packet] = await ethereum.takePackets();
      const message = home.sent.at(-1);
      if (!packet || !message) throw new Error("The sender sent nothing.");
      plans.push({ packet, message, pays, spends, lost });
      run.done("send");
    }

    async function deliver({ packet, message }: Plan): Promise<void> {
      await base.verify(packet);
      const verified = await base.now();
      if (verified > at) at = verified;
      model = stepReceiver(model, { type: "deliver", by: "endpoint", at, message }).state;
      run.done("deliver");
    }

    function bring(plan: Plan, direct: boolean): [GovernanceAction, Call] {
      const { packet, message, spends, lost } = plan;
      const origin = [packet.srcEid, packet.sender, packet.nonce];
      const [data, from] = [hexlify(packet.message), address("bob")];
      const type = at < message.expiresAt ? ("execute" as const) : ("skip" as const);
      if (direct) {
        const call = { kind: "deliver", at, from, to: receiver, method: "lzReceive" };
        const args = [origin, packet.guid, data, ZeroAddress, "0x"];
        return [
          { type: "deliver", by: "anyone", at, message },
          { ...call, args },
        ];
      }
      const action: GovernanceAction = { type, at, seq: message.seq, works: !lost && spends <= funded };
      const call = { kind: type, at, from, to: endpoint, method: "lzReceive" };
      return [action, { ...call, args: [origin, at_, packet.guid, data, "0x"] }];
    }

    while (run.unfinished) {
      at += random.between(1n, random.oneIn(12n) ? 6n * DAY : DAY / 4n);
      const silentFrom = model.lastExecutedAt + REPAIR_SILENCE;
      if (random.oneIn(model.repair ? 3n : 60n)) {
        const goal = model.repair ? model.repair.effectiveAt : silentFrom;
        if (goal > at) at = goal - random.between(0n, 1n);
      }
      const undelivered = plans.filter(
        ({ message }) => message.seq > model.lastSeq && !model.delivered[`${message.seq}`],
      );
      const next = plans.find(({ message }) => message.seq === model.lastSeq + 1n);
      const ready = next !== undefined && model.delivered[`${next.message.seq}`] !== undefined;
      if (ready) at = run.edge(at, [next.message.expiresAt]);
      const quiet = at >= silentFrom || model.repair !== null;
      if (undelivered.length < 3 && random.oneIn(quiet ? 12n : 4n)) {
        await send();
      } else if (undelivered.length > 0 && random.oneIn(quiet ? 6n : 3n)) {
        await deliver(random.pick(undelivered));
      } else if (random.oneIn(25n)) {
        const value = random.between(1n, 5n);
        await base.node.request({ method: "evm_setNextBlockTimestamp", params: [`0x${at.toString(16)}`] });
        await (await base.signer("alice").sendTransaction({ to: at_, value })).wait();
        funded += value;
        run.done("fund");
      } else {
        const repair = random.oneIn(quiet ? 3n : 12n);
        const plan = ready && !random.oneIn(4n) ? next : plans.length > 0 ? random.pick(plans.slice(-6)) : undefined;
        let made: [GovernanceAction, Call];
        if (repair && !random.oneIn(model.repair ? 2n : 4n)) {
          const by = random.oneIn(5n) ? ("anyone" as const) : ("guardian" as const);
          const from = address(by === "guardian" ? "guardian" : "bob");
          const text = random.between(1n, 15n).toString();
          const call = {
            kind: "proposeRepair",
            at,
            from,
            to: receiver,
            method: "proposeRepair",
            args: [repairOf(text)],
          };
          made = [{ type: "proposeRepair", by, at, settings: text }, call];
        } else if (repair) {
          const text = model.repair?.settings ?? model.settings;
          const call = { kind: "applyRepair", at, from: address("bob"), to: receiver, method: "executeRepair" };
          made = [
            { type: "applyRepair", at },
            { ...call, args: [repairOf(text)] },
          ];
        } else if (plan) {
          made = bring(plan, random.oneIn(20n));
        } else {
          continue;
        }
        const [action, call] = made;
        const done = await run.step(call, () => stepReceiver(model, action));
        if (done) model = done.state;
        for (const effect of done?.effects ?? []) {
          if (effect.type !== "executed") continue;
          const plan_ = plans.find(({ message }) => message.seq === effect.seq);
          alices += plan_?.pays ?? 0n;
          paid += plan_?.spends ?? 0n;
          funded -= plan_?.spends ?? 0n;
        }
      }
      checkReceiver(model);
      const repairHash = model.repair ? keccak256(coder.encode([REPAIR], [repairOf(model.repair.settings)])) : ZeroHash;
      await run.compare([
        run.fact(receiver, "lastSeq", [], [model.lastSeq]),
        run.fact(receiver, "lastExecutedAt", [], [model.lastExecutedAt]),
        run.fact(receiver, "repairAt", [], [model.repair?.effectiveAt ?? 0n]),
        run.fact(receiver, "repairHash", [], [repairHash]),
        run.fact(endpoint, "getConfig", [at_, receiveLibrary, HOME, 2], inForce()),
        run.fact(token, "balanceOf", [address("alice")], [alices]),
      ]);
      if ((await base.provider.getBalance(treasuryAt)) !== paid) {
        throw new Error(`The treasury has not the ${paid} wei that messages paid it.`);
      }
    }
    run.finish();
  });
});
