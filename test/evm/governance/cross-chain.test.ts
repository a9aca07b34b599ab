// The timelock's messages to a remote chain over LayerZero's real contracts.
import "hardhat"; // its chai matchers read custom errors and compare bigints
import { expect } from "chai";
import { AbiCoder, ContractFactory, ZeroAddress, type ContractTransactionResponse } from "ethers";
import { deployContract } from "../../../chains/evm/client";
import { addressToBytes32 } from "../../../localnet/evm-layerzero";
import { localWallet } from "../../../localnet/keys";
import type { Packet } from "../../../localnet/types";
import { GovernanceSender__factory, Treasury__factory, type GovernanceReceiver } from "../../../typechain-types";
import { packaged } from "../fees/buyback/fixture";
import { BASE, HOME, OPTIONS, build, payload, wire, type Call, type World } from "./path";

const DAY = 86_400n;
const RECEIVE_LIBRARY =
  "@layerzerolabs/lz-evm-messagelib-v2/artifacts/contracts/uln/uln302/ReceiveUln302.sol/ReceiveUln302.json";

let built: Promise<World> | undefined;
const snapshots = new Map<string, string>();

async function world(): Promise<World> {
  built ??= build();
  const w = await built;
  for (const chain of [w.network.ethereum, w.network.base]) {
    const last = snapshots.get(chain.name);
    if (last) await chain.node.restore(last);
    snapshots.set(chain.name, await chain.node.snapshot());
    await chain.skipEvents();
  }
  return w;
}

const alice = localWallet("alice").address;

async function paying(w: World, amount: bigint): Promise<Call> {
  const data = w.treasury.interface.encodeFunctionData("pay", [await w.token.getAddress(), alice, amount]);
  return { target: await w.treasury.getAddress(), value: 0n, data };
}

async function sent(w: World, calls: readonly Call[]): Promise<Packet> {
  await (await w.sender.send(BASE, payload(calls), OPTIONS)).wait();
  const packets = await w.network.ethereum.takePackets();
  if (packets.length !== 1) throw new Error(`expected one packet, got ${packets.length}`);
  return packets[0]!;
}

async function delivered(w: World, packet: Packet): Promise<string> {
  const result = await w.network.base.execute(packet);
  return result.delivered ? "delivered" : result.reason;
}

async function arrives(w: World, packet: Packet): Promise<string> {
  await w.network.base.verify(packet);
  return delivered(w, packet);
}

