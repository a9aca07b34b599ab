// Gas of every entry that changes state, as whole transactions on the usual way. Numbers to compare with themselves: a
// change of a contract shows in the snapshot, entry by entry.
import type { BaseContract, Signer } from "ethers";
import { Signature, ZeroHash, id, type TypedDataField } from "ethers";
import { channelIdOf, signVoucher } from "../../chains/evm/channels";
import * as emission from "../../test/evm/emission/fixture";
import { eligible, incentives, Kind } from "../../test/evm/emission/incentives/fixture";
import * as escrow from "../../test/evm/escrow/fixture";
import * as buyback from "../../test/evm/fees/buyback/fixture";
import * as governance from "../../test/evm/governance/fixture";
import { approve, DAY, deploy, HOUR, mined, nextAt, now, read, STUN, YEAR } from "../../test/evm/kit";
import * as registry from "../../test/evm/registry/fixture";
import * as staking from "../../test/evm/staking/fixture";
import { granted, vesting } from "../../test/evm/vesting/fixture";
import type { Measures, Scenario } from "./chain";

/** Sends a transaction and books its gas under `Contract.method`; a method that was booked keeps its last number. */
type Booked = (from: Signer, contract: BaseContract, method: string, ...args: unknown[]) => Promise<void>;

function booking(measures: Measures, name: string): Booked {
  return async (from, contract, method, ...args) => {
    const { gasUsed } = await mined(from, contract, method, ...args);
    measures[`${name}.${method}`] = Number(gasUsed);
  };
}

const fields = (...list: string[]): TypedDataField[] =>
  list.map((field) => ({ type: field.split(" ")[0]!, name: field.split(" ")[1]! }));

/** The arguments of a permit for `spender`, good for a day. */
async function permit(token: BaseContract, owner: Signer, spender: string, value: bigint): Promise<unknown[]> {
  const [name, at] = ["STUN", await token.getAddress()];
  const deadline = (await now()) + DAY;
  const message = {
    owner: await owner.getAddress(),
    spender,
    value,
    nonce: await read<bigint>(token, "nonces", owner),
    deadline,
  };
  const types = {
    Permit: fields("address owner", "address spender", "uint256 value", "uint256 nonce", "uint256 deadline"),
  };
  const domain = { name, version: "1", chainId: await escrow.chainId(), verifyingContract: at };
  const { v, r, s } = Signature.from(await owner.signTypedData(domain, types, message));
  return [value, deadline, v, r, s];
}

async function token(): Promise<Measures> {
  const { token, funder: owner, beneficiary: holder } = await vesting();
  const measures: Measures = {};
  const book = booking(measures, "StunToken");
  await book(owner, token, "transfer", holder.address, STUN);
  await book(owner, token, "transfer", holder.address, STUN);
  await book(holder, token, "approve", owner.address, 10n * STUN);
  await book(owner, token, "transferFrom", holder.address, owner.address, STUN / 2n);
  await book(owner, token, "burnFrom", holder.address, STUN / 2n);
  await book(owner, token, "burn", STUN);
  const [value, ...rest] = await permit(token, holder, owner.address, STUN);
  await book(owner, token, "permit", holder.address, owner.address, value, ...rest);
  return measures;
}

async function grants(): Promise<Measures> {
  const { vault, funder, beneficiary, revoker, stranger, terms } = await granted("revocable");
  const measures: Measures = {};
  const book = booking(measures, "VestingVault");
  await book(funder, vault, "grant", terms, revoker.address);
  await book(funder, vault, "grantBatch", new Array(10).fill(terms), revoker.address);
  await nextAt(terms.start + YEAR);
  await book(beneficiary, vault, "claim", 1n);
  await nextAt(terms.start + 2n * YEAR);
  await book(beneficiary, vault, "claim", 1n);
  await book(beneficiary, vault, "proposeBeneficiary", 1n, stranger.address);
  await book(stranger, vault, "acceptBeneficiary", 1n);
  await book(revoker, vault, "revoke", 1n);
  return measures;
}

