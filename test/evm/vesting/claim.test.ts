import { expect } from "chai";
import { mined, moveTo, nextAt, read, send, YEAR, ZERO } from "../kit";
import { granted, vesting } from "./fixture";

describe("VestingVault: claim", () => {
  it("pays nothing one second before the cliff and the whole line up to then at the cliff", async () => {
    const { token, vault, beneficiary, terms } = await granted();
    await nextAt(terms.start + terms.cliff - 1n);
    await expect(send(beneficiary, vault, "claim", 1n))
      .to.be.revertedWithCustomError(vault, "NothingToClaim")
      .withArgs(1n);
    await nextAt(terms.start + terms.cliff);
    await expect(send(beneficiary, vault, "claim", 1n)).to.changeTokenBalance(token, beneficiary, terms.total / 4n);
  });

  it("vests line by line, rounded down", async () => {
    const { vault, beneficiary, terms } = await granted();
    const elapsed = 2n * YEAR + 12_345n;
    const due = (terms.total * elapsed) / terms.duration;
    await nextAt(terms.start + elapsed);
    await expect(send(beneficiary, vault, "claim", 1n))
      .to.emit(vault, "Claimed")
      .withArgs(1n, beneficiary.address, due);
  });

  it("pays the same in many claims as in one, to the last unit", async () => {
    const { token, vault, beneficiary, terms } = await granted();
    for (const part of [30n, 31n, 57n, 99n, 100n]) {
      await nextAt(terms.start + (terms.duration * part) / 100n + 1n);
      await mined(beneficiary, vault, "claim", 1n);
    }
    expect(await read<bigint>(token, "balanceOf", beneficiary.address)).to.equal(terms.total);
    expect(await read<bigint>(token, "balanceOf", await vault.getAddress())).to.equal(0n);
    await expect(send(beneficiary, vault, "claim", 1n)).to.be.revertedWithCustomError(vault, "NothingToClaim");
  });

  it("lets anyone push a claim, which still goes to the beneficiary", async () => {
    const { token, vault, beneficiary, stranger, terms } = await granted();
    await nextAt(terms.start + terms.duration);
    await expect(send(stranger, vault, "claim", 1n)).to.changeTokenBalances(
      token,
      [beneficiary, stranger],
      [terms.total, 0n],
    );
  });

  it("has vested in full at once when start lies further back than the duration", async () => {
    const { vault, funder, terms } = await vesting();
    await mined(funder, vault, "grant", { ...terms, start: 1n, cliff: 0n, duration: YEAR }, ZERO);
    expect(await read<bigint>(vault, "claimableOf", 1n)).to.equal(terms.total);
  });

  it("vests nothing before a start in the future, even without a cliff", async () => {
    const { vault, funder, terms } = await vesting();
    const start = terms.start + YEAR;
    await mined(funder, vault, "grant", { ...terms, start, cliff: 0n }, ZERO);
    expect(await read<bigint>(vault, "vestedOf", 1n)).to.equal(0n);
    await moveTo(start + 1n);
    expect(await read<bigint>(vault, "vestedOf", 1n)).to.equal(terms.total / terms.duration);
  });

  it("refuses a grant that does not exist", async () => {
    const { vault, stranger } = await granted();
    await expect(send(stranger, vault, "claim", 2n))
      .to.be.revertedWithCustomError(vault, "UnknownGrant")
      .withArgs(2n);
  });
});