describe("Governance of another chain", () => {
  it("executes the timelock's calls there", async () => {
    const w = await world();
    const packet = await sent(w, [await paying(w, 5n), await paying(w, 7n)]);
    expect(await arrives(w, packet)).to.equal("delivered");
    expect(await w.token.balanceOf(alice)).to.equal(12n);
    expect(await w.receiver.lastSeq()).to.equal(1n);
    expect(await w.receiver.lastExecutedAt()).to.equal(await w.network.base.now());
  });

  it("executes messages in their order only; a later one waits and can be tried again", async () => {
    const w = await world();
    const first = await sent(w, [await paying(w, 5n)]);
    const second = await sent(w, [await paying(w, 7n)]);
    await w.network.base.verify(first);
    expect(await arrives(w, second)).to.contain("WrongSeq");
    expect(await w.token.balanceOf(alice)).to.equal(0n);
    expect(await delivered(w, first)).to.equal("delivered");
    expect(await delivered(w, second)).to.equal("delivered");
    expect(await w.token.balanceOf(alice)).to.equal(12n);
  });

  it("never executes a message twice", async () => {
    const w = await world();
    const packet = await sent(w, [await paying(w, 5n)]);
    await arrives(w, packet);
    expect(await delivered(w, packet)).not.to.equal("delivered");
    expect(await w.token.balanceOf(alice)).to.equal(5n);
  });

  it("does all calls or none, and a failed message can be tried again", async () => {
    const w = await world();
    const million = 10n ** 24n;
    const packet = await sent(w, [await paying(w, 5n), await paying(w, million)]);
    expect(await arrives(w, packet)).to.contain("CallFailed");
    expect(await w.token.balanceOf(alice)).to.equal(0n);
    expect(await w.receiver.lastSeq()).to.equal(0n);
    await (await w.token.transfer(await w.treasury.getAddress(), 10n)).wait();
    expect(await delivered(w, packet)).to.equal("delivered");
    expect(await w.token.balanceOf(alice)).to.equal(million + 5n);
  });

  it("refuses a call to an address without code", async () => {
    const w = await world();
    const packet = await sent(w, [{ target: alice, value: 0n, data: "0x" }]);
    expect(await arrives(w, packet)).to.contain("NotAContract");
  });

  it("skips a message after fourteen days, for anyone who delivers it, and goes on with the next", async () => {
    const w = await world();
    const first = await sent(w, [await paying(w, 5n)]);
    const expiry = (await w.network.ethereum.now()) + 14n * DAY;
    const base = w.network.base;
    await base.verify(first);
    await base.advance(expiry - (await base.now()) + 10n);
    expect(await delivered(w, first)).to.equal("delivered");
    expect(await w.token.balanceOf(alice)).to.equal(0n);
    expect(await w.receiver.lastSeq()).to.equal(1n);
    await w.network.ethereum.advance(20n * DAY);
    const second = await sent(w, [await paying(w, 7n)]);
    expect(await arrives(w, second)).to.equal("delivered");
    expect(await w.token.balanceOf(alice)).to.equal(7n);
  });

  it("executes a message in the last second before its expiry and skips it in the next", async () => {
    const w = await world();
    const { base, ethereum } = w.network;
    for (const [late, amount] of [
      [0n, 5n],
      [1n, 0n],
    ] as const) {
      const packet = await sent(w, [await paying(w, 5n)]);
      const expiry = (await ethereum.now()) + 14n * DAY;
      await base.verify(packet);
      const before = await w.token.balanceOf(alice);
      // the delivery is in the block one second after this one
      await base.advance(expiry - 2n + late - (await base.now()));
      expect(await delivered(w, packet)).to.equal("delivered");
      expect(await base.now()).to.equal(expiry - 1n + late);
      expect((await w.token.balanceOf(alice)) - before).to.equal(amount);
      await ethereum.advance(15n * DAY);
    }
    expect(await w.receiver.lastSeq()).to.equal(2n);
  });

  it("spends native currency of the receiver where a call asks for it", async () => {
    const w = await world();
    const { base } = w.network;
    const receiver = await w.receiver.getAddress();
    await (await base.signer("alice").sendTransaction({ to: receiver, value: 9n })).wait();
    const treasury = await w.treasury.getAddress();
    const packet = await sent(w, [{ target: treasury, value: 9n, data: "0x" }]);
    expect(await arrives(w, packet)).to.equal("delivered");
    expect(await base.provider.getBalance(treasury)).to.equal(9n);
  });

  it("can change the receiver itself: its guardian and its peer", async () => {
    const w = await world();
    const self = await w.receiver.getAddress();
    const data = w.receiver.interface.encodeFunctionData("setGuardian", [alice]);
    expect(await arrives(w, await sent(w, [{ target: self, value: 0n, data }]))).to.equal("delivered");
    expect(await w.receiver.guardian()).to.equal(alice);
  });

  it("cannot be entered again by a call of its message: the next one waits until this one has ended", async () => {
    const w = await world();
    const { base } = w.network;
    const caller = await deployContract(base.signer("deployer"), "HostileToken", 18n);
    const target = await caller.getAddress();
    const data = caller.interface.encodeFunctionData("transfer", [alice, 0n]);
    const [first, next] = [await sent(w, [{ target, value: 0n, data }]), await sent(w, [])];
    for (const packet of [first, next]) await base.verify(packet);
    const { endpoint } = base.layerZero.addresses;
    const inner = base.endpoint.interface.encodeFunctionData("lzReceive", [
      { srcEid: next.srcEid, sender: next.sender, nonce: next.nonce },
      await w.receiver.getAddress(),
      next.guid,
      next.message,
      "0x",
    ]);
    await (await caller.getFunction("setCall").send(endpoint, inner)).wait();
    await (await caller.getFunction("setMode").send(4n)).wait();
    expect(await delivered(w, first)).to.equal("delivered");
    expect(await caller.getFunction("reentered").staticCall()).to.equal(false);
    const guard = w.receiver.interface.getError("ReentrancyGuardReentrantCall")?.selector;
    expect(await caller.getFunction("answer").staticCall()).to.equal(guard);
    expect(await delivered(w, next)).to.equal("delivered");
  });
});

