// What a hostile majority can do. Every function of every deployed contract that refuses a stranger is found in the ABIs, by
// asking the chain; each has an entry below that tries the worst with it, and a new one without an entry fails this file.
import "hardhat"; // its chai matchers read custom errors and compare bigints
import { expect } from "chai";
import { AbiCoder, ZeroAddress, concat, keccak256, zeroPadValue } from "ethers";
import { contractInterface } from "../../../chains/evm/artifacts";
import { contractAt, deployContract, transact } from "../../../chains/evm/client";
import { RewardBook } from "../../../chains/evm/emission";
import { encodeCalls, proposalArgs, sendCalls, toProposal, type GovernanceCall } from "../../../chains/evm/governance";
import { executorOptions } from "../../../chains/evm/options";
import { localWallet } from "../../../localnet/keys";
import { pot } from "../../../model";
import { CHAINS, DAY, DeployedWorld, oftMessage, STUN, type ChainName } from "./deployed";
import { guarded, hostile, MALLORY, type Guarded } from "./guarded";

const TREASURY_LIMIT = 2_000_000n * STUN;
/** Where an entry is tried: one contract of one chain, which its owner is made to call. */
interface Site {
  world: DeployedWorld;
  chain: ChainName;
  key: string;
  /** Has the owner call a function here, or anywhere else on the chain. */
  call(method: string, args: readonly unknown[], key?: string): Promise<void>;
}

interface Entry {
  /** The worst that the majority can do with it, in a clause. */
  worst: string;
  attack?(site: Site): Promise<void>;
  /** Most STUN that reaches the majority; nothing when absent. */
  gain?(site: Site): Promise<bigint>;
  /** Contracts from which something else may leave, and where to it goes. */
  moves?: readonly string[];
}

/** Calls that the owner is refused too, or that change nothing worth trying beyond the default: the arguments are hostile. */
const harmless = (worst: string): Entry => ({ worst });