async function positions(kind: staking.Kind): Promise<Measures> {
  const state = await staking.staking(kind);
  const { staking: contract, alice, bob, owner, guardian } = state;
  // Any contract stands for the escrow; one that knows no offers fails the request to kill them at once.
  const work = await staking.sendAs(state.token);
  const measures: Measures = {};
  const book = booking(measures, kind);
  await mined(bob, contract, "open", STUN, staking.MIN_LOCK, 0n);
  await book(alice, contract, "open", 1_000n * STUN, staking.MIN_LOCK, 0n);
  await nextAt((await now()) + DAY);
  await book(alice, contract, "claim", 2n);
  await book(alice, contract, "renew", 2n, STUN, staking.MIN_LOCK, 0n);
  await book(alice, contract, "bond", 2n, work.address);
  await book(work, contract, "lockBond", alice.address, STUN);
  await book(work, contract, "lockBond", alice.address, 4n * STUN);
  await book(work, contract, "unlockBond", alice.address, STUN);
  await book(work, contract, "slashBond", alice.address, STUN, STUN);
  await book(work, contract, "slashBond", alice.address, STUN, STUN);
  if (contract.interface.hasFunction("collectSlashed")) {
    await book(bob, contract, "collectSlashed", work.address);
  }
  await mined(work, contract, "unlockBond", alice.address, 2n * STUN);
  await book(alice, contract, "requestExit", 2n);
  await nextAt((await now()) + 8n * DAY);
  await book(alice, contract, "unbond", 2n);
  await book(alice, contract, "exit", 2n);
  await book(alice, contract, "addReserve", STUN);
  if (kind === "VotingStaking") {
    await book(bob, contract, "delegate", alice.address);
    const expiry = (await now()) + DAY;
    const at = { chainId: await escrow.chainId(), verifyingContract: await contract.getAddress() };
    const types = { Delegation: fields("address delegatee", "uint256 nonce", "uint256 expiry") };
    const message = { delegatee: bob.address, nonce: 0n, expiry };
    const signed = await bob.signTypedData({ name: "STUN Staking", version: "1", ...at }, types, message);
    const { v, r, s } = Signature.from(signed);
    await book(alice, contract, "delegateBySig", bob.address, 0n, expiry, v, r, s);
  }
  await book(guardian, contract, "pause", DAY);
  await book(guardian, contract, "unpause");
  await book(owner, contract, "setGuardian", bob.address);
  return measures;
}

async function epochs(): Promise<Measures> {
  const state = await emission.emission();
  const { vault, owner, guardian, alice, stranger } = state;
  const measures: Measures = {};
  const book = booking(measures, "EmissionVault");
  const report = async (root: string): Promise<void> => {
    await emission.epochEnds(state);
    const signed = await emission.signed(state, await emission.following(state, root, 1_000n * STUN));
    await book(stranger, vault, "report", ...signed);
  };
  await report(id("first"));
  await nextAt((await now()) + emission.VETO_TIME);
  await report(id("second"));
  await book(guardian, vault, "veto");
  await book(owner, vault, "refillVetoes");
  await nextAt((await now()) + emission.REPEAT_DELAY);
  const rewards = await emission.accepted(state, [[alice.address, 10n * STUN]], 1_000n * STUN);
  await book(stranger, vault, "settle");
  const { roots } = await emission.statusOf(state);
  await book(alice, vault, "claim", ...rewards.claim(alice.address, roots - 1n));
  await book(owner, vault, "setSubsidy", 5n);
  await book(guardian, vault, "pause", DAY);
  await book(guardian, vault, "unpause");
  await book(owner, vault, "setGuardian", alice.address);
  return measures;
}

async function gifts(): Promise<Measures> {
  const state = await incentives();
  const measures: Measures = {};
  const book = booking(measures, "IncentivesVault");
  for (const kind of ["Developer", "Validator", "Tester"] as const) {
    const list = await eligible(state, kind, [state.alice.address, state.bob.address]);
    await book(state.owner, state.vault, "setRoot", Kind[kind], list.root);
    await book(state.stranger, state.vault, "claim", ...list.claim(0));
    measures[`IncentivesVault.claim (${kind.toLowerCase()})`] = measures["IncentivesVault.claim"]!;
  }
  delete measures["IncentivesVault.claim"];
  return measures;
}