describe("GovernanceSender", () => {
  it("sends for the timelock alone", async () => {
    const w = await world();
    for (const who of ["guardian", "alice", "deployer"]) {
      const as = w.sender.connect(w.network.ethereum.signer(who));
      await expect(as.send(BASE, "0x", OPTIONS)).to.be.revertedWithCustomError(w.sender, "OwnableUnauthorizedAccount");
      await expect(as.setPeer(BASE, `0x${"11".repeat(32)}`)).to.be.revertedWithCustomError(
        w.sender,
        "OwnableUnauthorizedAccount",
      );
    }
  });

  it("pays the fee it quotes from its own balance, and says when that is short", async () => {
    const w = await world();
    const address = await w.sender.getAddress();
    const { provider } = w.network.ethereum;
    const before = await provider.getBalance(address);
    const fee = await w.sender.quote(BASE, payload([]), OPTIONS);
    await sent(w, []);
    expect(before - (await provider.getBalance(address))).to.equal(fee);
    const poor = await deployContract(
      w.network.ethereum.signer("deployer"),
      "GovernanceSender",
      ...[w.network.ethereum.layerZero.addresses.endpoint, localWallet("timelock").address],
    );
    const other = GovernanceSender__factory.connect(await poor.getAddress(), w.network.ethereum.signer("timelock"));
    await wire(w.network.ethereum, await poor.getAddress(), BASE, "timelock");
    await (await other.setPeer(BASE, addressToBytes32(alice))).wait();
    await expect(other.send(BASE, payload([]), OPTIONS)).to.be.revertedWithCustomError(other, "FeeNotCovered");
  });

  it("hands its ownership over in two steps", async () => {
    const w = await world();
    await (await w.sender.transferOwnership(alice)).wait();
    expect(await w.sender.owner()).to.equal(localWallet("timelock").address);
    await (await w.sender.connect(w.network.ethereum.signer("alice")).acceptOwnership()).wait();
    expect(await w.sender.owner()).to.equal(alice);
  });
});

describe("GovernanceReceiver", () => {
  it("belongs to itself after its set-up, and so does LayerZero's delegation", async () => {
    const w = await world();
    const self = await w.receiver.getAddress();
    expect(await w.receiver.owner()).to.equal(self);
    expect(await w.network.base.endpoint.getFunction("delegates").staticCall(self)).to.equal(self);
    for (const who of ["deployer", "guardian", "timelock", "alice"]) {
      const as = w.receiver.connect(w.network.base.signer(who));
      const calls: (() => Promise<ContractTransactionResponse>)[] = [
        () => as.setPeer(HOME, addressToBytes32(alice)),
        () => as.setDelegate(alice),
        () => as.setGuardian(alice),
        () => as.finishSetUp(),
        () => as.transferOwnership(alice),
      ];
      for (const call of calls) {
        await expect(call()).to.be.revertedWithCustomError(w.receiver, "OwnableUnauthorizedAccount");
      }
    }
  });

  it("takes an ownership that it was offered when anyone says so", async () => {
    const w = await world();
    const { base } = w.network;
    const self = await w.receiver.getAddress();
    const other = Treasury__factory.connect(
      await (
        await deployContract(base.signer("deployer"), "Treasury", w.token, localWallet("deployer").address)
      ).getAddress(),
      base.signer("deployer"),
    );
    const anyone = w.receiver.connect(base.signer("alice"));
    await expect(anyone.takeOwnership(other)).to.be.revertedWithCustomError(other, "OwnableUnauthorizedAccount");
    await (await other.transferOwnership(self)).wait();
    await (await anyone.takeOwnership(other)).wait();
    expect(await other.owner()).to.equal(self);
  });

  it("takes messages of the home sender through the endpoint alone", async () => {
    const w = await world();
    const sender = addressToBytes32(await w.sender.getAddress());
    const origin = { srcEid: HOME, sender, nonce: 1n };
    await expect(w.receiver.lzReceive(origin, sender, "0x", ZeroAddress, "0x")).to.be.revertedWithCustomError(
      w.receiver,
      "OnlyEndpoint",
    );
    expect(await w.receiver.allowInitializePath({ ...origin, sender: addressToBytes32(alice) })).to.equal(false);
  });

  it("refuses a message without number and expiry", async () => {
    const w = await world();
    const { ethereum } = w.network;
    // A sender that is not ours would be needed: the peer is moved to one for this test, as governance could.
    const loose = await deployContract(
      ethereum.signer("deployer"),
      "LooseSender",
      ethereum.layerZero.addresses.endpoint,
    );
    const peer = addressToBytes32(await loose.getAddress());
    const data = w.receiver.interface.encodeFunctionData("setPeer", [HOME, peer]);
    await arrives(w, await sent(w, [{ target: await w.receiver.getAddress(), value: 0n, data }]));
    await wire(ethereum, await loose.getAddress(), BASE, "deployer");
    const receiver = addressToBytes32(await w.receiver.getAddress());
    await (
      await loose.connect(ethereum.signer("deployer")).getFunction("send")(BASE, receiver, "0x0102", OPTIONS, {
        value: 10n ** 17n,
      })
    ).wait();
    const [packet] = await ethereum.takePackets();
    expect(await arrives(w, packet!)).to.contain("MalformedMessage");
  });
});

