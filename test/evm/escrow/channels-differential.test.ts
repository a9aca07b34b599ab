import { ZeroAddress, ZeroHash, id, type BaseContract } from "ethers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import hre from "hardhat";
import { channelIdOf, signVoucher, type Channel as Terms } from "../../../chains/evm/channels";
import {
  MIN_REDEEM,
  NEVER_PAUSED,
  ModelError,
  checkChannel,
  ledgerOwes,
  newLedger,
  openChannel,
  requireOpen,
  stepChannel,
  stepLedger,
  type Channel,
  type ChannelAction,
  type ChannelEffect,
  type Pause,
  type Step,
} from "../../../model";
import { Differential, latest, type Fact, type Meanings } from "../differential";
import { DAY, HOUR, STUN, approve, deploy, deployStun, mined } from "../kit";
import { PAUSE_KINDS, PAUSE_REFUSALS, pauseFacts, randomPause } from "../pauses";
import { registerModels } from "./fixture";
import { LEDGER_KINDS, LEDGER_REFUSALS, Ledgers, type Book } from "./ledgers";

const EID = 30_184;
const CHAIN_ID = 31_337n;
const WORLD = 900;
/** Channels that are open at a time. */
const LIVE = 5;

const MEANINGS: Meanings = {
  WRONG_STATE: ["UnknownChannel", "StillOpen"],
  WRONG_PARTY: ["NotParty", "NotGuardian"],
  BELOW_MINIMUM: ["StepTooSmall", "DepositTooSmall", "InvalidCloseDelay", "InvalidPause"],
  ABOVE_MAXIMUM: ["InvalidCloseDelay", "InvalidPause"],
  INSUFFICIENT: ["AboveDeposit", "CreditTooSmall"],
  TOO_EARLY: ["StillOpen", "PauseCooldown"],
  ALREADY_USED: ["AlreadyClosing"],
  MISMATCH: ["InvalidVoucher"],
  INVALID_BYTES: ["IncompleteChannel"],
  NOT_ALLOWED: ["AssetNotAllowed", "PushFailed", "Frozen"],
  NOTHING_TO_DO: ["NothingOwed"],
  PAUSED: ["EntryPaused"],
};

interface Pair {
  id: string;
  terms: Terms;
  model: Channel;
}

/** The channels with their ledger, on chain and in the model. */
class World {
  readonly pairs: Pair[] = [];
  pause: Pause = NEVER_PAUSED;

  private constructor(
    private readonly run: Differential,
    readonly channels: BaseContract,
    readonly ledgers: Ledgers,
    readonly people: Record<"owner" | "guardian" | "stranger", HardhatEthersSigner>,
    readonly payers: readonly HardhatEthersSigner[],
    readonly providers: readonly HardhatEthersSigner[],
    readonly models: readonly string[],
  ) {}

  static async deploy(run: Differential): Promise<World> {
    const signers = await hre.ethers.getSigners();
    const [owner, guardian, referrer, creator, treasury, stranger, ...rest] = signers as [
      ...[HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner],
      ...[HardhatEthersSigner, HardhatEthersSigner, ...HardhatEthersSigner[]],
    ];
    const [payers, providers] = [rest.slice(0, 2), rest.slice(2, 5)];
    const stun = await deployStun(owner);
    const other = await deploy("HostileToken", 6n);
    const staking = await deploy("Staking", await stun.getAddress(), owner.address);
    const committee = await deploy("Committee", owner.address, owner.address, [owner.address], 1n);
    const registry = await deploy("Registry", await committee.getAddress(), await staking.getAddress(), 1n);
    const [token, known] = [await stun.getAddress(), await registry.getAddress()];
    const channels = await deploy(
      ...(["PaymentChannels", owner.address, guardian.address, token, known, treasury.address, EID] as const),
    );
    await mined(owner, channels, "setAsset", await other.getAddress(), true);
    for (const payer of payers) {
      await mined(owner, stun, "transfer", payer.address, 50_000_000n * STUN);
      await mined(owner, other, "mint", payer.address, 10n ** 24n);
      for (const asset of [stun, other]) await approve(asset, payer, channels);
    }
    const models = [id("a model"), id("a model of nobody")];
    await registerModels({ registry }, creator, models.slice(0, 1));
    const [first, second] = providers as [HardhatEthersSigner, HardhatEthersSigner];
    await mined(first, registry, "register", "https://first.example", referrer.address);
    await mined(second, registry, "register", "https://second.example", ZeroAddress);
    const books: Book[] = [
      { asset: stun, at: token, isStun: true, ledger: newLedger(10n ** 12n) },
      { asset: other, at: await other.getAddress(), isStun: false, ledger: newLedger(1n) },
    ];
    const ledgers = new Ledgers(
      run,
      {
        ...{ module: channels, owner: owner.address, treasury: treasury.address },
        vault: signers.at(-1)?.address ?? ZeroAddress,
        accounts: [...payers, ...providers, referrer, creator].map((who) => who.address),
        providers: new Map(providers.map((who) => [who.address, who === first ? referrer.address : null])),
        models: new Map([[models[0] ?? "", creator.address]]),
      },
      books,
    );
    await run.begin([channels, stun, other]);
    return new World(run, channels, ledgers, { owner, guardian, stranger }, payers, providers, models);
  }

