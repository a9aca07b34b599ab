import { expect } from "chai";
import { HOUR, mined, nextAt, now, read, send, STUN } from "../../kit";
import { averageOf, kindName, KINDS, market, reportPrice, signedPrice, type Market } from "./fixture";

async function lastOf(m: Market): Promise<[bigint, bigint]> {
  const { price, time } = await read<{ price: bigint; time: bigint }>(m.vault, "marketOf", m.at);
  return [price, time];
}

/** Brings a report; the price counts for the next block, whose time is `at`. */
async function bring(m: Market, price: bigint, time: bigint, at: bigint): Promise<unknown> {
  const args = await signedPrice(m, price, time);
  await nextAt(at);
  return send(m.stranger, m.vault, "report", ...args);
}

describe("BuybackVault: report", () => {
  it("takes the committee's price from anyone", async () => {
    const m = await market();
    const time = await now();
    const args = await signedPrice(m, m.fair, time);
    await expect(send(m.stranger, m.vault, "report", ...args))
      .to.emit(m.vault, "PriceReported")
      .withArgs(m.at, m.fair, time);
    expect(await lastOf(m)).to.deep.equal([m.fair, time]);
  });

  it("refuses fewer signatures than the committee asks for, another version, and a stopped committee", async () => {
    const m = await market();
    const time = await now();
    const two = await signedPrice(m, m.fair, time, m.members.slice(0, 2));
    await expect(send(m.stranger, m.vault, "report", ...two)).to.be.revertedWithCustomError(
      m.committee,
      "TooFewSignatures",
    );
    const outsider = await signedPrice(m, m.fair, time, [...m.members.slice(0, 2), m.stranger]);
    await expect(send(m.stranger, m.vault, "report", ...outsider)).to.be.revertedWithCustomError(
      m.committee,
      "NotMember",
    );
    const args = await signedPrice(m, m.fair, time);
    await mined(m.owner, m.committee, "setMembers", [...(await read<string[]>(m.committee, "members"))], 3n);
    await expect(send(m.stranger, m.vault, "report", ...args)).to.be.revertedWithCustomError(
      m.committee,
      "StaleCommittee",
    );
    await mined(m.guardian, m.committee, "stop", 100n);
    await expect(bring(m, m.fair, time, (await now()) + 1n)).to.be.revertedWithCustomError(
      m.committee,
      "CommitteeIsStopped",
    );
  });

  it("refuses a signature that was given for another price, time, asset or vault", async () => {
    const m = await market();
    const time = await now();
    const [asset, price, , version, signatures] = await signedPrice(m, m.fair, time);
    await expect(
      send(m.stranger, m.vault, "report", asset, price + 1n, time, version, signatures),
    ).to.be.revertedWithCustomError(m.committee, "NotMember");
    await expect(
      send(m.stranger, m.vault, "report", asset, price, time - 1n, version, signatures),
    ).to.be.revertedWithCustomError(m.committee, "NotMember");
    const elsewhere = await signedPrice({ ...m, vaultAt: m.stranger.address }, m.fair, time);
    await expect(send(m.stranger, m.vault, "report", ...elsewhere)).to.be.revertedWithCustomError(
      m.committee,
      "NotMember",
    );
    const [, , , , other] = await signedPrice({ ...m, at: m.stranger.address }, m.fair, time);
    await expect(send(m.stranger, m.vault, "report", asset, price, time, version, other)).to.be.revertedWithCustomError(
      m.committee,
      "NotMember",
    );
  });

  it("refuses a report from the future, and takes it when its time has come", async () => {
    const m = await market();
    const time = (await now()) + 100n;
    await expect(bring(m, m.fair, time, time - 1n))
      .to.be.revertedWithCustomError(m.vault, "PriceFromFuture")
      .withArgs(m.at, time);
    await bring(m, m.fair, time, time);
    expect(await lastOf(m)).to.deep.equal([m.fair, time]);
    const never = 2n ** 64n - 1n;
    await expect(bring(m, m.fair, never, time + 1n))
      .to.be.revertedWithCustomError(m.vault, "PriceFromFuture")
      .withArgs(m.at, never);
  });

  it("refuses a report of more than an hour, and takes one of an hour", async () => {
    const m = await market();
    const time = await now();
    await expect(bring(m, m.fair, time, time + HOUR + 1n))
      .to.be.revertedWithCustomError(m.vault, "PriceStale")
      .withArgs(m.at, time);
    const next = await now();
    await bring(m, m.fair, next, next + HOUR);
    expect(await lastOf(m)).to.deep.equal([m.fair, next]);
  });

  it("refuses a report that was brought before, or is older than the last", async () => {
    const m = await market();
    const time = await now();
    const older = await signedPrice(m, m.fair, time - 1n);
    const args = await signedPrice(m, m.fair, time);
    await mined(m.stranger, m.vault, "report", ...args);
    await expect(send(m.stranger, m.vault, "report", ...args))
      .to.be.revertedWithCustomError(m.vault, "PriceNotNewer")
      .withArgs(m.at, time, time);
    await expect(send(m.stranger, m.vault, "report", ...older))
      .to.be.revertedWithCustomError(m.vault, "PriceNotNewer")
      .withArgs(m.at, time - 1n, time);
  });

  it("keeps the last report's time when the pool is replaced, so that none comes again", async () => {
    const m = await market();
    const time = await now();
    const args = await signedPrice(m, m.fair, time);
    await mined(m.stranger, m.vault, "report", ...args);
    await mined(m.owner, m.vault, "setPool", m.at, 0n);
    await mined(m.owner, m.vault, "setPool", m.at, 3_000n);
    await expect(send(m.stranger, m.vault, "report", ...args)).to.be.revertedWithCustomError(m.vault, "PriceNotNewer");
  });

  it("refuses a price for an asset without a pool: there is nothing to hold it against", async () => {
    const m = await market();
    await mined(m.owner, m.vault, "setPool", m.at, 0n);
    const args = await signedPrice(m, m.fair, await now());
    await expect(send(m.stranger, m.vault, "report", ...args))
      .to.be.revertedWithCustomError(m.vault, "NoPool")
      .withArgs(m.at);
  });

  for (const kind of KINDS) {
    it(`refuses zero, a negative price and wrong decimals of ${kindName(kind)}`, async () => {
      const m = await market(kind);
      const average = await averageOf(m);
      const negative = 2n ** 256n - m.fair;
      // What somebody reports who forgets the decimals of the asset, or counts one too many or too few.
      const whole = 10n * STUN;
      const wrong = [0n, negative, 2n ** 256n - 1n, 2n ** 255n, m.fair * 10n, m.fair / 10n, m.fair * m.unit];
      if (m.unit !== 10n ** 18n) wrong.push(whole);
      for (const price of wrong) {
        const time = await now();
        const args = await signedPrice(m, price, time);
        await expect(send(m.stranger, m.vault, "report", ...args))
          .to.be.revertedWithCustomError(m.vault, "PriceAbsurd")
          .withArgs(m.at, price, average);
      }
    });
  }

  it("takes prices up to a factor of two from the average, to the last unit, and none beyond", async () => {
    const m = await market();
    const average = await averageOf(m);
    for (const price of [2n * average, (average + 1n) / 2n]) await reportPrice(m, price);
    for (const price of [2n * average + 1n, (average - 1n) / 2n]) {
      const time = (await now()) + 1n;
      await expect(bring(m, price, time, time)).to.be.revertedWithCustomError(m.vault, "PriceAbsurd");
    }
  });
});