describe("GovernanceReceiver: repair of the path by the guardian", () => {
  async function repairOf(
    w: World,
  ): Promise<{ library_: string; params: { eid: number; configType: number; config: string }[] }> {
    const { receiveLibrary, dvns } = w.network.base.layerZero.addresses;
    const sorted = [...dvns].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    const config = AbiCoder.defaultAbiCoder().encode(
      ["tuple(uint64,uint8,uint8,uint8,address[],address[])"],
      [[20n, 2, 255, 0, sorted, []]],
    );
    return { library_: receiveLibrary, params: [{ eid: HOME, configType: 2, config }] };
  }

  async function silent(): Promise<World & { guardian: GovernanceReceiver }> {
    const w = await world();
    await w.network.base.advance(180n * DAY);
    return { ...w, guardian: w.receiver.connect(w.network.base.signer("guardian")) };
  }

  it("takes 180 days of silence, then 30 days, and then anyone puts it in force", async () => {
    const w = await silent();
    const repair = await repairOf(w);
    await (await w.guardian.proposeRepair(repair)).wait();
    const at = await w.receiver.repairAt();
    expect(at).to.equal((await w.network.base.now()) + 30n * DAY);
    const anyone = w.receiver.connect(w.network.base.signer("alice"));
    await expect(anyone.executeRepair(repair)).to.be.revertedWithCustomError(w.receiver, "RepairTooEarly");
    await w.network.base.advance(30n * DAY);
    await expect(anyone.executeRepair(repair)).to.emit(w.receiver, "RepairExecuted");
    const { endpoint } = w.network.base;
    const self = await w.receiver.getAddress();
    const config = (await endpoint.getFunction("getConfig").staticCall(self, repair.library_, HOME, 2)) as string;
    const [uln] = AbiCoder.defaultAbiCoder().decode(["tuple(uint64,uint8,uint8,uint8,address[],address[])"], config);
    expect((uln as bigint[])[0]).to.equal(20n);
    await expect(anyone.executeRepair(repair)).to.be.revertedWithCustomError(w.receiver, "NoSuchRepair");
  });

  it("replaces the library that receives, and makes a default one explicit", async () => {
    const w = await world();
    const { base } = w.network;
    const self = await w.receiver.getAddress();
    const path = async (): Promise<[string, boolean]> =>
      (await base.endpoint.getFunction("getReceiveLibrary").staticCall(self, HOME)) as [string, boolean];
    const { endpoint } = base.layerZero.addresses;
    const data = base.endpoint.interface.encodeFunctionData("setReceiveLibrary", [self, HOME, ZeroAddress, 0n]);
    expect(await arrives(w, await sent(w, [{ target: endpoint, value: 0n, data }]))).to.equal("delivered");
    const repair = await repairOf(w);
    expect([...(await path())], "the default").to.deep.equal([repair.library_, true]);
    const { abi, bytecode } = packaged(RECEIVE_LIBRARY);
    const vendor = localWallet("layerzero").connect(base.provider);
    const other = await (await new ContractFactory(abi, bytecode, vendor).deploy(endpoint)).waitForDeployment();
    await (await base.layerZero.contract("EndpointV2").getFunction("registerLibrary").send(other)).wait();
    const [confirmations, optional, none] = [15n, 0, 0];
    const requiredDVNs = [...base.layerZero.addresses.dvns].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    const config = [confirmations, requiredDVNs.length, optional, none, requiredDVNs, []];
    await (await other.getFunction("setDefaultUlnConfigs").send([[HOME, config]])).wait();

    const guardian = w.receiver.connect(base.signer("guardian"));
    for (const library_ of [repair.library_, await other.getAddress()]) {
      await base.advance(180n * DAY);
      await (await guardian.proposeRepair({ ...repair, library_ })).wait();
      await base.advance(30n * DAY);
      await (await guardian.executeRepair({ ...repair, library_ })).wait();
      expect([...(await path())]).to.deep.equal([library_, false]);
    }
  });

  it("is refused a second before the 180 days are over, and to everybody but the guardian", async () => {
    const w = await world();
    const repair = await repairOf(w);
    const { base } = w.network;
    const guardian = w.receiver.connect(base.signer("guardian"));
    const allowed = (await w.receiver.lastExecutedAt()) + 180n * DAY;
    // a transaction is in the block one second after the newest
    await base.advance(allowed - 2n - (await base.now()));
    await expect(guardian.proposeRepair(repair))
      .to.be.revertedWithCustomError(w.receiver, "NotSilent")
      .withArgs(allowed);
    await base.advance(1n);
    await (await guardian.proposeRepair(repair)).wait();
    const at = await w.receiver.repairAt();
    await base.advance(at - 2n - (await base.now()));
    await expect(guardian.executeRepair(repair))
      .to.be.revertedWithCustomError(w.receiver, "RepairTooEarly")
      .withArgs(at);
    await base.advance(1n);
    await (await guardian.executeRepair(repair)).wait();
    for (const who of ["alice", "deployer", "timelock"]) {
      const as = w.receiver.connect(w.network.base.signer(who));
      await expect(as.proposeRepair(repair)).to.be.revertedWithCustomError(w.receiver, "NotGuardian");
    }
  });

  it("concerns the path from home alone", async () => {
    const w = await silent();
    const repair = await repairOf(w);
    repair.params[0]!.eid = 30_110;
    await expect(w.guardian.proposeRepair(repair))
      .to.be.revertedWithCustomError(w.receiver, "NotTheGovernancePath")
      .withArgs(30_110);
  });

  it("is void as soon as governance is heard again", async () => {
    const w = await silent();
    const repair = await repairOf(w);
    await (await w.guardian.proposeRepair(repair)).wait();
    await w.network.ethereum.advance(181n * DAY);
    expect(await arrives(w, await sent(w, []))).to.equal("delivered");
    await w.network.base.advance(30n * DAY);
    await expect(w.guardian.executeRepair(repair)).to.be.revertedWithCustomError(w.receiver, "NoSuchRepair");
    await expect(w.guardian.proposeRepair(repair)).to.be.revertedWithCustomError(w.receiver, "NotSilent");
  });

  it("puts in force exactly what was proposed", async () => {
    const w = await silent();
    const repair = await repairOf(w);
    await (await w.guardian.proposeRepair(repair)).wait();
    await w.network.base.advance(30n * DAY);
    const other = { ...repair, params: [] };
    await expect(w.guardian.executeRepair(other)).to.be.revertedWithCustomError(w.receiver, "NoSuchRepair");
  });
});