async function providers(): Promise<Measures> {
  const w = await registry.world();
  const measures: Measures = {};
  const book = booking(measures, "Registry");
  await registry.bond(w, w.provider, 5_000n * STUN);
  await book(w.provider, w.registry, "register", "https://provider.example", w.referrer.address);
  await book(w.provider, w.registry, "setEndpoint", "https://other.example");
  await book(w.other, w.registry, "attest", ...(await registry.attestation(w)));
  const commitment = await read<string>(w.registry, "commitmentOf", escrow.MODEL, w.creator.address, ZeroHash);
  await book(w.creator, w.registry, "commitModel", commitment);
  await nextAt((await now()) + 600n);
  await book(w.creator, w.registry, "registerModel", escrow.MODEL, ZeroHash, ZeroHash);
  return measures;
}

async function jobs(): Promise<Measures> {
  const w = await escrow.world();
  const measures: Measures = {};
  const book = booking(measures, "JobEscrow");
  const asset = await w.token.getAddress();
  // Twice, so that the numbers are those of parties that have been paid before.
  for (let round = 0n; round < 2n; round++) {
    const terms = await escrow.termsIn(w);
    await book(w.payer, w.escrow, "create", terms, await escrow.offered(w, terms, { nonce: round }), false);
    await book(w.payer, w.escrow, "post", terms, false);
    const nonce = (await read<bigint>(w.escrow, "nextNonce")) - 1n;
    const job = { jobId: escrow.idOf(w, nonce), nonce, terms, submission: { resultHash: ZeroHash, units: 0n } };
    await book(w.provider, w.escrow, "accept", ...escrow.open(w, job));
    const resultHash = id("result");
    await book(w.provider, w.escrow, "submit", ...escrow.open(w, job), { resultHash, units: 80n });
    const done = { ...job, submission: { resultHash, units: 80n } };
    await book(w.payer, w.escrow, "acceptResult", nonce, terms, done.submission);

    const judged = await escrow.submitted(w);
    await book(w.payer, w.escrow, "dispute", judged.nonce, judged.terms, judged.submission);
    const verdict = await escrow.verdictOn(w, judged, escrow.VALID);
    await book(w.stranger, w.escrow, "applyVerdicts", ...(await escrow.signedBatch(w, [verdict])));
    const unchallenged = await escrow.submitted(w);
    await escrow.after(w, unchallenged, 2n * HOUR);
    await book(w.stranger, w.escrow, "settle", ...escrow.named(w, unchallenged));
    const silent = await escrow.disputed(w);
    await escrow.after(w, silent, escrow.VERDICT_TIME);
    await book(w.stranger, w.escrow, "settleSilent", ...escrow.named(w, silent));
    const late = await escrow.assigned(w);
    await escrow.after(w, late, HOUR + escrow.GRACE);
    await book(w.stranger, w.escrow, "reopen", ...escrow.open(w, late));
    const dead = await escrow.assigned(w);
    await escrow.after(w, dead, 2n * DAY);
    await book(w.stranger, w.escrow, "refund", ...escrow.open(w, dead));
    const unwanted = await escrow.posted(w);
    await book(w.payer, w.escrow, "cancel", unwanted.nonce, unwanted.terms);

    await book(w.stranger, w.escrow, "withdraw", asset, w.provider.address);
    await book(w.payer, w.escrow, "withdrawTo", asset, w.stranger.address);
    await book(w.stranger, w.escrow, "sweepReferral", asset, w.provider.address);
    await book(w.stranger, w.escrow, "sweepRoyalty", asset, escrow.MODEL);
    await book(w.stranger, w.escrow, "sweepFees", asset);
  }
  await book(w.provider, w.escrow, "cancelOffers", 100n);
  const position = (await read<{ id: bigint }>(w.staking, "bondOf", w.provider.address)).id;
  await mined(w.provider, w.staking, "requestExit", position);
  await book(await staking.sendAs(w.staking), w.escrow, "killOffers", w.rescuer.address);
  await book(w.payer, w.escrow, "selfPermit", asset, ...(await permit(w.token, w.payer, w.at, STUN)));
  await book(w.payer, w.escrow, "multicall", []);
  await book(w.owner, w.escrow, "setAsset", await w.stable.getAddress(), false);
  await book(w.owner, w.escrow, "setFeeTargets", w.treasury.address, w.stranger.address);
  await book(w.guardian, w.escrow, "pause", DAY);
  await book(w.guardian, w.escrow, "unpause");
  return measures;
}

