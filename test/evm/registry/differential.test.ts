import { SigningKey, ZeroHash, computeAddress, id } from "ethers";
import hre from "hardhat";
import { tierAttestationDigest } from "../../../chains/evm/registry";
import {
  COMMITMENT,
  checkRegistry,
  newRegistry,
  stepRegistry,
  type Registry,
  type RegistryAction,
} from "../../../model";
import { Differential, latest, type Call, type Fact, type Meanings } from "../differential";
import { DAY, HOUR, STUN, ZERO, approve, deploy, deployStun, mined, read } from "../kit";

const CHAIN_ID = 31_337n;
const EARLY_RANKS = 2n;
const WORLD = 300;
const MEMBER = new SigningKey(id("the member of this test"));
const GPUS = Array.from({ length: 7 }, (_, i) => id(`gpu ${i}`));
const MODELS = Array.from({ length: 12 }, (_, i) => id(`model ${i}`));
const SALTS = [ZeroHash, id("salt")];

const MEANINGS: Meanings = {
  ALREADY_USED: ["AlreadyRegistered", "GpuTaken", "ModelTaken", "AlreadyCommitted"],
  NOT_ALLOWED: ["SelfReferral"],
  NOT_FOUND: ["NotRegistered", "CommitmentNotReady"],
  INVALID_TIER: ["InvalidTier"],
  TOO_LATE: ["InvalidExpiry", "CommitmentNotReady"],
  TOO_EARLY: ["CommitmentNotReady"],
  ABOVE_MAXIMUM: ["InvalidExpiry"],
  MISMATCH: ["StaleAttestation"],
  INSUFFICIENT: ["BondTooSmall"],
  INVALID_BYTES: ["EmptyContent"],
  WRONG_PARTY: ["NotCreator"],
};