const ownable: Record<string, Entry> = {
  transferOwnership: {
    worst: "hands the same powers to another, who has no more of them",
    async attack(site) {
      await site.call("transferOwnership", [MALLORY]);
      await site.world.act(site.chain, "mallory", site.key, "acceptOwnership");
    },
  },
  renounceOwnership: harmless("nobody changes the module's parameters any more"),
  acceptOwnership: harmless("takes what it is offered"),
};
const guardianOf: Record<string, Entry> = {
  setGuardian: {
    worst: "names a hostile guardian, who stops entries for a while and nothing else",
    async attack(site) {
      await site.call("setGuardian", [MALLORY]);
      const { world, chain, key } = site;
      const pauses = world.at(chain, key).interface.hasFunction("pause");
      if (pauses) await world.act(chain, "mallory", key, "pause", 7n * DAY);
    },
  },
};
/** Powers of the guardian that the owner has as well, or that nobody but the guardian has. */
const guardianOwn: Record<string, Entry> = {
  pause: harmless("refused: the guardian's alone"),
  unpause: harmless("opens entries again"),
};
const ledger: Record<string, Entry> = {
  ...ownable,
  ...guardianOf,
  ...guardianOwn,
  setAsset: {
    worst: "lets in a token of its own, with which it can pay for work; nobody else's asset is touched",
    async attack(site) {
      const signer = site.world.chain(site.chain).signer("mallory");
      const bad = await deployContract(signer, "StunToken", [MALLORY], [10n ** 27n]);
      await site.call("setAsset", [await bad.getAddress(), true]);
    },
  },
  setFeeTargets: {
    worst: "takes the treasury's part of the fees that are booked and not yet swept, and of those to come",
    async attack(site) {
      await site.call("setFeeTargets", [MALLORY, MALLORY]);
      const { token } = site.world.addresses(site.chain);
      const sweep = site.world.act(site.chain, "mallory", site.key, "sweepFees", token);
      await sweep.catch((error: unknown) => expect(String(error)).to.contain("NothingOwed"));
    },
    // 2 % of the 400 STUN that were redeemed, and of that what neither burns nor buys back: 48 %
    gain: async () => (400n * STUN * 200n * 4_800n) / 10_000n / 10_000n,
    moves: ["channels"],
  },
};
const oapp: Record<string, Entry> = {
  setPeer: harmless("speaks to another contract: messages of the real one are refused"),
  setDelegate: {
    worst: "has another set the libraries and DVNs of the path",
    attack: (site) => site.call("setDelegate", [MALLORY]),
  },
};
const bridge: Record<string, Entry> = {
  ...ownable,
  ...guardianOf,
  ...guardianOwn,
  ...oapp,
  setPeer: {
    worst:
      "forges deliveries: at home at most what is out on that remote, elsewhere at most the mint cap, both at the pace of the limits",
    attack: forge,
    gain: async ({ world, chain }) =>
      chain === "ethereum"
        ? ((await world.at(chain, "bridge").getFunction("outstanding")(30_184)) as bigint)
        : 300_000_000n * STUN,
    moves: ["bridge"],
  },
  setRateLimits: harmless("opens or closes the path"),
  setEnforcedOptions: harmless("makes deliveries fail for lack of gas, until anyone executes them with more"),
  setMsgInspector: harmless("stops what is sent; what is on its way arrives"),
  setPreCrime: harmless("names a simulation that nothing on chain asks"),
  setMintCap: harmless("narrows or widens what a remote mints, at most to 300,000,000"),
  voidHeld: harmless("ends the claim to a held delivery; nothing is moved"),
  assignHeld: harmless("names the recipient of a delivery that named nobody"),
};
const treasury: Record<string, Entry> = {
  ...ownable,
  pay: {
    worst: "pays 2,000,000 STUN in any 30 days",
    async attack(site) {
      const { token } = site.world.addresses(site.chain);
      const available = async (): Promise<bigint> =>
        (await site.world.at(site.chain, site.key).getFunction("available")(token)) as bigint;
      const most = await available();
      if (most > 0n) await site.call("pay", [token, MALLORY, most]);
      expect(await available()).to.equal(0n);
      await site.world.chain(site.chain).advance(30n * DAY - 10n);
      expect(await available(), "nothing more for thirty days").to.equal(0n);
    },
    gain: async () => TREASURY_LIMIT,
    moves: ["treasury", "ecosystemTreasury"],
  },
  revoke: {
    worst: "ends a revocable grant: what had not vested goes to the treasury and is metered there",
    attack: async ({ call, chain, key, world }) => {
      if (chain !== "ethereum" || key !== "treasury") return;
      await call("revoke", [world.addresses(chain).vesting, await revocableGrant(world)]);
    },
    moves: ["vesting"],
  },
};
const TABLE: Record<string, Record<string, Entry>> = {
  Treasury: treasury,
  StunOFTAdapter: bridge,
  StunOFT: bridge,
  Committee: {
    ...ownable,
    ...guardianOf,
    stop: harmless("refused: the guardian's alone"),
    resume: harmless("lets the committee speak again"),
    setMembers: {
      worst: "is the committee itself: it reports epochs for its own account, each at most twice the first day's pot",
      attack: ownCommittee,
      gain: async ({ world, chain }) => {
        const budget = (await world.at(chain, "emission").getFunction("budget")()) as bigint;
        return 2n * pot(budget, 0n);
      },
      moves: ["emission"],
    },
  },
  VotingStaking: { ...ownable, ...guardianOf, ...guardianOwn },
  Staking: { ...ownable, ...guardianOf, ...guardianOwn },
  JobEscrow: ledger,
  PaymentChannels: ledger,
  EmissionVault: {
    ...ownable,
    ...guardianOf,
    ...guardianOwn,
    veto: harmless("refused: the guardian's alone"),
    refillVetoes: harmless("gives the guardian its 14 vetoes again"),
    setSubsidy: {
      worst: "changes what a unit of fee can earn at most, from 1 to 100",
      attack: (site) => site.call("setSubsidy", [100]),
    },
    sendCarryHome: {
      worst: "sends carry to the home vault; pots stay",
      attack: async ({ world, chain }) => {
        if (chain === "base") await sendCarry(world);
      },
      moves: ["emission", "bridge"],
    },
  },
  ProofVerifier: {
    ...ownable,
    addKey: harmless("admits a circuit of its own, which proves nothing for jobs that name another"),
    removeKey: harmless("refuses the proofs of a circuit; its jobs end as when the committee is silent"),
  },
  BuybackVault: {
    ...ownable,
    setPool: harmless("sells for no less than 98 % of what report and pool's average say, or not at all"),
  },
  IncentivesVault: {
    ...ownable,
    setRoot: {
      worst: "names itself eligible for what of the incentives has vested and is unclaimed",
      attack: ownIncentives,
      // 25,000,000 vest over 730 days; not more than 35 of them have passed at the end.
      gain: async () => (25_000_000n * STUN * 35n) / 730n,
      // what of the incentives' own grant has vested is pushed to them first
      moves: ["incentives", "vesting"],
    },
  },
  StunTimelock: {
    schedule: harmless("refused: the governor's alone"),
    scheduleBatch: harmless("refused: the governor's alone"),
    cancel: harmless("refused: the governor's alone"),
    execute: harmless("refused: the governor's alone"),
    executeBatch: harmless("refused: the governor's alone"),
    grantRole: {
      worst: "gives its office to another, who waits two days for each of the acts in this table",
      async attack(site) {
        const timelock = site.world.at(site.chain, "timelock");
        for (const role of ["PROPOSER_ROLE", "EXECUTOR_ROLE"]) {
          await site.call("grantRole", [await timelock.getFunction(role)(), MALLORY]);
        }
      },
    },
    revokeRole: harmless("leaves nobody to give orders"),
  },
  StunGovernor: {
    setGuardian: harmless("replaces the guardian who could cancel"),
    guardianCancel: harmless("refused: the guardian's alone"),
    relay: harmless("speaks as the governor, whose orders to the timelock wait two days again"),
    updateTimelock: harmless("leaves the real timelock without a governor"),
  },
  GovernanceSender: {
    ...ownable,
    ...oapp,
    send: {
      worst: "speaks to a receiver, whose powers are in this table",
      attack: (site) =>
        site.call("send", [30_184, encodeCalls([]), executorOptions({ kind: "receive", gas: 100_000n })]),
    },
  },
  GovernanceReceiver: {
    ...oapp,
    ...guardianOf,
    transferOwnership: harmless("hands the same powers to another"),
    renounceOwnership: harmless("ends its own powers over its path"),
    finishSetUp: harmless("is what it is already"),
    proposeRepair: harmless("refused: the guardian's alone"),
  },
};

