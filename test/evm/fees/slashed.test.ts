import { expect } from "chai";
import { DAY, mined, read, send, STUN } from "../kit";
import {
  after,
  assigned,
  creditOf,
  held,
  open,
  placed,
  submitFor,
  submitted,
  termsIn,
  world,
  type World,
} from "../escrow/fixture";

/** A job was missed and refunded: 105 STUN of the job and 50 of the slash are the payer's, 50 are to be burned. */
async function slashed(): Promise<World & { asset: string }> {
  const w = await world();
  const job = await assigned(w);
  await after(w, job, 2n * DAY);
  await mined(w.stranger, w.escrow, "refund", ...open(w, job));
  return { ...w, asset: await w.token.getAddress() };
}

const balance = (w: World): Promise<bigint> => read<bigint>(w.token, "balanceOf", w.at);

describe("PartsLedger: what slashes leave in staking", () => {
  it("is fetched by the payment that needs it, and its other half burned", async () => {
    const w = await slashed();
    expect([await balance(w), await held(w), await creditOf(w, w.payer)]).to.deep.equal([
      105n * STUN,
      155n * STUN,
      155n * STUN,
    ]);
    const call = send(w.stranger, w.escrow, "withdraw", w.asset, w.payer.address);
    await expect(call).to.changeTokenBalances(
      w.token,
      [w.payer, w.escrow, w.staking],
      [155n * STUN, -105n * STUN, -100n * STUN],
    );
    await expect(call)
      .to.emit(w.staking, "SlashedCollected")
      .withArgs(w.at, 50n * STUN, 50n * STUN);
    expect(await held(w)).to.equal(0n);
  });

  it("stays there while the escrow holds enough", async () => {
    const w = await slashed();
    await submitted(w);
    await expect(send(w.stranger, w.escrow, "withdraw", w.asset, w.payer.address)).to.changeTokenBalances(
      w.token,
      [w.payer, w.escrow, w.staking],
      [155n * STUN, -155n * STUN, 0n],
    );
    expect(await held(w), "budget and dispute stake of the job").to.equal(105n * STUN);
  });

  it("may be sent to the escrow by anyone before, and is paid all the same", async () => {
    const w = await slashed();
    await mined(w.stranger, w.staking, "collectSlashed", w.at);
    await expect(send(w.stranger, w.escrow, "withdraw", w.asset, w.payer.address)).to.changeTokenBalance(
      w.token,
      w.payer,
      155n * STUN,
    );
  });

  it("pays for a job from credit, down to the last part of its price", async () => {
    const w = await slashed();
    const terms = await termsIn(w, { unitPrice: 2n * STUN, maxUnits: 70n, budget: 140n * STUN });
    const job = placed(w, await mined(w.payer, w.escrow, "post", terms, true), terms);
    await mined(w.provider, w.escrow, "accept", ...open(w, job));
    const done = await submitFor(w, job, 70n);
    await mined(w.payer, w.escrow, "acceptResult", done.nonce, done.terms, done.submission);
    for (const who of [w.payer, w.provider]) await mined(w.stranger, w.escrow, "withdraw", w.asset, who.address);
    await mined(w.stranger, w.escrow, "sweepReferral", w.asset, w.provider.address);
    await mined(w.stranger, w.escrow, "sweepRoyalty", w.asset, terms.modelId);
    await mined(w.stranger, w.escrow, "sweepFees", w.asset);
    expect([await balance(w), await held(w)]).to.deep.equal([0n, 0n]);
  });
});