describe("Registry against the model", () => {
  it("keeps first what is first, after each random call: providers, GPUs, ranks, models", async () => {
    const run = new Differential("registry", MEANINGS, {
      kinds: ["register", "setEndpoint", "attest", "commitModel", "registerModel", "early rank"],
      refusals: Object.values(MEANINGS).flat(),
    });
    const { random } = run;
    const [owner, ...rest] = await hre.ethers.getSigners();
    if (!owner) throw new Error("The network has no account.");
    const people = rest.slice(0, 5);
    // enough, one STUN too little, exactly enough, leaving, nothing
    const stakes = [5_000n, 999n, 1_000n, 2_000n, 0n].map((stun) => stun * STUN);
    while (run.unfinished) {
      const token = await deployStun(owner);
      const staking = await deploy("Staking", await token.getAddress(), owner.address);
      const escrow = await deploy("HostileEscrow");
      const committee = await deploy("Committee", owner.address, owner.address, [computeAddress(MEMBER)], 1n);
      const at_ = [await committee.getAddress(), await staking.getAddress()] as const;
      const registry = await deploy("Registry", ...at_, EARLY_RANKS);
      const bonded = new Map<string, bigint>();
      for (const [i, who] of people.entries()) {
        const stake = stakes[i] ?? 0n;
        bonded.set(who.address, i === 3 ? 0n : stake);
        if (stake === 0n) continue;
        await mined(owner, token, "transfer", who.address, stake);
        await approve(token, who, staking);
        await mined(who, staking, "open", stake, 730n * DAY, 0n);
        const position = BigInt(i + 1);
        await mined(who, staking, "bond", position, await escrow.getAddress());
        if (i === 3) await mined(who, staking, "requestExit", position);
      }
      const commitmentOf = new Map<string, string>();
      for (const model of [...MODELS, ZeroHash]) {
        for (const who of people) {
          for (const salt of SALTS) {
            const key = `${model} ${who.address} ${salt}`;
            commitmentOf.set(key, await read<string>(registry, "commitmentOf", model, who.address, salt));
          }
        }
      }
      await run.begin([registry, staking, committee]);
      let model = newRegistry(STUN, EARLY_RANKS);
      let at = await latest();
      for (let i = 0; i < WORLD && run.unfinished; i++) {
        at += random.between(1n, random.oneIn(12n) ? 4n * DAY : HOUR);
        let by = random.pick(people).address;
        // the first and the last second of a commitment, and those beside them
        const ages = [COMMITMENT.delay - 1n, COMMITMENT.delay, COMMITMENT.lifetime, COMMITMENT.lifetime + 1n];
        const edges = [...commitmentOf].flatMap(([key, each]) => {
          const made_ = model.commitments[each];
          const open = made_ !== undefined && model.models[key.split(" ")[0] ?? ""] === undefined;
          return open ? ages.map((age) => ({ key, time: made_ + age })).filter(({ time }) => time >= at) : [];
        });
        const edge = random.oneIn(6n) && edges.length > 0 ? random.pick(edges) : null;
        if (edge) [at, by] = [edge.time, edge.key.split(" ")[1] ?? by];
        const made = (action: RegistryAction, ...args: unknown[]): [RegistryAction, Call] => [
          action,
          { kind: action.type, at, from: by, to: registry, method: action.type, args },
        ];
        const next = (): [RegistryAction, Call] => {
          const drawn = random.pick([
            ...([
              "register",
              "setEndpoint",
              "attest",
              "attest",
              "attest",
              "attest",
              "commitModel",
              "commitModel",
            ] as const),
            ...(["registerModel", "registerModel", "registerModel"] as const),
          ]);
          const type = edge ? "registerModel" : drawn;
          const content = random.oneIn(15n) ? ZeroHash : random.pick(MODELS);
          const salt = random.pick(SALTS);
          const commitment = commitmentOf.get(`${content} ${by} ${salt}`) ?? "";
          switch (type) {
            case "register": {
              const referrer = random.oneIn(4n) ? by : random.oneIn(2n) ? null : random.pick(people).address;
              return made({ type, at, by, referrer }, "https://gpu.example", referrer ?? ZERO);
            }
            case "setEndpoint":
              return made({ type, at, by }, "https://other.example");
            case "attest": {
              const [provider, gpu] = [random.pick(people).address, random.pick(GPUS)];
              const tier = random.oneIn(12n) ? random.pick([0n, 5n]) : random.between(1n, 4n);
              const expiry = random.oneIn(8n)
                ? random.pick([at, at + 90n * DAY + 1n])
                : random.pick([at + 1n, at + 90n * DAY, at + random.between(1n, 90n * DAY)]);
              const action: RegistryAction = {
                ...{ type, at, provider, gpu, tier, expiry },
                bonded: bonded.get(provider) ?? 0n,
              };
              const of = { chainId: CHAIN_ID, committee: at_[0], version: 1n };
              const digest = tierAttestationDigest(of, String(registry.target), { provider, gpuId: gpu, tier, expiry });
              return made(action, provider, gpu, tier, expiry, 1n, MEMBER.sign(digest).serialized);
            }
            case "commitModel":
              return made({ type, at, commitment }, commitment);
            default: {
              // mostly one that was committed to
              const ready = [...commitmentOf].filter(([, each]) => model.commitments[each] !== undefined);
              const mine = ready.filter(([key]) => key.split(" ")[1] === by);
              const of = edge ? commitmentOf.get(edge.key) : undefined;
              const [key, found] =
                edge && of
                  ? [edge.key, of]
                  : mine.length > 0 && !random.oneIn(6n)
                    ? random.pick(mine)
                    : [null, commitment];
              const what = key?.split(" ")[0] ?? content;
              const known = Object.keys(model.models);
              const previous = random.oneIn(2n) || known.length === 0 ? null : random.pick(known);
              const withSalt = key?.split(" ")[2] ?? salt;
              const name = what === ZeroHash ? "" : what;
              const action: RegistryAction = { type, at, by, model: name, previous, commitment: found };
              return made(action, what, previous ?? ZeroHash, withSalt);
            }
          }
        };
        const [action, call] = next();
        const step = await run.step(call, () => stepRegistry(model, action));
        if (step) model = step.state;
        for (const effect of step?.effects ?? []) if (effect.type === "earlyRank") run.saw("early rank");
        checkRegistry(model);
        await run.compare(facts(model, at));
      }

      function facts(state: Registry, now: bigint): Fact[] {
        return [
          ...people.flatMap(({ address }) => {
            const known = state.providers[address];
            const { referrer = null, earlyUntil = 0n, gpus = 0n } = known ?? {};
            const registered = known !== undefined;
            return [
              run.fact(registry, "providers", [address], [referrer ?? 0n, earlyUntil, gpus, registered]),
              run.fact(registry, "referrerOf", [address], [registered, referrer ?? 0n]),
            ];
          }),
          ...GPUS.flatMap((gpu) => {
            const { provider = 0n, tier = 0n, expiry = 0n } = state.gpus[gpu] ?? {};
            return [
              run.fact(registry, "gpus", [gpu], [provider, tier, expiry]),
              run.fact(registry, "tierOf", [gpu], [now < expiry ? tier : 0n]),
            ];
          }),
          ...MODELS.map((name) => {
            const { creator = 0n, version = 0n } = state.models[name] ?? {};
            return run.fact(registry, "models", [name], [creator, version]);
          }),
          ...Object.entries(state.commitments).map(([name, when]) => run.fact(registry, "committedAt", [name], [when])),
          run.fact(registry, "earlyTaken", [], [state.earlyTaken]),
        ];
      }
    }
    run.finish();
  });
});
