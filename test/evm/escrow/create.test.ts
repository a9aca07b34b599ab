import { anyValue } from "@nomicfoundation/hardhat-chai-matchers/withArgs";
import { expect } from "chai";
import { encodeBytes32String, Signature, TypedDataEncoder } from "ethers";
import { jobId as modelJobId, offerDigest, termsHash as modelTermsHash } from "../../../model";
import {
  jobIdOf,
  lockedAmount,
  OFFER_TYPES,
  offerDomain,
  signOffer,
  termsHash,
  type Terms,
} from "../../../chains/evm/escrow";
import { DAY, HOUR, mined, nextAt, now, read, send, STUN } from "../kit";
import {
  assigned,
  chainId,
  creditOf,
  EID,
  jobOf,
  judged,
  lockedOf,
  offered,
  placed,
  posted,
  STATE,
  submitFor,
  termsIn,
  VALID,
  world,
} from "./fixture";

describe("JobEscrow: post", () => {
  it("locks budget and dispute stake and stores the hash of the terms", async () => {
    const w = await world();
    const terms = await termsIn(w);
    await expect(send(w.payer, w.escrow, "post", terms, false)).to.changeTokenBalances(
      w.token,
      [w.payer, w.escrow],
      [-105n * STUN, 105n * STUN],
    );
    const job = await jobOf(w, { jobId: jobIdOf(EID, w.at, w.payer.address, 0n) });
    expect(job.state).to.equal(STATE.open);
    expect(job.commitment).to.equal(termsHash(terms)).and.to.equal(modelTermsHash(terms));
    expect([job.attempt, job.bounties, job.created]).to.deep.equal([0n, 0n, await now()]);
  });

  it("names a job by endpoint id, escrow, payer and a number that never comes back", async () => {
    const w = await world();
    const first = await posted(w);
    await mined(w.payer, w.escrow, "cancel", first.nonce, first.terms);
    const second = await posted(w);
    expect(second.nonce).to.equal(first.nonce + 1n);
    expect(second.jobId).to.equal(modelJobId(BigInt(EID), w.at, w.payer.address, second.nonce));
    expect(second.jobId).to.equal(await read(w.escrow, "jobIdOf", w.payer.address, second.nonce));
  });

  it("takes the funds from the caller's credit when asked, and nothing from its tokens", async () => {
    const w = await world();
    const job = await posted(w);
    await mined(w.payer, w.escrow, "cancel", job.nonce, job.terms);
    await expect(send(w.payer, w.escrow, "post", job.terms, true)).to.changeTokenBalance(w.token, w.payer, 0n);
    expect(await creditOf(w, w.payer)).to.equal(0n);
    await expect(send(w.payer, w.escrow, "post", job.terms, true))
      .to.be.revertedWithCustomError(w.escrow, "CreditTooSmall")
      .withArgs(await w.token.getAddress(), 0n, lockedAmount(job.terms.budget));
  });

  it("refuses terms outside their bounds, and says which member", async () => {
    const w = await world();
    const wrong: [keyof Terms, bigint][] = [
      ["verifier", 0n],
      ["verifier", 4n],
      ["unitPrice", 0n],
      ["maxUnits", 0n],
      ["budget", 0n],
      ["bond", STUN - 1n],
      ["workSeconds", 599n],
      ["workSeconds", 604_801n],
      ["challengeSeconds", 3_599n],
      ["challengeSeconds", 259_201n],
      ["finalSeconds", 2n * HOUR - 1n],
      ["finalSeconds", 1_814_401n],
    ];
    for (const [field, value] of wrong) {
      const terms = await termsIn(w, { finalSeconds: 21n * DAY, [field]: value });
      await expect(send(w.payer, w.escrow, "post", terms, false), `${field} ${value}`)
        .to.be.revertedWithCustomError(w.escrow, "TermsOutOfBounds")
        .withArgs(encodeBytes32String(field));
    }
  });

  it("refuses words with bits above their type, in every narrow member", async () => {
    const w = await world();
    const data = w.escrow.interface.encodeFunctionData("post", [await termsIn(w), false]);
    for (const word of [1, 3, 4, 5, 6, 7, 9, 10, 11, 12]) {
      const at = 10 + 64 * word;
      const dirty = `${data.slice(0, at)}01${data.slice(at + 2)}`;
      await expect(w.payer.sendTransaction({ to: w.at, data: dirty }), `word ${word}`).to.be.reverted;
    }
    await w.payer.sendTransaction({ to: w.at, data });
  });

  it("refuses an asset that is not allowed", async () => {
    const w = await world();
    await mined(w.owner, w.escrow, "setAsset", await w.stable.getAddress(), false);
    await expect(send(w.payer, w.escrow, "post", await termsIn(w, { asset: await w.stable.getAddress() }), false))
      .to.be.revertedWithCustomError(w.escrow, "AssetNotAllowed")
      .withArgs(await w.stable.getAddress());
  });

  it("refuses new jobs, assignments and nothing else while the guardian pauses entries", async () => {
    const w = await world();
    const open = await posted(w);
    const working = await assigned(w);
    await mined(w.guardian, w.escrow, "pause", DAY);
    const terms = await termsIn(w);
    for (const [who, method, args] of [
      [w.payer, "post", [terms, false]],
      [w.payer, "create", [terms, await offered(w, terms), false]],
      [w.rescuer, "accept", [w.payer.address, open.nonce, open.terms]],
    ] as const) {
      await expect(send(who, w.escrow, method, ...args)).to.be.revertedWithCustomError(w.escrow, "EntryPaused");
    }
    const done = await submitFor(w, working, 10n);
    await mined(w.payer, w.escrow, "dispute", done.nonce, done.terms, done.submission);
    await judged(w, done, VALID);
    await mined(w.payer, w.escrow, "cancel", open.nonce, open.terms);
    await mined(w.stranger, w.escrow, "withdraw", await w.token.getAddress(), w.payer.address);
  });
});