/** Moves the peer to a contract of its own, whose messages the DVNs attest to as truly sent, and widens the limit. */
async function forge({ world, chain, call }: Site): Promise<void> {
  const from: ChainName = chain === "ethereum" ? "base" : "ethereum";
  const [here, there] = [world.chain(chain), world.chain(from)];
  const signer = there.signer("mallory");
  const liar = await deployContract(signer, "LooseSender", there.layerZero.addresses.endpoint);
  await call("setRateLimits", [[{ eid: there.eid, inbound: true, capacity: 10n ** 27n, window: 600 }]], "bridge");
  await call("setPeer", [there.eid, zeroPadValue(await liar.getAddress(), 32)], "bridge");
  const to = zeroPadValue(world.addresses(chain).bridge!, 32);
  const options = executorOptions({ kind: "receive", gas: 500_000n });
  const send = liar.getFunction("send");
  const lie = oftMessage(MALLORY, 900_000_000n * STUN);
  await transact("lie", send.send(here.eid, to, lie, options, { value: 10n ** 18n }));
  await world.local.relay();
  // What could not be credited is held, and can be released as far as there is room.
  const held = await world.at(chain, "bridge").queryFilter("CreditHeld");
  const guid = (held.at(-1) as unknown as { args: { guid: string } } | undefined)?.args.guid;
  if (guid) await world.act(chain, "mallory", "bridge", "release", guid, 10n ** 27n, "0x").catch(() => undefined);
}

