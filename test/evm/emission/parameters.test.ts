import { expect } from "chai";
import { ZeroHash } from "ethers";
import { deploy, mined, send, STUN, ZERO } from "../kit";
import { BUDGET, emission, statusOf } from "./fixture";

describe("EmissionVault: parameters", () => {
  it("starts with subsidy 10 and fourteen vetoes", async () => {
    const status = await statusOf(await emission());
    expect([status.subsidy, status.vetoesLeft]).to.deep.equal([10n, 14n]);
  });

  it("lets the owner set the subsidy from 1 to 100", async () => {
    const state = await emission();
    for (const subsidy of [1n, 100n]) {
      await expect(send(state.owner, state.vault, "setSubsidy", subsidy))
        .to.emit(state.vault, "SubsidySet")
        .withArgs(subsidy);
    }
    for (const subsidy of [0n, 101n]) {
      await expect(send(state.owner, state.vault, "setSubsidy", subsidy))
        .to.be.revertedWithCustomError(state.vault, "InvalidSubsidy")
        .withArgs(subsidy);
    }
    for (const who of [state.guardian, state.stranger]) {
      await expect(send(who, state.vault, "setSubsidy", 5n)).to.be.revertedWithCustomError(
        state.vault,
        "OwnableUnauthorizedAccount",
      );
    }
  });

  it("refuses a deployment without committee, start or budget", async () => {
    const { token, committee, vault, owner } = await emission();
    const good = [
      await token.getAddress(),
      await committee.getAddress(),
      1n,
      BUDGET,
      ZERO,
      0n,
      ZeroHash,
      owner.address,
    ];
    for (const [at, value] of [
      [1, ZERO],
      [2, 0n],
      [3, 0n],
    ] as const) {
      const args = good.map((argument, i) => (i === at ? value : argument));
      await expect(deploy("EmissionVault", ...args)).to.be.revertedWithCustomError(vault, "InvalidSetup");
    }
  });
});

describe("EmissionVault: receiveCarry", () => {
  it("counts what arrives above the budget as carry, once", async () => {
    const state = await emission();
    await mined(state.owner, state.token, "transfer", await state.vault.getAddress(), 5n * STUN);
    await expect(send(state.stranger, state.vault, "receiveCarry"))
      .to.emit(state.vault, "CarryReceived")
      .withArgs(5n * STUN);
    expect((await statusOf(state)).carry).to.equal(5n * STUN);
    await expect(send(state.stranger, state.vault, "receiveCarry")).to.be.revertedWithCustomError(
      state.vault,
      "NothingReceived",
    );
  });

  it("takes nothing of the budget itself", async () => {
    const state = await emission("unfunded");
    await mined(state.owner, state.token, "transfer", await state.vault.getAddress(), BUDGET);
    await expect(send(state.stranger, state.vault, "receiveCarry")).to.be.revertedWithCustomError(
      state.vault,
      "NothingReceived",
    );
  });

  it("cannot be sent home by the home vault", async () => {
    const state = await emission();
    await expect(send(state.owner, state.vault, "sendCarryHome", STUN, "0x")).to.be.revertedWithCustomError(
      state.vault,
      "OnlyOnOtherChains",
    );
  });
});
