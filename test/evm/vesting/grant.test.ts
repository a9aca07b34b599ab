import { expect } from "chai";
import { mined, read, send, STUN, YEAR, ZERO } from "../kit";
import { vesting } from "./fixture";

describe("VestingVault: grant", () => {
  it("pulls the total from the caller and keeps the terms", async () => {
    const { token, vault, funder, revoker, terms } = await vesting();
    await expect(send(funder, vault, "grant", terms, revoker.address))
      .to.emit(vault, "Granted")
      .withArgs(1n, terms.beneficiary, revoker.address, terms.total, terms.start, terms.cliff, terms.duration);
    expect(await read<bigint>(token, "balanceOf", await vault.getAddress())).to.equal(terms.total);
    expect(await read<unknown[]>(vault, "grantOf", 1n)).to.deep.equal([
      terms.beneficiary,
      terms.total,
      0n,
      terms.start,
      terms.cliff,
      terms.duration,
      revoker.address,
      false,
    ]);
  });

  it("gives one beneficiary as many grants as anyone pays for", async () => {
    const { vault, funder, terms } = await vesting();
    await mined(funder, vault, "grant", terms, ZERO);
    await mined(funder, vault, "grant", { ...terms, total: 5n * STUN }, ZERO);
    expect((await read<{ total: bigint }>(vault, "grantOf", 1n)).total).to.equal(terms.total);
    expect((await read<{ total: bigint }>(vault, "grantOf", 2n)).total).to.equal(5n * STUN);
    expect(await read<bigint>(vault, "nextId")).to.equal(3n);
  });

  it("tells the grants of different revokers apart", async () => {
    const { vault, funder, revoker, stranger, terms } = await vesting();
    for (const who of [revoker.address, stranger.address, revoker.address, ZERO]) {
      await mined(funder, vault, "grant", terms, who);
    }
    const revokers = await Promise.all(
      [1n, 2n, 3n, 4n].map(async (id) => (await read<{ revoker: string }>(vault, "grantOf", id)).revoker),
    );
    expect(revokers).to.deep.equal([revoker.address, stranger.address, revoker.address, ZERO]);
  });

  it("refuses a grant that the caller cannot pay", async () => {
    const { token, vault, stranger, terms } = await vesting();
    await expect(send(stranger, vault, "grant", terms, ZERO)).to.be.revertedWithCustomError(
      token,
      "ERC20InsufficientAllowance",
    );
  });

  it("refuses the zero address and the vault itself as beneficiary", async () => {
    const { vault, funder, terms } = await vesting();
    for (const beneficiary of [ZERO, await vault.getAddress()]) {
      await expect(send(funder, vault, "grant", { ...terms, beneficiary }, ZERO))
        .to.be.revertedWithCustomError(vault, "InvalidBeneficiary")
        .withArgs(beneficiary);
    }
  });

  it("refuses a grant of nothing", async () => {
    const { vault, funder, terms } = await vesting();
    await expect(send(funder, vault, "grant", { ...terms, total: 0n }, ZERO)).to.be.revertedWithCustomError(
      vault,
      "ZeroTotal",
    );
  });

  it("refuses a duration below ten minutes and a cliff beyond the duration", async () => {
    const { vault, funder, terms } = await vesting();
    for (const [cliff, duration] of [
      [0n, 599n],
      [601n, 600n],
    ]) {
      await expect(send(funder, vault, "grant", { ...terms, cliff, duration }, ZERO))
        .to.be.revertedWithCustomError(vault, "InvalidSchedule")
        .withArgs(cliff, duration);
    }
    await mined(funder, vault, "grant", { ...terms, cliff: 600n, duration: 600n }, ZERO);
  });

  it("answers for a grant that does not exist by its own error", async () => {
    const { vault } = await vesting();
    for (const view of ["grantOf", "vestedOf", "claimableOf"]) {
      await expect(read(vault, view, 7n))
        .to.be.revertedWithCustomError(vault, "UnknownGrant")
        .withArgs(7n);
    }
  });

  it("takes the greatest amounts and times without overflow", async () => {
    const { vault, funder, terms } = await vesting();
    const extreme = { ...terms, total: 1_000_000_000n * STUN, start: 2n ** 40n - 1n, duration: 2n ** 32n - 1n };
    await mined(funder, vault, "grant", extreme, ZERO);
    expect(await read<bigint>(vault, "vestedOf", 1n)).to.equal(0n);
    expect(YEAR).to.be.lessThan(extreme.duration);
  });
});