async function ownCommittee({ world, chain, call }: Site): Promise<void> {
  await call("setMembers", [[MALLORY], 1]);
  const vault = world.at(chain, "emission");
  const status = async (): Promise<{ nextEpoch: bigint; roots: bigint }> =>
    (await vault.getFunction("status")()) as { nextEpoch: bigint; roots: bigint };
  const { nextEpoch, roots } = await status();
  const closes = (await vault.getFunction("closesAt")(nextEpoch)) as bigint;
  const wait = closes - (await world.chain(chain).now());
  if (wait > 0n) await world.chain(chain).advance(wait);
  const total = (await vault.getFunction("spendable")()) as bigint;
  const greedy = localWallet("dave").address;
  const book = new RewardBook([
    { account: MALLORY.toLowerCase(), cumulative: total },
    { account: greedy.toLowerCase(), cumulative: 10n * total },
  ]);
  const previous = (await vault.getFunction("rootAt")(roots - 1n)) as string;
  await expect(world.report(chain, ["mallory"], nextEpoch, book.root, total + 1n, previous)).to.be.rejected;
  await world.report(chain, ["mallory"], nextEpoch, book.root, total, previous);
  await world.chain(chain).advance(DAY / 2n + 10n);
  await world.act(chain, "mallory", "emission", "settle");
  // More than what was reported is refused, since others are owed what was accepted before.
  const tooMuch = world.act(chain, "mallory", "emission", "claim", ...book.claim(greedy, roots));
  await expect(tooMuch).to.be.rejectedWith("AboveAccepted");
  await world.act(chain, "mallory", "emission", "claim", ...book.claim(MALLORY, roots));
}

async function ownIncentives({ world, chain, call }: Site): Promise<void> {
  const { incentives } = world.addresses(chain);
  await world.chain(chain).advance(30n * DAY);
  const grants = (await world.at(chain, "vesting").getFunction("nextId")()) as bigint;
  for (let id = 1n; id < grants; id++) {
    const { beneficiary } = (await world.at(chain, "vesting").getFunction("grantOf")(id)) as { beneficiary: string };
    if (beneficiary === incentives) await world.act(chain, "mallory", "vesting", "claim", id);
  }
  const key = zeroPadValue(MALLORY, 32);
  const leaf = keccak256(
    concat([keccak256(AbiCoder.defaultAbiCoder().encode(["uint8", "bytes32", "address"], [0, key, MALLORY]))]),
  );
  await call("setRoot", [0, leaf]);
  await world.act(chain, "mallory", "incentives", "claim", 0, key, MALLORY, []);
}

async function revocableGrant(world: DeployedWorld): Promise<bigint> {
  const vesting = world.at("ethereum", "vesting");
  const next = (await vesting.getFunction("nextId")()) as bigint;
  for (let id = 1n; id < next; id++) {
    const { revoker } = (await vesting.getFunction("grantOf")(id)) as { revoker: string };
    if (revoker !== ZeroAddress) return id;
  }
  throw new Error("The genesis has a revocable grant.");
}

async function sendCarry(world: DeployedWorld): Promise<void> {
  const vault = world.at("base", "emission");
  const { carry } = (await vault.getFunction("status")()) as { carry: bigint };
  const amount = carry - (carry % 10n ** 12n);
  const owner = await world.chain("base").as(world.owner("base"));
  const data = vault.interface.encodeFunctionData("sendCarryHome", [amount, "0x"]);
  const to = world.addresses("base").emission!;
  await transact("send carry", owner.sendTransaction({ to, data, value: 10n ** 17n })).catch((error: unknown) => {
    expect(String(error)).to.match(/LZ_InsufficientFee|NotEnoughNative|RateLimited/);
  });
}

/** What must not fall but by what an entry names: everything that others are owed. */
const VAULTS = [
  "staking",
  "vesting",
  "emission",
  "escrow",
  "channels",
  "bridge",
  "incentives",
  "treasury",
  "ecosystemTreasury",
];

async function holdings(world: DeployedWorld): Promise<Map<string, bigint>> {
  const found = new Map<string, bigint>();
  for (const chain of CHAINS) {
    const { bridge, token, ...rest } = world.addresses(chain);
    for (const key of VAULTS) {
      const at = key === "bridge" ? (bridge === token ? undefined : bridge) : rest[key];
      if (at !== undefined) found.set(`${chain}/${key}`, await world.balance(chain, at));
    }
  }
  return found;
}

/** What the majority holds anywhere: with itself, and with what obeys it. */
async function loot(world: DeployedWorld): Promise<bigint> {
  let sum = 0n;
  for (const chain of CHAINS) {
    const { timelock, governor, governanceSender, governanceReceiver } = world.addresses(chain);
    for (const at of [MALLORY, timelock, governor, governanceSender, governanceReceiver]) {
      if (at !== undefined) sum += await world.balance(chain, at);
    }
  }
  return sum;
}

