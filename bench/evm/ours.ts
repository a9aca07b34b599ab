// What our contracts cost, driven through the fixtures of their own tests.
import { setBalance, takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { Wallet, id } from "ethers";
import hre from "hardhat";
import { channelIdOf, signVoucher } from "../../chains/evm/channels";
import type { VerdictEntry } from "../../chains/evm/escrow";
import { hashPair, rewardLeaf, type Hex } from "../../model";
import { emission, epochEnds, report, VETO_TIME } from "../../test/evm/emission/fixture";
import * as escrow from "../../test/evm/escrow/fixture";
import { approve, DAY, deploy, HOUR, mined, nextAt, now, read, STUN, YEAR, ZERO } from "../../test/evm/kit";
import { MIN_LOCK, staking } from "../../test/evm/staking/fixture";
import { granted, vesting } from "../../test/evm/vesting/fixture";
import { gasOf, type Measures, type Scenario } from "./chain";

const gas = async (...call: Parameters<typeof mined>): Promise<number> => Number((await mined(...call)).gasUsed);

async function applied(w: escrow.World, entries: VerdictEntry[]): Promise<number> {
  return gas(w.stranger, w.escrow, "applyVerdicts", ...(await escrow.signedBatch(w, entries)));
}

/** A provider with a credit, a model with a royalty, a payer with a credit, fees booked, an offer used, a slash behind it. */
async function worked(): Promise<escrow.World> {
  const w = await escrow.world();
  const terms = await escrow.termsIn(w);
  const offer = await escrow.offered(w, terms);
  const job = escrow.placed(w, await mined(w.payer, w.escrow, "create", terms, offer, false), terms);
  await escrow.judged(w, await escrow.submitFor(w, job, 80n), escrow.VALID);
  const missed = await escrow.assigned(w);
  await escrow.after(w, missed, 2n * DAY);
  await mined(w.stranger, w.escrow, "refund", ...escrow.open(w, missed));
  return w;
}

async function jobs(): Promise<Measures> {
  const w = await worked();
  const terms = await escrow.termsIn(w);
  const offer = await escrow.offered(w, terms, { nonce: 1n });
  const create = await mined(w.payer, w.escrow, "create", terms, offer, false);
  const job = await escrow.submitFor(w, escrow.placed(w, create, terms), 80n);
  const settle = await applied(w, [await escrow.verdictOn(w, job, escrow.VALID)]);
  const late = await escrow.assigned(w);
  await escrow.after(w, late, HOUR + escrow.GRACE);
  const reopen = await gas(w.stranger, w.escrow, "reopen", ...escrow.open(w, late));
  const dead = await escrow.assigned(w);
  await escrow.after(w, dead, 2n * DAY);
  const refund = await gas(w.stranger, w.escrow, "refund", ...escrow.open(w, dead));
  return {
    "job.create": Number(create.gasUsed),
    "job.settle": settle,
    "job.slash.reopen": reopen,
    "job.slash.refund": refund,
  };
}

/** Fifty jobs of fifty providers and fifty models, all of them paid before. */
async function batch(): Promise<Measures> {
  const w = await worked();
  const crew = Array.from({ length: 50 }, (_, i) => ({
    provider: new Wallet(id(`provider ${i}`), hre.ethers.provider),
    modelId: id(`model ${i}`),
  }));
  for (const { provider } of crew) {
    await setBalance(provider.address, STUN);
    await escrow.bondProvider(w, provider, 3_000n * STUN);
    await mined(provider, w.registry, "register", "https://provider.example", ZERO);
  }
  await escrow.registerModels(
    w,
    w.creator,
    crew.map(({ modelId }) => modelId),
  );
  const round = async (nonce: bigint): Promise<VerdictEntry[]> => {
    const entries: VerdictEntry[] = [];
    for (const { provider, modelId } of crew) {
      const terms = await escrow.termsIn(w, { modelId });
      const offer = await escrow.offered(w, terms, { nonce, provider });
      const job = escrow.placed(w, await mined(w.payer, w.escrow, "create", terms, offer, false), terms);
      entries.push(await escrow.verdictOn(w, await escrow.submitFor(w, job, 80n, provider), escrow.VALID));
    }
    return entries;
  };
  await applied(w, await round(0n));
  const entries = await round(1n);
  const snapshot = await takeSnapshot();
  const one = await applied(w, entries.slice(0, 1));
  await snapshot.restore();
  return { "job.batch": Math.round(((await applied(w, entries)) - one) / 49) };
}

async function channels(): Promise<Measures> {
  const w = await escrow.world();
  const [token, registry] = [await w.token.getAddress(), await w.registry.getAddress()];
  const powers = [w.owner.address, w.guardian.address];
  const contract = await deploy("PaymentChannels", ...powers, token, registry, w.treasury.address, escrow.EID);
  await approve(w.token, w.payer, contract);
  const channel = {
    payer: w.payer.address,
    provider: w.provider.address,
    signer: w.rescuer.address,
    asset: token,
    modelId: escrow.MODEL,
    closeDelay: DAY,
    nonce: await read<bigint>(contract, "nextNonce"),
  };
  await mined(w.payer, contract, "open", channel, 100n * STUN, false);
  const at = { chainId: await escrow.chainId(), channels: await contract.getAddress() };
  const channelId = channelIdOf(escrow.EID, at.channels, channel);
  const redeem = async (cumulative: bigint): Promise<number> => {
    const voucher = await signVoucher(w.rescuer, at, { channelId, cumulative, receiptsRoot: id("receipts") });
    return gas(w.provider, contract, "redeem", channel, voucher);
  };
  await redeem(STUN);
  return { "channel.redeem": await redeem(3n * STUN) };
}

async function vestingClaims(): Promise<Measures> {
  const { vault, beneficiary, terms } = await granted();
  await nextAt(terms.start + YEAR);
  const first = await gas(beneficiary, vault, "claim", 1n);
  await nextAt(terms.start + 2n * YEAR);
  return { "vesting.claim.first": first, "vesting.claim.later": await gas(beneficiary, vault, "claim", 1n) };
}

async function vestingGrants(): Promise<Measures> {
  const { vault, funder, revoker, terms } = await vesting();
  await mined(funder, vault, "grant", terms, revoker.address);
  const alone = await gas(funder, vault, "grant", terms, revoker.address);
  const fifty = Array.from({ length: 50 }, (_, i) => ({ ...terms, beneficiary: id(`beneficiary ${i}`).slice(0, 42) }));
  const all = await gas(funder, vault, "grantBatch", fifty, revoker.address);
  return { "vesting.grant": alone, "vesting.grant.batch": Math.round(all / 50) };
}

/** The siblings of a leaf at depth 17, as in a tree of 131,072 accounts. */
export function siblings(seed: string): Hex[] {
  return Array.from({ length: 17 }, (_, i) => id(`sibling ${i} of ${seed}`) as Hex);
}

async function claims(): Promise<Measures> {
  const state = await emission();
  const claim = async (who: typeof state.alice, cumulative: bigint, index: bigint): Promise<number> => {
    const proof = siblings(`${cumulative}`);
    const root = proof.reduce(hashPair, rewardLeaf(who.address as Hex, cumulative));
    await epochEnds(state);
    await gasOf(report(state, root, 1_000n * STUN));
    await nextAt((await now()) + VETO_TIME);
    await mined(state.stranger, state.vault, "settle");
    return gas(who, state.vault, "claim", who.address, cumulative, index, proof);
  };
  // Somebody was paid before, as on every day but one.
  await claim(state.bob, 3n * STUN, 0n);
  const first = await claim(state.alice, 123_456_789n * 10n ** 12n, 1n);
  return { "claim.first": first, "claim.later": await claim(state.alice, 987_654_321n * 10n ** 12n, 2n) };
}

/** Open, claim and exit among positions of others, in ours or in the floor's contract. */
export async function stakes(kind: "Staking" | "StakeFloor"): Promise<Measures> {
  const state = await staking();
  const contract = kind === "Staking" ? state.staking : await deploy(kind, await state.token.getAddress());
  for (const who of [state.alice, state.bob]) await approve(state.token, who, contract);
  const principal = 1_234n * STUN;
  await mined(state.bob, contract, "open", principal, 730n * DAY, 0n);
  const open = await gas(state.alice, contract, "open", principal, MIN_LOCK, 0n);
  const claim = await gas(state.alice, contract, "claim", 2n);
  await nextAt((await now()) + 8n * DAY);
  const exit = await gas(state.alice, contract, "exit", 2n);
  return { "stake.open": open, "stake.claim": claim, "stake.exit": exit };
}

export const OURS: readonly Scenario[] = [
  jobs,
  batch,
  channels,
  vestingClaims,
  vestingGrants,
  claims,
  () => stakes("Staking"),
];
