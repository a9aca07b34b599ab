import chai, { expect } from "chai";
import chaiAsPromised from "chai-as-promised";
import { VoidSigner, Wallet, encryptKeystoreJsonSync, type Signer } from "ethers";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { proposalArgs, proposalId, sendCalls, toProposal, type Proposal } from "../../chains/evm/governance";
import { deployNetwork, describe as describeNetwork } from "../../deploy";
import { Governed, type Action } from "../../scripts/governance/action";
import baseBridgeLimit from "../../scripts/governance/actions/base-bridge-limit";
import treasuryPayment from "../../scripts/governance/actions/treasury-payment";
import { addressOf, needed, openKey } from "../../scripts/governance/keys";
import { printSimulation, warnings } from "../../scripts/governance/print";
import { printStanding, Proposals, type Unsent } from "../../scripts/governance/proposal";
import { copyLocal, simulate } from "../../scripts/governance/simulate";
import { callsOf, inWords, leap, readable } from "../../scripts/governance/words";
import { newFolder, removeFolders, startLocal, type Local } from "./fixture";

chai.use(chaiAsPromised);

const STUN = 10n ** 18n;
const DAY = 86_400n;

describe("a proposal, step by step", () => {
  let local: Local;
  let world: Governed;
  const snapshots = new Map<string, string>();

  before(async () => {
    local = await startLocal(["ethereum", "base", "arbitrum"]);
    await deployNetwork(local.network, local.connections, { relay: local.relay });
    world = new Governed(await describeNetwork(local.network, local.connections), local.connections);
    const sale = local.chains.ethereum.signer("sale");
    const as = (key: string) => world.at("ethereum", key).connect(sale) as ReturnType<Governed["at"]>;
    await (await as("token").getFunction("approve")(world.address("ethereum", "staking"), 2n ** 255n)).wait();
    await (await as("staking").getFunction("open")(12_000_000n * STUN, 730n * DAY, 0n)).wait();
    await local.chains.ethereum.advance(2n);
  });

  beforeEach(async () => {
    for (const chain of Object.values(local.chains)) snapshots.set(chain.name, await chain.node.snapshot());
  });

  afterEach(async () => {
    for (const chain of Object.values(local.chains)) {
      await chain.node.restore(snapshots.get(chain.name)!);
      await chain.skipEvents();
    }
    local.relayer.forget();
  });

  after(removeFolders);

  const as = (role: string): Proposals => new Proposals(world, (chain) => local.chains[chain as "base"].signer(role));
  const advance = (seconds: bigint): Promise<void> => local.chains.ethereum.advance(seconds);
  const proposed = async (of: Action = baseBridgeLimit): Promise<bigint> => proposalId(await as("sale").propose(of));
  const queued = async (of?: Action): Promise<bigint> => {
    const id = await proposed(of);
    await advance(DAY + 1n);
    await as("sale").vote(id, "for");
    await advance(3n * DAY + 1n);
    await as("sale").queue(id);
    return id;
  };
  const executed = async (of?: Action): Promise<bigint> => {
    const id = await queued(of);
    await advance(2n * DAY);
    await as("sale").execute(id);
    return id;
  };
  const refused = (what: Promise<unknown>, sentence: RegExp | string): Promise<void> =>
    expect(what).to.be.rejectedWith(sentence) as unknown as Promise<void>;
  const refusedToPropose = (role: string, sentence: RegExp): Promise<void> =>
    refused(as(role).propose(baseBridgeLimit), sentence);

  it("is refused from one who has too few votes, with both numbers", async () => {
    await refusedToPropose("mallory", /^0x\w{40} has 0 votes and proposing takes 1,000,000: stake more/);
  });

  it("is refused a second time, with its number", async () => {
    const id = await proposed();
    await refusedToPropose("sale", new RegExp(`^This very proposal is pending, with the number ${id}: `));
  });

  it("is voted on in its three days, once, by those who had votes when they began", async () => {
    const id = await proposed();
    await refused(as("sale").vote(id, "for"), /^The vote on \d+ begins at \d{4}-\d\d-\d\d \d\d:\d\d UTC: vote then\.$/);
    await advance(DAY + 1n);
    await refused(as("mallory").vote(id, "for"), /had no votes at .* UTC, when those of this proposal were counted/);
    await as("sale").vote(id, "for");
    await refused(as("sale").vote(id, "against"), /has voted on \d+ already; a vote cannot be changed\.$/);
    await refused(as("sale").queue(id), /^Proposal \d+ is active: its vote ends at/);
    await advance(3n * DAY + 1n);
    await refused(as("sale").vote(id, "for"), /^Proposal \d+ is succeeded; its vote ended at/);
    await refused(as("sale").execute(id), /^Proposal \d+ has won and is not queued: queue it first\.$/);
  });

  it("that lost is neither queued nor executed, and says by what it lost", async () => {
    const [silent, against] = [await proposed(), await proposed(treasuryPayment)];
    await advance(DAY + 1n);
    await as("sale").vote(against, "against");
    await advance(3n * DAY + 1n);
    await refused(as("sale").queue(silent), /is defeated \(0 of the 10,000,000 votes that a quorum takes\): only one/);
    await refused(as("sale").execute(against), /is defeated \(0 of the 10,000,000 votes/);
  });

  it("is executed after two days, within fourteen, once", async () => {
    const id = await queued();
    await refused(as("sale").execute(id), /^Proposal \d+ can be executed from .* UTC on\.$/);
    const here = await local.chains.ethereum.node.snapshot();
    await advance(2n * DAY + 14n * DAY + 1n);
    await refused(as("sale").execute(id), /^Proposal \d+ expired at .* UTC: propose it again\.$/);
    await refused(as("sale").queue(id), /^Proposal \d+ is expired: only one that has won is queued\.$/);
    await local.chains.ethereum.node.restore(here);
    await advance(2n * DAY);
    await as("sale").execute(id);
    await refused(as("sale").execute(id), /^Proposal \d+ is executed: only a queued one is executed\.$/);
    await refused(as("sale").queue(id), /^Proposal \d+ is executed: only one that has won is queued\.$/);
    await refused(as("sale").cancel(id), /^Proposal \d+ is executed: its proposer can withdraw it while/);
    await refused(as("sale").state(7n), /^The governor knows no proposal 7: copy the number/);
  });

  it("that is queued is canceled by the guardian alone", async () => {
    const id = await queued();
    await refused(as("sale").cancel(id), /is queued: only the guardian 0x\w{40} can cancel it, not 0x/);
    await as("guardian").cancel(id);
    await advance(2n * DAY);
    await refused(as("sale").execute(id), /^Proposal \d+ is canceled: only a queued one is executed\.$/);
  });

  it("that is pending is withdrawn by its proposer alone", async () => {
    const id = await proposed();
    await refused(as("guardian").cancel(id), /is pending: only its proposer 0x\w{40} can withdraw it, not 0x/);
    await as("sale").cancel(id);
    expect(await as("sale").state(id)).to.equal("canceled");
  });

  it("whose message comes after one that has not arrived waits for it, by its number", async () => {
    const first = await executed();
    const second = await executed({
      ...(baseBridgeLimit as Action),
      title: "The other direction",
      enact: async (w) => [
        w.call(
          "base",
          "bridge",
          "setRateLimits",
          [[{ eid: 30_101, inbound: false, capacity: 9n * STUN, window: DAY }]],
          "",
        ),
      ],
      enacted: async () => false,
    });
    const [one, two] = await local.chains.ethereum.takePackets();
    await local.chains.base.verify(two!);
    expect(await as("sale").relay(second)).to.deep.equal([
      { chain: "base", seq: 2n, state: "waits for message 1, which comes before it" },
    ]);
    await local.chains.base.verify(one!);
    expect(await as("sale").deliveries(first)).to.deep.equal([
      { chain: "base", seq: 1n, state: "verified: 'relay' delivers it" },
    ]);
    for (const id of [first, second]) expect((await as("sale").relay(id))[0]!.state).to.equal("delivered now");
    for (const id of [first, second]) expect((await as("sale").relay(id))[0]!.state).to.equal("executed");
  });

  it("whose message arrives after fourteen days is skipped, and says so", async () => {
    const id = await executed();
    const [packet] = await local.chains.ethereum.takePackets();
    await local.chains.base.verify(packet!);
    const now = (await local.chains.ethereum.now()) + 15n * DAY;
    await local.chains.base.advance(now - (await local.chains.base.now()));
    expect((await as("sale").relay(id))[0]!.state).to.equal("delivered now");
    expect((await as("sale").relay(id))[0]!.state).to.equal("skipped: it had expired");
    await refused(baseBridgeLimit.verify(world, await baseBridgeLimit.prepare(world)), /^base lets 10000000\d+ base/);
  });

  it("is only shown when nothing is to be sent, with all that a Safe or a hardware wallet needs", async () => {
    const shown: Unsent[] = [];
    const dry = (address: string): Proposals =>
      new Proposals(
        world,
        (chain): Signer => new VoidSigner(address, world.provider(chain)),
        undefined,
        (u) => shown.push(u),
      );
    const sale = local.chains.ethereum.signer("sale").address;
    const height = await local.chains.ethereum.provider.getBlockNumber();
    const proposal = await dry(sale).propose(baseBridgeLimit);
    expect(await local.chains.ethereum.provider.getBlockNumber()).to.equal(height);
    const [{ what, chain, to, value, data }] = shown as [Unsent];
    expect([what, chain, to, value]).to.deep.equal(["propose", "ethereum", world.address("ethereum", "governor"), 0n]);
    await (await local.chains.ethereum.signer("sale").sendTransaction({ to, value, data })).wait();
    expect(await as("sale").state(proposalId(proposal))).to.equal("pending");
    // Without an address, what depends on who sends is left open.
    await advance(DAY + 1n);
    await dry("0x0000000000000000000000000000000000000000").vote(proposalId(proposal), "for");
    expect(shown.at(-1)!.what).to.equal("vote");
  });

  it("says where it stands in words", async () => {
    const id = await queued();
    const text = printStanding(id, await as("sale").standing(id));
    expect(text).to.match(
      /is queued\.\nVote from .* UTC to .* UTC\.\nFor 12,000,000, against 0, abstained 0; a quorum takes 10,000,000\.\nIt can be executed from/,
    );
  });

  describe("as a voter sees it", () => {
    const simulated = async (of: Action | Proposal) => simulate(local.network, await copyLocal(local), of);

    it("is simulated by its number: its bytes count, not the text that came with them", async () => {
      const mallory = local.chains.ethereum.signer("mallory").address;
      const theft = world.call("ethereum", "committee", "transferOwnership", [mallory], "");
      const lie = toProposal([{ target: theft.target, value: 0n, data: theft.data }], `# ${baseBridgeLimit.title}`);
      const governor = world.at("ethereum", "governor").connect(local.chains.ethereum.signer("sale")) as ReturnType<
        Governed["at"]
      >;
      await (await governor.getFunction("propose")(lie.targets, lie.values, lie.calldatas, lie.description)).wait();
      const found = await as("sale").find(proposalId(lie));
      expect(proposalArgs(found)).to.deep.equal(proposalArgs(lie));
      const simulation = await simulated(found);
      expect(simulation.calls.map(({ title }) => title)).to.deep.equal([
        `Committee.transferOwnership(newOwner ${mallory})`,
      ]);
      expect(warnings(simulation)).to.deep.equal(["ethereum: a power changes hands, pending owner of Committee."]);
      expect(await as("sale").state(proposalId(lie))).to.equal("pending");
    });

    it("shows the calls inside its messages", async () => {
      const { calls } = await simulated(baseBridgeLimit);
      expect(calls.map(({ chain, title }) => [chain, title])).to.deep.equal([
        ["base", "StunOFT.setRateLimits(params [[30101, true, 12,000,000e18, 86400]])"],
      ]);
    });

    it("shows what a message carries beside calls and gas", () => {
      const receiver = world.address("base", "bridge");
      const message = sendCalls(
        world.address("ethereum", "governanceSender"),
        30_184,
        [{ target: receiver, value: 0n, data: "0x12345678" }],
        1n,
      );
      const sender = world.at("ethereum", "governanceSender").interface;
      const [eid, payload, options] = sender.parseTransaction({ data: message.data })!.args as unknown as [
        bigint,
        string,
        string,
      ];
      const titles = (data: string): string[] =>
        callsOf(world, toProposal([{ ...message, data }], "")).map(({ title }) => title);
      expect(titles(message.data).join()).to.not.contain("options");
      const more = sender.encodeFunctionData("send", [eid, payload, `${options}01001101${"00".repeat(16)}`]);
      expect(titles(more).join()).to.match(/, with the message options 0x0003/);
    });

    it("that would fail when executed is refused, with the reason", async () => {
      const { data } = world.call(
        "ethereum",
        "treasury",
        "pay",
        [world.address("ethereum", "token"), VOTER, 3_000_000n * STUN],
        "",
      );
      const target = world.address("ethereum", "treasury");
      const proposal = toProposal([{ target, value: 0n, data }], "# Three million");
      await refused(simulated(proposal), /^Cannot execute the proposal on the copy: \w+ \(.*3000000000000000000000000/);
    });

    it("asks for a second look at an amount without its decimals", async () => {
      const found = warnings(await simulated({ ...(treasuryPayment as Action), ...paying(250_000n) }));
      expect(found.join()).to.match(/^ethereum: 250000 base units of StunToken \S+ are less than one whole unit\.$/);
    });

    it("asks for a second look at a limit ten times as high, and at one that becomes nothing", async () => {
      for (const [capacity, words] of [
        [120_000_000n * STUN, "becomes 12 times what it was"],
        [0n, "becomes 0"],
      ] as const) {
        const found = warnings(await simulated({ ...(baseBridgeLimit as Action), ...limiting(capacity) }));
        expect(found).to.deep.equal([`base: limit from ethereum ${words}.`]);
      }
      const text = printSimulation(await simulated(baseBridgeLimit));
      expect(text).to.match(/limit from ethereum {2}10,000,000e18 in 86400 s → 12,000,000e18 in 86400 s/);
      expect(text).to.match(/Nothing in it asks for a second look\.$/);
    });

    it("names a contract that nobody here knows, and bytes that no function takes", () => {
      const target = "0x000000000000000000000000000000000000bEEF";
      expect(inWords(world, "base", { target, value: 1n, data: "0x12345678" })).to.equal(
        `the unknown contract ${target}: bytes that no function of it takes, 0x12345678…, with 1 wei`,
      );
      const bridge = world.address("base", "bridge");
      expect(inWords(world, "base", { target: bridge, value: 0n, data: "0x12345678" })).to.match(
        /^StunOFT: bytes that no/,
      );
    });
  });

  it("is refused on a node of another chain, whatever that has at our addresses", async () => {
    const { ethereum, base } = local.connections;
    const swapped = { ...local.connections, ethereum: base!, base: ethereum! };
    const wrong = new Governed(await describeNetwork(local.network, local.connections), swapped);
    await refused(wrong.checkNodes(), "The node of ethereum is on chain 31338, not on 31337: check STUN_RPC_ETHEREUM.");
  });
});

const VOTER = "0x000000000000000000000000000000000000d0D0";

/** The payment of another amount. */
function paying(amount: bigint): Partial<Action> {
  return {
    prepare: async () => undefined,
    simulate: async () => ({}),
    enact: async (w) => [w.call("ethereum", "treasury", "pay", [w.address("ethereum", "token"), VOTER, amount], "")],
    enacted: async (w) => ((await w.at("ethereum", "token").getFunction("balanceOf")(VOTER)) as bigint) === amount,
    verify: async () => undefined,
  };
}

/** The same limit with another number. */
function limiting(capacity: bigint): Partial<Action> {
  const param = { eid: 30_101, inbound: true, capacity, window: DAY };
  return {
    enact: async (w) => [w.call("base", "bridge", "setRateLimits", [[param]], "")],
    enacted: async (w) =>
      ((await w.at("base", "bridge").getFunction("rateLimit")(30_101, true)) as [bigint])[0] === capacity,
    verify: async () => undefined,
  };
}

describe("the key of a governance command", () => {
  const wallet = Wallet.createRandom();

  after(removeFolders);

  it("comes from the environment or from a keystore, and nothing is sent without one", async () => {
    expect(await openKey({})).to.equal(undefined);
    expect(() => needed(undefined)).to.throw(/^Nothing can be sent without a key: set STUN_GOVERNANCE_KEY, or/);
    expect((await openKey({ STUN_GOVERNANCE_KEY: wallet.privateKey }))?.address).to.equal(wallet.address);
    const file = join(newFolder(), "key.json");
    writeFileSync(
      file,
      encryptKeystoreJsonSync({ address: wallet.address, privateKey: wallet.privateKey }, "right", {
        scrypt: { N: 1_024 },
      }),
    );
    const opened = await openKey({ STUN_GOVERNANCE_KEYSTORE: file, STUN_GOVERNANCE_PASSWORD: "right" });
    expect(opened?.address).to.equal(wallet.address);
    for (const [env, sentence] of [
      [{ STUN_GOVERNANCE_KEYSTORE: file, STUN_GOVERNANCE_PASSWORD: "wrong" }, /does not open: check/],
      [{ STUN_GOVERNANCE_KEYSTORE: file }, /^The environment variable STUN_GOVERNANCE_PASSWORD is not set/],
      [{ STUN_GOVERNANCE_KEYSTORE: `${file}.none` }, /which does not exist: give a keystore file\.$/],
      [{ STUN_GOVERNANCE_KEYSTORE: file, STUN_GOVERNANCE_KEY: wallet.privateKey }, /are both set: unset the one/],
    ] as const) {
      await expect(openKey(env)).to.be.rejectedWith(sentence);
    }
  });

  it("is never quoted by an error", async () => {
    const secret = `${wallet.privateKey}0`;
    const error = (await openKey({ STUN_GOVERNANCE_KEY: secret }).catch((e: unknown) => e)) as Error;
    expect(error.message).to.match(/holds no private key: give 0x and 64 hexadecimal digits\.$/);
    expect(`${error.stack} ${String(error.cause)}`).to.not.contain(secret.slice(2));
  });

  it("an address is checked as it is typed", () => {
    expect(addressOf(wallet.address.toLowerCase())).to.equal(wallet.address);
    expect(() => addressOf("0x12")).to.throw("'0x12' is no address: give 0x and 40 hexadecimal digits.");
  });
});

describe("numbers as a voter reads them", () => {
  it("are multiples of 10^18 where they are long, and untouched elsewhere", () => {
    expect(readable("2000000000000000000000000 in 86400 s")).to.equal("2,000,000e18 in 86400 s");
    expect(readable("1500000000000000000")).to.equal("1.5e18");
    const hash = `0x${"12".repeat(32)}`;
    expect(readable(hash)).to.equal(hash);
    expect(readable("11133802002741258324…")).to.equal("11133802002741258324…");
  });

  it("leap when they change tenfold, and not below", () => {
    expect(leap("10 in 60 s", "99 in 60 s")).to.equal(undefined);
    expect(leap("10 in 60 s", "100 in 60 s")).to.equal("becomes 10 times what it was");
    expect(leap("100 in 60 s", "9 in 60 s")).to.equal("becomes the 11th part of what it was");
    expect(leap("nothing", "5")).to.equal(undefined);
    expect(leap("5", "0")).to.equal("becomes 0");
  });
});