describe("Capture of governance", () => {
  let world: DeployedWorld;
  const sites: Guarded[] = [];

  before(async () => {
    world = await DeployedWorld.start();
    sites.push(...(await guarded(world)));
  });

  const siteOf = (chain: ChainName, key: string): Site => ({
    world,
    chain,
    key,
    async call(method, args, at = key) {
      const owner = await world.chain(chain).as(world.owner(chain));
      const contract = contractAt(world.nameOf(chain, at), world.addresses(chain)[at]!, owner);
      await transact(`${method} as the owner`, contract.getFunction(method).send(...args));
    },
  });

  it("with 1,000 STUN staked nobody can even propose, and whatever was proposed would not pass", async () => {
    await world.undone(async () => {
      await world.end("ethereum").transfer("sale", "mallory", 1_000n * STUN);
      await world.stake("mallory", 1_000n * STUN);
      const { token, treasury } = world.addresses("ethereum");
      const data = contractInterface("Treasury").encodeFunctionData("pay", [token, MALLORY, STUN]);
      const p = toProposal([{ target: treasury!, value: 0n, data }], "all for one");
      await expect(world.vote("mallory", p)).to.be.rejectedWith("GovernorInsufficientProposerVotes");
    });
  });

  it("with a STUN less than 10,000,000 staked no proposal passes, whoever votes for it", async () => {
    await world.undone(async () => {
      // Users have staked 10,000 at home already.
      await world.end("ethereum").transfer("sale", "mallory", 9_989_999n * STUN);
      await world.stake("mallory", 9_989_999n * STUN);
      const p = toProposal([{ target: MALLORY, value: 0n, data: "0x" }], "nothing at all");
      await world.vote("mallory", p, ["mallory", "bob"]);
      expect(await world.stateOf(p)).to.equal("defeated");
      const queue = world.act("ethereum", "mallory", "governor", "queue", ...proposalArgs(p));
      await expect(queue).to.be.rejectedWith("GovernorUnexpectedProposalState");
    });
  });

  it("with 10,000,000 staked it takes, by real proposals, the limit of each treasury in 30 days and not a unit more", async () => {
    await world.undone(async () => {
      await world.end("ethereum").transfer("sale", "mallory", 11_000_000n * STUN);
      await world
        .end("ethereum")
        .send("sale", 30_184, zeroPadValue(world.addresses("base").treasury!, 32), 3_000_000n * STUN);
      await world.local.relay();
      await world.stake("mallory", 11_000_000n * STUN);
      const pay = (chain: ChainName, key: string, amount: bigint): GovernanceCall => ({
        target: world.addresses(chain)[key]!,
        value: 0n,
        data: contractInterface("Treasury").encodeFunctionData("pay", [world.addresses(chain).token, MALLORY, amount]),
      });
      const { governanceSender } = world.addresses("ethereum");
      const remote = sendCalls(governanceSender!, 30_184, [pay("base", "treasury", TREASURY_LIMIT)], 500_000n);
      const before = await loot(world);
      await world.enact(
        "mallory",
        toProposal([pay("ethereum", "treasury", TREASURY_LIMIT), remote], "the whole limits"),
      );
      expect((await loot(world)) - before).to.equal(2n * TREASURY_LIMIT);
      const more = toProposal([pay("ethereum", "treasury", 1n)], "one unit more");
      await expect(world.enact("mallory", more)).to.be.rejectedWith("OutflowLimit");
      expect((await loot(world)) - before).to.equal(2n * TREASURY_LIMIT);
    });
  });

  it("has an entry for every function that asks who calls, and none for another", () => {
    const found = new Set(sites.map(({ chain, key, f }) => `${world.nameOf(chain, key)}.${f.name}`));
    const listed = Object.entries(TABLE).flatMap(([name, entries]) => Object.keys(entries).map((f) => `${name}.${f}`));
    // setMintCap is the remote's alone; the adapter has no such function.
    const expected = listed.filter((f) => f !== "StunOFTAdapter.setMintCap");
    expect([...found].sort()).to.deep.equal(expected.sort());
  });

  it("each of them, at its worst, brings the majority no more than its entry says and takes from no other vault", async () => {
    const lines: string[] = [];
    for (const { chain, key, f } of sites) {
      const name = `${world.nameOf(chain, key)}.${f.name}`;
      const entry = TABLE[world.nameOf(chain, key)]?.[f.name];
      if (!entry)
        throw new Error(`${name} has no entry in the table of this test: say what a hostile majority can do with it.`);
      await world.undone(async () => {
        const site = siteOf(chain, key);
        const [before, had, most] = [await holdings(world), await loot(world), (await entry.gain?.(site)) ?? 0n];
        if (entry.attack) await entry.attack(site);
        else await site.call(f.name, f.inputs.map(hostile)).catch(() => undefined);
        await world.local.relay();
        const gained = (await loot(world)) - had;
        expect(gained <= most, `${name} on ${chain} brings ${gained}`).to.equal(true);
        for (const [vault, amount] of await holdings(world)) {
          if (entry.moves?.includes(vault.split("/")[1]!)) continue;
          expect(amount >= before.get(vault)!, `${name} on ${chain} takes from ${vault}`).to.equal(true);
        }
        if (gained > 0n) lines.push(`${chain.padEnd(9)}${name.padEnd(34)}${gained / STUN} STUN: ${entry.worst}`);
      });
    }
    process.stdout.write(lines.map((line) => `      ${line}\n`).join(""));
  });

  it("whatever it changes, users leave with everything: stake and reward, job, channel, accepted rewards", async () => {
    await world.undone(async () => {
      for (const { chain, key, f } of sites) {
        const entry = TABLE[world.nameOf(chain, key)]![f.name]!;
        const site = siteOf(chain, key);
        const ends = [
          "transferOwnership",
          "renounceOwnership",
          "finishSetUp",
          "grantRole",
          "revokeRole",
          "updateTimelock",
        ];
        if (ends.includes(f.name)) continue;
        if (entry.attack) await entry.attack(site).catch(() => undefined);
        else await site.call(f.name, f.inputs.map(hostile)).catch(() => undefined);
      }
      for (const chain of CHAINS) {
        const { terms, channel, book } = world.stakes[chain];
        const { token } = world.addresses(chain);
        const gain = async (who: string, run: () => Promise<unknown>): Promise<bigint> => {
          const account = localWallet(who).address;
          const before = await world.balance(chain, account);
          await run();
          return (await world.balance(chain, account)) - before;
        };
        await world.chain(chain).advance(365n * DAY);
        const claim = book.claim(localWallet("carol").address, 0n);
        expect(await gain("carol", () => world.act(chain, "keeper", "emission", "claim", ...claim))).to.equal(
          5_000n * STUN,
        );
        // A year at 12.5 %: what was promised when the position opened.
        const position = [...(await world.at(chain, "staking").queryFilter("Opened"))]
          .map((log) => (log as unknown as { args: { owner: string; id: bigint } }).args)
          .find(({ owner }) => owner === localWallet("bob").address)!;
        expect(await gain("bob", () => world.act(chain, "bob", "staking", "exit", position.id))).to.equal(
          11_250n * STUN,
        );
        await world.act(chain, "payer", "escrow", "cancel", await nonceOf(world, chain), terms);
        expect(
          await gain("payer", () =>
            world.act(chain, "keeper", "escrow", "withdraw", token, localWallet("payer").address),
          ),
        ).to.equal(1_050n * STUN);
        await world.act(chain, "provider", "channels", "close", channel);
        expect(
          await gain("payer", () =>
            world.act(chain, "keeper", "channels", "withdraw", token, localWallet("payer").address),
          ),
        ).to.equal(600n * STUN);
        expect(
          await gain("provider", () =>
            world.act(chain, "keeper", "channels", "withdraw", token, localWallet("provider").address),
          ),
        ).to.equal(392n * STUN);
      }
    });
  });
});

async function nonceOf(world: DeployedWorld, chain: ChainName): Promise<bigint> {
  const [created] = await world.at(chain, "escrow").queryFilter("JobCreated");
  return (created as unknown as { args: { payerNonce: bigint } }).args.payerNonce;
}
