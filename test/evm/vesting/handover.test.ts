import { expect } from "chai";
import { mined, nextAt, read, send, ZERO } from "../kit";
import { granted } from "./fixture";

describe("VestingVault: handover of the beneficiary", () => {
  it("changes the beneficiary only when the new one accepts", async () => {
    const { token, vault, beneficiary, stranger, terms } = await granted();
    await expect(send(beneficiary, vault, "proposeBeneficiary", 1n, stranger.address))
      .to.emit(vault, "BeneficiaryProposed")
      .withArgs(1n, stranger.address);
    expect((await read<{ beneficiary: string }>(vault, "grantOf", 1n)).beneficiary).to.equal(beneficiary.address);
    await expect(send(stranger, vault, "acceptBeneficiary", 1n))
      .to.emit(vault, "BeneficiaryChanged")
      .withArgs(1n, beneficiary.address, stranger.address);
    await nextAt(terms.start + terms.duration);
    await expect(send(beneficiary, vault, "claim", 1n)).to.changeTokenBalance(token, stranger, terms.total);
  });

  it("cannot be accepted twice, nor after the proposal was withdrawn", async () => {
    const { vault, beneficiary, stranger } = await granted();
    await mined(beneficiary, vault, "proposeBeneficiary", 1n, stranger.address);
    await mined(beneficiary, vault, "proposeBeneficiary", 1n, ZERO);
    await expect(send(stranger, vault, "acceptBeneficiary", 1n))
      .to.be.revertedWithCustomError(vault, "NotProposedBeneficiary")
      .withArgs(1n, stranger.address);
    await mined(beneficiary, vault, "proposeBeneficiary", 1n, stranger.address);
    await mined(stranger, vault, "acceptBeneficiary", 1n);
    await expect(send(stranger, vault, "acceptBeneficiary", 1n)).to.be.revertedWithCustomError(
      vault,
      "NotProposedBeneficiary",
    );
  });

  it("can be proposed by the beneficiary alone", async () => {
    const { vault, revoker, funder, stranger } = await granted("revocable");
    for (const who of [revoker, funder, stranger]) {
      await expect(send(who, vault, "proposeBeneficiary", 1n, who.address))
        .to.be.revertedWithCustomError(vault, "NotBeneficiary")
        .withArgs(1n, who.address);
    }
    await expect(send(stranger, vault, "proposeBeneficiary", 2n, stranger.address)).to.be.revertedWithCustomError(
      vault,
      "UnknownGrant",
    );
  });

  it("can be accepted by the proposed account alone", async () => {
    const { vault, beneficiary, revoker, stranger } = await granted();
    await mined(beneficiary, vault, "proposeBeneficiary", 1n, stranger.address);
    for (const who of [beneficiary, revoker]) {
      await expect(send(who, vault, "acceptBeneficiary", 1n)).to.be.revertedWithCustomError(
        vault,
        "NotProposedBeneficiary",
      );
    }
  });

  it("never goes to the vault itself", async () => {
    const { vault, beneficiary } = await granted();
    const self = await vault.getAddress();
    await expect(send(beneficiary, vault, "proposeBeneficiary", 1n, self))
      .to.be.revertedWithCustomError(vault, "InvalidBeneficiary")
      .withArgs(self);
  });
});
