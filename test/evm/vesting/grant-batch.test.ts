import { expect } from "chai";
import { read, send, STUN, ZERO } from "../kit";
import { vesting } from "./fixture";

describe("VestingVault: grantBatch", () => {
  it("makes every grant of the list with consecutive ids and pulls their sum once", async () => {
    const { token, vault, funder, revoker, stranger, terms } = await vesting();
    const list = [terms, { ...terms, beneficiary: stranger.address, total: 7n * STUN }];
    await expect(send(funder, vault, "grantBatch", list, revoker.address)).to.changeTokenBalances(
      token,
      [funder, vault],
      [-(terms.total + 7n * STUN), terms.total + 7n * STUN],
    );
    const second = await read<{ beneficiary: string; revoker: string }>(vault, "grantOf", 2n);
    expect(second.beneficiary).to.equal(stranger.address);
    expect(second.revoker).to.equal(revoker.address);
    expect(await read<bigint>(vault, "nextId")).to.equal(3n);
  });

  it("refuses an empty list", async () => {
    const { vault, funder } = await vesting();
    await expect(send(funder, vault, "grantBatch", [], ZERO)).to.be.revertedWithCustomError(vault, "EmptyBatch");
  });

  it("makes none when one of the list is bad", async () => {
    const { vault, funder, terms } = await vesting();
    await expect(
      send(funder, vault, "grantBatch", [terms, { ...terms, total: 0n }], ZERO),
    ).to.be.revertedWithCustomError(vault, "ZeroTotal");
    expect(await read<bigint>(vault, "nextId")).to.equal(1n);
  });

  it("makes none when the caller cannot pay for all", async () => {
    const { token, vault, funder, terms } = await vesting();
    const list = [terms, { ...terms, total: 1_000_000_000n * STUN }];
    await expect(send(funder, vault, "grantBatch", list, ZERO)).to.be.revertedWithCustomError(
      token,
      "ERC20InsufficientBalance",
    );
  });
});