  get live(): Pair[] {
    return this.pairs.filter(({ model }) => model.state !== "closed");
  }

  async open(at: bigint): Promise<void> {
    const { random } = this.run;
    const payer = random.pick(this.payers);
    const book = random.pick(this.ledgers.books);
    const deposit = random.oneIn(15n) ? random.between(0n, MIN_REDEEM) : random.between(MIN_REDEEM, 10n ** 19n);
    const terms: Terms = {
      payer: payer.address,
      provider: random.oneIn(20n) ? ZeroAddress : random.pick(this.providers).address,
      signer: payer.address,
      asset: random.oneIn(20n) ? ZeroAddress : book.at,
      modelId: random.oneIn(2n) ? random.pick(this.models) : ZeroHash,
      closeDelay: random.oneIn(15n) ? random.pick([3_599n, 604_801n]) : random.between(HOUR, 3n * DAY),
      nonce: BigInt(this.pairs.length),
    };
    const fromCredit = random.oneIn(3n);
    const call = {
      ...{ kind: "open", at, from: payer.address, to: this.channels, method: "open" },
      // payer and nonce are filled in by the contract
      args: [{ ...terms, payer: ZeroAddress, nonce: 0n }, deposit, fromCredit],
    };
    const { ledgers } = this;
    const done = await this.run.step(call, () => {
      requireOpen(this.pause, at);
      if (terms.asset === ZeroAddress) throw new ModelError("NOT_ALLOWED", "The asset is not allowed.");
      if (terms.provider === ZeroAddress) throw new ModelError("INVALID_BYTES", "The provider is zero.");
      const model = openChannel({
        ...{ payer: payer.address, provider: terms.provider, deposit, closeDelay: terms.closeDelay },
        inStun: book.isStun,
        hasCreator: ledgers.parties.models.has(terms.modelId),
        hasReferrer: (ledgers.parties.providers.get(terms.provider) ?? null) !== null,
      });
      checkChannel(model);
      if (fromCredit) {
        const ledger = stepLedger(book.ledger, { type: "fund", account: payer.address, amount: deposit }).state;
        return { state: { model, ledger }, effects: [] };
      }
      if (!book.isStun && ledgers.frozen.has(payer.address)) {
        throw new ModelError("NOT_ALLOWED", "The asset takes nothing from the payer.");
      }
      return { state: { model, ledger: book.ledger }, effects: [] };
    });
    if (!done) return;
    book.ledger = done.state.ledger;
    const channelId = channelIdOf(EID, String(this.channels.target), terms);
    this.pairs.push({ id: channelId, terms, model: done.state.model });
  }