describe("JobEscrow: create with a signed offer", () => {
  it("creates, funds, assigns and locks the bond in one transaction", async () => {
    const w = await world();
    const terms = await termsIn(w);
    const offer = await offered(w, terms);
    await expect(send(w.payer, w.escrow, "create", terms, offer, false))
      .to.emit(w.escrow, "JobCreated")
      .withArgs(jobIdOf(EID, w.at, w.payer.address, 0n), w.payer.address, w.provider.address, 0n, anyValue);
    const job = await jobOf(w, { jobId: jobIdOf(EID, w.at, w.payer.address, 0n) });
    expect([job.state, job.provider, job.attempt]).to.deep.equal([STATE.assigned, w.provider.address, 1n]);
    expect(await lockedOf(w, w.provider)).to.equal(terms.bond);
  });

  it("signs what the model signs", async () => {
    const w = await world();
    const terms = await termsIn(w);
    const offer = { payer: w.payer.address, nonce: 7n, expiry: 9_999_999_999n };
    const domain = { chainId: await chainId(), verifyingContract: w.at };
    const digest = offerDigest(domain, { terms: termsHash(terms), ...offer });
    const message = { terms: termsHash(terms), ...offer };
    expect(TypedDataEncoder.hash(offerDomain(domain.chainId, w.at), OFFER_TYPES, message)).to.equal(digest);
  });

  it("uses a nonce once", async () => {
    const w = await world();
    const terms = await termsIn(w);
    const offer = await offered(w, terms, { nonce: 3n });
    await mined(w.payer, w.escrow, "create", terms, offer, false);
    await expect(send(w.payer, w.escrow, "create", terms, offer, false))
      .to.be.revertedWithCustomError(w.escrow, "OfferDead")
      .withArgs(w.provider.address, 3n, 0n);
    await mined(w.payer, w.escrow, "create", terms, await offered(w, terms, { nonce: 2n }), false);
  });

  it("moves the window up by a nonce beyond it, and kills what falls below", async () => {
    const w = await world();
    const terms = await termsIn(w);
    for (const nonce of [5n, 100n, 200n]) {
      await mined(w.payer, w.escrow, "create", terms, await offered(w, terms, { nonce }), false);
    }
    const [floor] = await read<[bigint, bigint]>(w.escrow, "offerWindow", w.provider.address);
    expect(floor).to.equal(9n);
    for (const [nonce, why] of [
      [8n, "below the floor"],
      [100n, "used before the window moved"],
      [200n, "used"],
      [9n + 2n ** 32n, "out of reach"],
    ] as const) {
      await expect(send(w.payer, w.escrow, "create", terms, await offered(w, terms, { nonce }), false), why)
        .to.be.revertedWithCustomError(w.escrow, "OfferDead")
        .withArgs(w.provider.address, nonce, 9n);
    }
    await mined(w.payer, w.escrow, "create", terms, await offered(w, terms, { nonce: 9n }), false);
    await mined(w.payer, w.escrow, "create", terms, await offered(w, terms, { nonce: 5_000n }), false);
    expect((await read<[bigint, bigint]>(w.escrow, "offerWindow", w.provider.address))[0]).to.equal(4_809n);
  });

  it("dies by cancelOffers, and by a request to exit", async () => {
    const w = await world();
    const terms = await termsIn(w);
    await expect(send(w.provider, w.escrow, "cancelOffers", 10n))
      .to.emit(w.escrow, "OfferFloorRaised")
      .withArgs(w.provider.address, 10n);
    await expect(send(w.payer, w.escrow, "create", terms, await offered(w, terms, { nonce: 9n }), false))
      .to.be.revertedWithCustomError(w.escrow, "OfferDead")
      .withArgs(w.provider.address, 9n, 10n);
    for (const floor of [10n, 11n + 2n ** 32n]) {
      await expect(send(w.provider, w.escrow, "cancelOffers", floor))
        .to.be.revertedWithCustomError(w.escrow, "InvalidFloor")
        .withArgs(floor, 10n);
    }
    await mined(w.provider, w.staking, "requestExit", 1n);
    await expect(send(w.payer, w.escrow, "create", terms, await offered(w, terms, { nonce: 2n ** 32n }), false))
      .to.be.revertedWithCustomError(w.escrow, "OfferDead")
      .withArgs(w.provider.address, 2n ** 32n, 10n + 2n ** 32n);
    await expect(send(w.payer, w.escrow, "create", terms, await offered(w, terms, { nonce: 2n ** 33n }), false))
      .to.be.revertedWithCustomError(w.staking, "ProviderExiting")
      .withArgs(w.provider.address);
    await expect(send(w.stranger, w.escrow, "killOffers", w.provider.address))
      .to.be.revertedWithCustomError(w.escrow, "NotStaking")
      .withArgs(w.stranger.address);
  });

  it("refuses an offer for another payer, an expired one, and one for other terms, chain or escrow", async () => {
    const w = await world();
    const terms = await termsIn(w);
    await expect(
      send(w.payer, w.escrow, "create", terms, await offered(w, terms, { payer: w.stranger.address }), false),
    )
      .to.be.revertedWithCustomError(w.escrow, "OfferForAnotherPayer")
      .withArgs(w.stranger.address, w.payer.address);
    const expiry = (await now()) + 100n;
    const dying = await offered(w, terms, { expiry });
    await nextAt(expiry);
    await expect(send(w.payer, w.escrow, "create", terms, dying, false))
      .to.be.revertedWithCustomError(w.escrow, "OfferExpired")
      .withArgs(expiry);
    const good = await offered(w, terms);
    const at = { chainId: await chainId(), escrow: w.at };
    const order = { terms, nonce: 0n, expiry: good.expiry };
    for (const [why, offer] of [
      ["other terms", await signOffer(w.provider, at, { ...order, terms: { ...terms, budget: 1n } })],
      ["another chain", await signOffer(w.provider, { ...at, chainId: 1n }, order)],
      ["another escrow", await signOffer(w.provider, { ...at, escrow: w.stranger.address }, order)],
    ] as const) {
      // The signature then recovers somebody who has no bond.
      await expect(send(w.payer, w.escrow, "create", terms, offer, false), why).to.be.revertedWithCustomError(
        w.staking,
        "InsufficientBond",
      );
    }
  });

  it("refuses a signature of nobody; the compact form has no place for a high s", async () => {
    const w = await world();
    const terms = await termsIn(w);
    const offer = await offered(w, terms);
    const zero = `0x${"0".repeat(64)}`;
    for (const bad of [
      { ...offer, r: zero },
      { ...offer, vs: zero },
    ]) {
      await expect(send(w.payer, w.escrow, "create", terms, bad, false)).to.be.revertedWithCustomError(
        w.escrow,
        "InvalidOfferSignature",
      );
    }
  });

  it("refuses a bond that the provider has not free", async () => {
    const w = await world();
    const terms = await termsIn(w, { bond: 60_000n * STUN });
    await mined(w.payer, w.escrow, "create", terms, await offered(w, terms), false);
    await expect(send(w.payer, w.escrow, "create", terms, await offered(w, terms, { nonce: 1n }), false))
      .to.be.revertedWithCustomError(w.staking, "InsufficientBond")
      .withArgs(w.provider.address, 40_000n * STUN, 60_000n * STUN);
  });

  it("approves by permit and creates in one transaction; a permit used by somebody else does no harm", async () => {
    const w = await world();
    const token = await w.token.getAddress();
    await mined(w.payer, w.token, "approve", w.at, 0n);
    const terms = await termsIn(w);
    const deadline = (await now()) + DAY;
    const domain = { name: "STUN", version: "1", chainId: await chainId(), verifyingContract: token };
    const types = {
      Permit: ["address owner", "address spender", "uint256 value", "uint256 nonce", "uint256 deadline"].map((m) => ({
        type: m.split(" ")[0] ?? "",
        name: m.split(" ")[1] ?? "",
      })),
    };
    const value = lockedAmount(terms.budget);
    const message = { owner: w.payer.address, spender: w.at, value, nonce: 0n, deadline };
    const { v, r, s } = Signature.from(await w.payer.signTypedData(domain, types, message));
    await mined(w.stranger, w.token, "permit", w.payer.address, w.at, value, deadline, v, r, s);
    const calls = [
      w.escrow.interface.encodeFunctionData("selfPermit", [token, value, deadline, v, r, s]),
      w.escrow.interface.encodeFunctionData("create", [terms, await offered(w, terms), false]),
    ];
    const receipt = await mined(w.payer, w.escrow, "multicall", calls);
    expect(placed(w, receipt, terms).nonce).to.equal(0n);
  });
});
