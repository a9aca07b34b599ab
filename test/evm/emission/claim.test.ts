import { expect } from "chai";
import { id } from "ethers";
import { RewardBook } from "../../../chains/evm/emission";
import { mined, nextAt, now, read, send, STUN } from "../kit";
import { accepted, emission, epochEnds, report, statusOf, VETO_TIME, type Emission } from "./fixture";

const A = 600n * STUN;
const B = 400n * STUN;

async function withRoot(): Promise<Emission & { book: RewardBook }> {
  const state = await emission();
  const book = await accepted(
    state,
    [
      [state.alice.address, A],
      [state.bob.address, B],
    ],
    A + B,
  );
  return { ...state, book };
}

describe("EmissionVault: claim", () => {
  it("pays twelve hours after the report, not a second before", async () => {
    const state = await emission();
    const book = new RewardBook([{ account: state.alice.address, cumulative: A }]);
    await epochEnds(state);
    await (await report(state, book.root, A)).wait();
    const at = await now();
    await nextAt(at + VETO_TIME - 1n);
    await expect(send(state.alice, state.vault, "claim", ...book.claim(state.alice.address, 0n)))
      .to.be.revertedWithCustomError(state.vault, "NotClaimableYet")
      .withArgs(at + VETO_TIME);
    await nextAt(at + VETO_TIME);
    await expect(send(state.alice, state.vault, "claim", ...book.claim(state.alice.address, 0n)))
      .to.emit(state.vault, "Claimed")
      .withArgs(state.alice.address, A, A);
  });

  it("lets anyone push a claim, which still goes to the account", async () => {
    const state = await withRoot();
    await expect(
      send(state.stranger, state.vault, "claim", ...state.book.claim(state.bob.address, 0n)),
    ).to.changeTokenBalances(state.token, [state.bob, state.stranger], [B, 0n]);
    const status = await statusOf(state);
    expect([status.accepted, status.paid]).to.deep.equal([A + B, B]);
  });

  it("settles every epoch so far by one claim", async () => {
    const state = await withRoot();
    const later = await accepted(
      state,
      [
        [state.alice.address, 2n * A],
        [state.bob.address, B],
      ],
      A,
    );
    await expect(
      send(state.alice, state.vault, "claim", ...later.claim(state.alice.address, 1n)),
    ).to.changeTokenBalance(state.token, state.alice, 2n * A);
    await expect(send(state.alice, state.vault, "claim", ...state.book.claim(state.alice.address, 0n)))
      .to.be.revertedWithCustomError(state.vault, "NothingToClaim")
      .withArgs(state.alice.address, A, 2n * A);
  });

  it("pays the difference between two roots", async () => {
    const state = await withRoot();
    await mined(state.alice, state.vault, "claim", ...state.book.claim(state.alice.address, 0n));
    const later = await accepted(state, [[state.alice.address, A + 5n]], 5n);
    await expect(
      send(state.alice, state.vault, "claim", ...later.claim(state.alice.address, 1n)),
    ).to.changeTokenBalance(state.token, state.alice, 5n);
    expect(await read<bigint>(state.vault, "paidTo", state.alice.address)).to.equal(A + 5n);
  });

  it("gives what an earlier root gave, though a later one has left the account out", async () => {
    const state = await withRoot();
    await accepted(state, [[state.bob.address, B]], 0n);
    await mined(state.bob, state.vault, "settle");
    await expect(
      send(state.alice, state.vault, "claim", ...state.book.claim(state.alice.address, 0n)),
    ).to.changeTokenBalance(state.token, state.alice, A);
  });

  it("holds the last 64 roots and no older one", async () => {
    const state = await withRoot();
    for (let i = 1; i <= 64; i++) {
      await epochEnds(state);
      await (await report(state, id(`root ${i}`), 0n)).wait();
      if (i === 63) {
        await nextAt((await now()) + VETO_TIME);
        await mined(state.bob, state.vault, "settle");
        await mined(state.stranger, state.vault, "claim", ...state.book.claim(state.bob.address, 0n));
      }
    }
    await nextAt((await now()) + VETO_TIME);
    await mined(state.bob, state.vault, "settle");
    await expect(send(state.alice, state.vault, "claim", ...state.book.claim(state.alice.address, 0n)))
      .to.be.revertedWithCustomError(state.vault, "RootNotHeld")
      .withArgs(0n, 1n, 65n);
    await expect(read(state.vault, "rootAt", 0n)).to.be.revertedWithCustomError(state.vault, "RootNotHeld");
    expect(await read<string>(state.vault, "rootAt", 1n)).to.equal(id("root 1"));
  });

  it("refuses a root that does not exist yet", async () => {
    const state = await withRoot();
    for (const index of [1n, 2n, 64n, 2n ** 255n]) {
      await expect(
        send(state.alice, state.vault, "claim", ...state.book.claim(state.alice.address, index)),
      ).to.be.revertedWithCustomError(state.vault, "RootNotHeld");
    }
    await expect(read(state.vault, "rootAt", 7n)).to.be.revertedWithCustomError(state.vault, "RootNotHeld");
  });

  it("refuses another amount, another account, a foreign proof and a proof that is too long", async () => {
    const state = await withRoot();
    const [account, cumulative, index, proof] = state.book.claim(state.alice.address, 0n);
    for (const args of [
      [account, cumulative + 1n, index, proof],
      [state.stranger.address, cumulative, index, proof],
      [account, cumulative, index, []],
      [account, cumulative, index, [id("x")]],
    ]) {
      await expect(send(state.alice, state.vault, "claim", ...args))
        .to.be.revertedWithCustomError(state.vault, "InvalidProof")
        .withArgs(args[0], args[1]);
    }
    const long = new Array<string>(21).fill(id("x"));
    await expect(send(state.alice, state.vault, "claim", account, cumulative, index, long))
      .to.be.revertedWithCustomError(state.vault, "ProofTooLong")
      .withArgs(21);
  });

  it("pays an account once for one root", async () => {
    const state = await withRoot();
    await mined(state.alice, state.vault, "claim", ...state.book.claim(state.alice.address, 0n));
    await expect(
      send(state.alice, state.vault, "claim", ...state.book.claim(state.alice.address, 0n)),
    ).to.be.revertedWithCustomError(state.vault, "NothingToClaim");
  });

  it("pays no more than all accepted totals, whatever a dishonest root says", async () => {
    const state = await withRoot();
    const greedy = await accepted(state, [[state.stranger.address, 10n * A]], 7n);
    await expect(send(state.stranger, state.vault, "claim", ...greedy.claim(state.stranger.address, 1n)))
      .to.be.revertedWithCustomError(state.vault, "AboveAccepted")
      .withArgs(10n * A, A + B + 7n);
  });

  it("does not count the total of a report that can still be vetoed", async () => {
    const state = await emission();
    const greedy = await accepted(state, [[state.stranger.address, 2n * A]], A);
    await mined(state.bob, state.vault, "settle");
    await epochEnds(state);
    await (await report(state, id("next"), A)).wait();
    await expect(send(state.stranger, state.vault, "claim", ...greedy.claim(state.stranger.address, 0n)))
      .to.be.revertedWithCustomError(state.vault, "AboveAccepted")
      .withArgs(2n * A, A);
  });

  it("settles a waiting report for anyone, once and not before its time", async () => {
    const state = await emission();
    await expect(send(state.bob, state.vault, "settle")).to.be.revertedWithCustomError(state.vault, "NotClaimableYet");
    await accepted(state, [[state.alice.address, A]], A);
    await mined(state.bob, state.vault, "settle");
    await expect(send(state.bob, state.vault, "settle")).to.be.revertedWithCustomError(state.vault, "NotClaimableYet");
  });

  it("settles a waiting report from the last second of the twelve hours on, and not a second before", async () => {
    const state = await emission();
    await epochEnds(state);
    await (await report(state, id("root"), A)).wait();
    const claimable = (await now()) + VETO_TIME;
    await nextAt(claimable - 1n);
    await expect(send(state.bob, state.vault, "settle"))
      .to.be.revertedWithCustomError(state.vault, "NotClaimableYet")
      .withArgs(claimable);
    await expect(send(state.bob, state.vault, "settle"))
      .to.emit(state.vault, "Accepted")
      .withArgs(0n, id("root"), A);
  });
});