async function channels(): Promise<Measures> {
  const w = await escrow.world();
  const [asset, book_] = [await w.token.getAddress(), await w.registry.getAddress()];
  const powers = [w.owner.address, w.guardian.address];
  const contract = await deploy("PaymentChannels", ...powers, asset, book_, w.treasury.address, escrow.EID);
  await approve(w.token, w.payer, contract);
  const measures: Measures = {};
  const book = booking(measures, "PaymentChannels");
  const at = { chainId: await escrow.chainId(), channels: await contract.getAddress() };
  for (let round = 0; round < 2; round++) {
    const channel = {
      payer: w.payer.address,
      provider: w.provider.address,
      signer: w.rescuer.address,
      asset,
      modelId: escrow.MODEL,
      closeDelay: DAY,
      nonce: await read<bigint>(contract, "nextNonce"),
    };
    await book(w.payer, contract, "open", channel, 100n * STUN, false);
    const channelId = channelIdOf(escrow.EID, at.channels, channel);
    const receiptsRoot = id("receipts");
    const voucher = await signVoucher(w.rescuer, at, { channelId, cumulative: STUN, receiptsRoot });
    await book(w.provider, contract, "redeem", channel, voucher);
    await book(w.payer, contract, "close", channel);
    await nextAt((await now()) + DAY);
    await book(w.stranger, contract, "finish", channel);
  }
  return measures;
}

async function committee(): Promise<Measures> {
  const w = await escrow.world();
  const measures: Measures = {};
  const book = booking(measures, "Committee");
  await book(w.guardian, w.committee, "stop", DAY);
  await book(w.guardian, w.committee, "resume");
  const five = [w.payer, w.provider, w.rescuer, w.referrer, w.creator].map(({ address }) => address);
  const members = five.sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  await book(w.owner, w.committee, "setMembers", members, 3n);
  await book(w.owner, w.committee, "setGuardian", w.stranger.address);
  await book(w.owner, w.committee, "transferOwnership", w.stranger.address);
  await book(w.stranger, w.committee, "acceptOwnership");
  return measures;
}

async function votes(): Promise<Measures> {
  const state = await governance.governance();
  const { governor, alice, bob, guardian } = state;
  const measures: Measures = {};
  const book = booking(measures, "StunGovernor");
  await governance.stake(state, alice, 20_000_000n * STUN);
  await governance.stake(state, bob, 20_000_000n * STUN);
  const proposed = async (description: string): Promise<governance.Proposal> => {
    const p = { ...(await governance.payment(state, bob.address, STUN)), description };
    await book(alice, governor, "propose", p.targets, p.values, p.calldatas, p.description);
    return p;
  };
  const queued = async (p: governance.Proposal): Promise<void> => {
    const proposal = await governance.proposalId(state, p);
    await nextAt((await now()) + DAY + 1n);
    await book(bob, governor, "castVoteWithReason", proposal, 1, "for the record");
    await book(alice, governor, "castVote", proposal, 1);
    await nextAt((await now()) + 3n * DAY + 1n);
    await book(alice, governor, "queue", ...governance.args(p));
    await nextAt((await now()) + 2n * DAY);
  };
  await book(alice, governor, "cancel", ...governance.args(await proposed("withdrawn")));
  for (const description of ["first", "second"]) {
    const p = await proposed(description);
    await queued(p);
    await book(alice, governor, "execute", ...governance.args(p));
  }
  const vetoed = await proposed("vetoed");
  await queued(vetoed);
  await book(guardian, governor, "guardianCancel", ...governance.args(vetoed));
  return measures;
}

