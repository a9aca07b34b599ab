import { expect } from "chai";
import { mined, nextAt, read, send, YEAR } from "../kit";
import { granted } from "./fixture";

describe("VestingVault: revoke", () => {
  it("returns what has not vested to the revoker and leaves the rest to the beneficiary", async () => {
    const { token, vault, beneficiary, revoker, terms } = await granted("revocable");
    await nextAt(terms.start + 3n * YEAR);
    await expect(send(revoker, vault, "revoke", 1n)).to.changeTokenBalance(token, revoker, terms.total / 4n);
    await nextAt(terms.start + 10n * YEAR);
    await expect(send(beneficiary, vault, "claim", 1n)).to.changeTokenBalance(
      token,
      beneficiary,
      (terms.total * 3n) / 4n,
    );
    expect(await read<bigint>(token, "balanceOf", await vault.getAddress())).to.equal(0n);
    expect((await read<{ revoked: boolean }>(vault, "grantOf", 1n)).revoked).to.equal(true);
  });

  it("returns everything before the cliff", async () => {
    const { token, vault, revoker, terms } = await granted("revocable");
    await nextAt(terms.start + terms.cliff - 1n);
    await expect(send(revoker, vault, "revoke", 1n)).to.changeTokenBalance(token, revoker, terms.total);
    await expect(send(revoker, vault, "claim", 1n)).to.be.revertedWithCustomError(vault, "NothingToClaim");
  });

  it("keeps what was claimed before", async () => {
    const { vault, beneficiary, revoker, terms } = await granted("revocable");
    await nextAt(terms.start + 2n * YEAR);
    await mined(beneficiary, vault, "claim", 1n);
    await nextAt(terms.start + 3n * YEAR);
    await expect(send(revoker, vault, "revoke", 1n))
      .to.emit(vault, "Revoked")
      .withArgs(1n, (terms.total * 3n) / 4n, terms.total / 4n);
    expect(await read<bigint>(vault, "claimableOf", 1n)).to.equal(terms.total / 4n);
  });

  it("refuses the beneficiary, the funder and strangers", async () => {
    const { vault, beneficiary, funder, stranger } = await granted("revocable");
    for (const who of [beneficiary, funder, stranger]) {
      await expect(send(who, vault, "revoke", 1n))
        .to.be.revertedWithCustomError(vault, "NotRevoker")
        .withArgs(1n, who.address);
    }
  });

  it("refuses everyone when the grant is irrevocable", async () => {
    const { vault, revoker, funder } = await granted("irrevocable");
    for (const who of [revoker, funder]) {
      await expect(send(who, vault, "revoke", 1n)).to.be.revertedWithCustomError(vault, "NotRevoker");
    }
  });

  it("refuses a second time, and once all has vested", async () => {
    const { vault, revoker, funder, terms } = await granted("revocable");
    await mined(funder, vault, "grant", terms, revoker.address);
    await mined(revoker, vault, "revoke", 1n);
    await expect(send(revoker, vault, "revoke", 1n))
      .to.be.revertedWithCustomError(vault, "NothingToRevoke")
      .withArgs(1n);
    await nextAt(terms.start + terms.duration);
    await expect(send(revoker, vault, "revoke", 2n)).to.be.revertedWithCustomError(vault, "NothingToRevoke");
  });

  it("refuses a grant that does not exist", async () => {
    const { vault, revoker } = await granted("revocable");
    await expect(send(revoker, vault, "revoke", 2n)).to.be.revertedWithCustomError(vault, "UnknownGrant");
  });
});