  async act(pair: Pair, at: bigint): Promise<void> {
    const { random } = this.run;
    const { model, terms } = pair;
    const strangers = [this.people.stranger, ...this.payers, ...this.providers].map((who) => who.address);
    const wrong = random.oneIn(12n) && model.state !== "closed";
    const type = random.pick(["redeem", "redeem", "redeem", "redeem", "close", "finish", "finish"] as const);
    let from = random.oneIn(4n) && type === "close" ? terms.provider : type === "redeem" ? terms.provider : terms.payer;
    if (wrong || type === "finish") from = random.pick(strangers);
    const by = from === terms.provider ? "provider" : from === terms.payer ? "payer" : "anyone";
    const call = { kind: type, at, from, to: this.channels, method: type };
    if (type !== "redeem") {
      const action: ChannelAction = { type, by, at };
      return this.apply(pair, await this.run.step({ ...call, args: [terms] }, () => stepChannel(model, action)));
    }
    const left = model.deposit - model.redeemed;
    const cumulative = random.oneIn(8n)
      ? random.pick([model.redeemed + MIN_REDEEM - 1n, model.deposit + 1n, model.redeemed, 0n])
      : model.redeemed +
        random.between(left < MIN_REDEEM ? left : MIN_REDEEM, random.oneIn(3n) ? left : left / 5n + MIN_REDEEM);
    const forged = random.oneIn(15n);
    const signer = forged ? this.people.stranger : this.payers.find((who) => who.address === terms.signer);
    if (!signer) throw new Error(`Nobody signs for ${terms.payer}.`);
    const voucher = await signVoucher(
      signer,
      { chainId: CHAIN_ID, channels: String(this.channels.target) },
      { channelId: pair.id, cumulative, receiptsRoot: id("receipts") },
    );
    const done = await this.run.step({ ...call, args: [terms, voucher] }, () => {
      const step = stepChannel(model, { type, by, at, cumulative });
      if (forged) throw new ModelError("MISMATCH", "The voucher is signed by another key.");
      return step;
    });
    this.apply(pair, done);
  }

  facts(): Fact[] {
    const { run, channels } = this;
    const ended = this.pairs.filter(({ model }) => model.state === "closed").slice(-2);
    const facts = [...this.live, ...ended].map(({ id: channelId, model }) => {
      const { deposit, redeemed, closingAt, closeDelay } = model;
      const open = [deposit, redeemed, closingAt === null ? 0n : closingAt + closeDelay];
      return run.fact(channels, "channelOf", [channelId], model.state === "closed" ? [0, 0, 0] : open);
    });
    for (const { asset, at, ledger } of this.ledgers.books) {
      let owed = ledgerOwes(ledger);
      for (const { terms, model } of this.live) if (terms.asset === at) owed += model.held;
      facts.push(run.fact(asset, "balanceOf", [channels.target], [owed]));
    }
    facts.push(run.fact(channels, "nextNonce", [], [BigInt(this.pairs.length)]));
    return [...facts, ...this.ledgers.facts(), ...pauseFacts(run, channels, this.pause)];
  }

  private apply(pair: Pair, done: Step<Channel, ChannelEffect> | null): void {
    if (!done) return;
    pair.model = done.state;
    checkChannel(pair.model);
    const { asset, provider, payer, modelId } = pair.terms;
    for (const effect of done.effects) {
      if (effect.type === "redeemed") {
        const model = pair.model.hasCreator ? modelId : null;
        this.ledgers.apply(asset, { type: "book", provider, model, parts: effect.parts });
      } else if (effect.type === "closed") {
        this.ledgers.apply(asset, { type: "credit", account: payer, amount: effect.returned });
      }
    }
  }
}

describe("PaymentChannels against the model", () => {
  it("agrees to the last unit after each random call: channels, ledgers and balances", async () => {
    const refusals = new Set([...Object.values(MEANINGS).flat(), ...LEDGER_REFUSALS, ...PAUSE_REFUSALS]);
    const run = new Differential("channels", MEANINGS, {
      kinds: ["open", "redeem", "close", "finish", ...LEDGER_KINDS, ...PAUSE_KINDS],
      refusals: [...refusals],
    });
    const { random } = run;
    while (run.unfinished) {
      const world = await World.deploy(run);
      let at = await latest();
      const last = run.calls + WORLD;
      while (run.unfinished && run.calls < last) {
        at += random.between(1n, random.oneIn(12n) ? DAY : HOUR);
        const ends = world.live.flatMap(({ model: { closingAt, closeDelay } }) =>
          closingAt === null ? [] : [closingAt + closeDelay],
        );
        at = run.edge(at, [...ends, world.pause.until]);
        if (random.oneIn(50n)) {
          world.pause = await randomPause(run, world.people, world.channels, world.pause, at, DAY);
        } else if (world.live.length < LIVE && random.oneIn(2n)) {
          await world.open(at);
        } else if (random.oneIn(4n) || world.pairs.length === 0) {
          await world.ledgers.step(at, world.people.stranger.address, () => undefined);
        } else {
          await world.act(random.pick(random.oneIn(15n) || world.live.length === 0 ? world.pairs : world.live), at);
        }
        await run.compare(world.facts());
      }
    }
    run.finish();
  });
});