async function treasury(): Promise<Measures> {
  const { token, funder: owner, beneficiary, vault, terms } = await vesting();
  const measures: Measures = {};
  const book = booking(measures, "Treasury");
  const contract = await deploy("Treasury", await token.getAddress(), owner.address);
  await mined(owner, token, "transfer", await contract.getAddress(), 1_000_000n * STUN);
  for (let round = 0; round < 2; round++) {
    await book(owner, contract, "pay", await token.getAddress(), beneficiary.address, STUN);
  }
  await mined(owner, vault, "grant", terms, await contract.getAddress());
  await book(owner, contract, "revoke", await vault.getAddress(), 1n);
  // both payments have left the window
  await nextAt((await now()) + 31n * DAY);
  await book(beneficiary, contract, "forget", await token.getAddress());
  return measures;
}

async function buybacks(): Promise<Measures> {
  const m = await buyback.market();
  const measures: Measures = {};
  const book = booking(measures, "BuybackVault");
  await book(m.owner, m.vault, "setPool", m.at, buyback.FEE);
  for (let round = 0n; round < 2n; round++) {
    const time = (await now()) + DAY;
    await nextAt(time);
    await book(m.stranger, m.vault, "report", ...(await buyback.signedPrice(m, m.fair, time)));
    await book(m.stranger, m.vault, "buyback", m.at, 10n * m.unit);
  }
  await mined(m.owner, m.token, "transfer", m.vaultAt, STUN);
  await book(m.stranger, m.vault, "burnHeld");
  return measures;
}

export const ENTRIES: readonly Scenario[] = [
  token,
  grants,
  () => positions("Staking"),
  () => positions("VotingStaking"),
  epochs,
  gifts,
  providers,
  jobs,
  channels,
  committee,
  votes,
  treasury,
  buybacks,
];

const ADAPTED = ["StunOFT", "StunOFTAdapter"];

/** Entries that are not measured here, by contract (`*` for any) and name, each with its reason. */
export const ELSEWHERE: readonly { contracts: readonly string[]; names: readonly string[]; why: string }[] = [
  {
    contracts: ["*"],
    names: ["transferOwnership", "acceptOwnership", "setGuardian", "pause", "unpause", "selfPermit", "multicall"],
    why: "one inherited implementation, measured in one of its contracts",
  },
  { contracts: ["*"], names: ["renounceOwnership"], why: "refused, or OpenZeppelin's own" },
  {
    contracts: ["PaymentChannels"],
    names: [
      ...["setAsset", "setFeeTargets", "sweepFees", "sweepReferral", "sweepRoyalty"],
      ...["withdraw", "withdrawTo"],
    ],
    why: "the ledger of parts is the job escrow's, measured there",
  },
  {
    contracts: ["JobEscrow"],
    names: ["prove"],
    why: "takes a proof, which differs each time: bounded by its own test",
  },
  {
    contracts: ["ProofVerifier"],
    names: ["addKey", "removeKey"],
    why: "take a verifying key: measured by their own test",
  },
  { contracts: ["BuybackVault"], names: ["uniswapV3SwapCallback"], why: "the pool calls it: part of a buyback" },
  { contracts: [...ADAPTED, "StunForwarder"], names: ["*"], why: "need LayerZero: test/evm/snapshots/token-gas.json" },
  { contracts: ["GovernanceSender", "GovernanceReceiver"], names: ["*"], why: "need LayerZero; a message a month" },
  { contracts: ["EmissionVault"], names: ["sendCarryHome", "receiveCarry"], why: "need LayerZero" },
  { contracts: ["StunTimelock"], names: ["*"], why: "only the governor calls it: part of its numbers" },
  {
    contracts: ["StunGovernor"],
    names: [
      ...["castVoteBySig", "castVoteWithReasonAndParams", "castVoteWithReasonAndParamsBySig", "relay"],
      ...["updateTimelock", "onERC1155BatchReceived", "onERC1155Received", "onERC721Received"],
    ],
    why: "OpenZeppelin's own",
  },
  { contracts: ["TesterBadge"], names: ["*"], why: "minted by a tester's claim, refuses transfers" },
];
