import { expect } from "chai";
import { id, Wallet } from "ethers";
import { deploy, mined, nextAt, now, read, send, STUN, YEAR } from "../../kit";
import { eligible, incentives, Kind, keyOf, List, TERMS, type KindName } from "./fixture";

describe("IncentivesVault: claim", () => {
  it("adds up to 25,000,000 STUN", async () => {
    const { vault } = await incentives();
    let sum = 0n;
    for (const name of Object.keys(Kind) as KindName[]) {
      const [cap, amount] = await read<[bigint, bigint]>(vault, "terms", Kind[name]);
      expect([cap, amount]).to.deep.equal([TERMS[name].cap, TERMS[name].amount]);
      sum += cap * amount;
    }
    expect(sum).to.equal(25_000_000n * STUN);
  });

  it("pays a developer 10,000 STUN, whoever sends the claim", async () => {
    const state = await incentives();
    const list = await eligible(state, "Developer", [state.alice.address, state.bob.address]);
    const args = list.claim(0);
    await expect(send(state.stranger, state.vault, "claim", ...args))
      .to.emit(state.vault, "IncentiveClaimed")
      .withArgs(Kind.Developer, keyOf(args[2]), args[2], 10_000n * STUN);
    expect(await read<bigint>(state.token, "balanceOf", args[2])).to.be.at.least(10_000n * STUN);
    expect(await read<bigint>(state.vault, "claimed", Kind.Developer)).to.equal(1n);
  });

  it("pays each account once, also when the list changes", async () => {
    const state = await incentives();
    const list = await eligible(state, "Developer", [state.alice.address]);
    await mined(state.alice, state.vault, "claim", ...list.claim(0));
    await expect(send(state.alice, state.vault, "claim", ...list.claim(0)))
      .to.be.revertedWithCustomError(state.vault, "AlreadyClaimed")
      .withArgs(Kind.Developer, keyOf(state.alice.address));
    const other = await eligible(state, "Developer", [state.alice.address, state.bob.address]);
    for (const at of [0, 1]) {
      const args = other.claim(at);
      if (args[2] !== state.alice.address) continue;
      await expect(send(state.alice, state.vault, "claim", ...args)).to.be.revertedWithCustomError(
        state.vault,
        "AlreadyClaimed",
      );
    }
  });

  it("pays a model once by its content hash, and one account for several models", async () => {
    const state = await incentives();
    const models = [id("model 1"), id("model 2")];
    const list = new List(
      "Model",
      models.map((key) => ({ key, account: state.alice.address })),
    );
    await mined(state.owner, state.vault, "setRoot", Kind.Model, list.root);
    for (const at of [0, 1]) {
      await expect(send(state.bob, state.vault, "claim", ...list.claim(at))).to.changeTokenBalance(
        state.token,
        state.alice,
        1_000n * STUN,
      );
      await expect(send(state.bob, state.vault, "claim", ...list.claim(at))).to.be.revertedWithCustomError(
        state.vault,
        "AlreadyClaimed",
      );
    }
  });

  it("releases a validator's 50,000 STUN over two years, irrevocably", async () => {
    const state = await incentives();
    const list = await eligible(state, "Validator", [state.alice.address]);
    await expect(send(state.alice, state.vault, "claim", ...list.claim(0))).to.changeTokenBalance(
      state.token,
      state.alice,
      0n,
    );
    const start = await now();
    await nextAt(start + YEAR);
    await expect(send(state.bob, state.vesting, "claim", 1n)).to.changeTokenBalance(
      state.token,
      state.alice,
      25_000n * STUN,
    );
    await nextAt(start + 2n * YEAR);
    await mined(state.bob, state.vesting, "claim", 1n);
    expect((await read<{ revoker: string }>(state.vesting, "grantOf", 1n)).revoker).to.match(/^0x0+$/);
  });

  it("gives a tester 5,000 STUN and a badge that never moves", async () => {
    const state = await incentives();
    const list = await eligible(state, "Tester", [state.alice.address]);
    await expect(send(state.bob, state.vault, "claim", ...list.claim(0)))
      .to.emit(state.badge, "Locked")
      .withArgs(1n);
    expect(await read<string>(state.badge, "ownerOf", 1n)).to.equal(state.alice.address);
    expect(await read<boolean>(state.badge, "locked", 1n)).to.equal(true);
    await mined(state.alice, state.badge, "approve", state.bob.address, 1n);
    for (const who of [state.alice, state.bob]) {
      await expect(send(who, state.badge, "transferFrom", state.alice.address, state.bob.address, 1n))
        .to.be.revertedWithCustomError(state.badge, "NotTransferable")
        .withArgs(1n);
    }
    await expect(read(state.badge, "locked", 2n)).to.be.revertedWithCustomError(state.badge, "ERC721NonexistentToken");
    for (const [interfaceId, supported] of [
      ["0xb45a3c0e", true],
      ["0x80ac58cd", true],
      ["0xffffffff", false],
    ] as const) {
      expect(await read<boolean>(state.badge, "supportsInterface", interfaceId)).to.equal(supported);
    }
  });

  it("mints badges for nobody else", async () => {
    const { badge, owner, stranger } = await incentives();
    for (const who of [owner, stranger]) {
      await expect(send(who, badge, "mint", who.address))
        .to.be.revertedWithCustomError(badge, "NotMinter")
        .withArgs(who.address);
    }
  });

  it("never pays more of a kind than its cap", async () => {
    const state = await incentives();
    const accounts = Array.from({ length: 101 }, () => Wallet.createRandom().address);
    const list = await eligible(state, "Validator", accounts);
    for (let at = 0; at < 100; at++) await mined(state.bob, state.vault, "claim", ...list.claim(at));
    await expect(send(state.bob, state.vault, "claim", ...list.claim(100)))
      .to.be.revertedWithCustomError(state.vault, "AllClaimed")
      .withArgs(Kind.Validator, 100n);
    expect(await read<bigint>(state.token, "balanceOf", await state.vesting.getAddress())).to.equal(5_000_000n * STUN);
  });

  it("refuses another account, another kind, another key and a foreign proof", async () => {
    const state = await incentives();
    const list = await eligible(state, "Developer", [state.alice.address, state.bob.address]);
    const [kind, key, account, proof] = list.claim(0);
    await mined(state.owner, state.vault, "setRoot", Kind.Tester, list.root);
    for (const args of [
      [kind, keyOf(state.stranger.address), state.stranger.address, proof],
      [Kind.Tester, key, account, proof],
      [kind, key, account, []],
      [Kind.Model, key, account, proof],
    ]) {
      await expect(send(state.alice, state.vault, "claim", ...args)).to.be.revertedWithCustomError(
        state.vault,
        "InvalidProof",
      );
    }
    await expect(send(state.alice, state.vault, "claim", kind, id("other"), account, proof))
      .to.be.revertedWithCustomError(state.vault, "InvalidKey")
      .withArgs(kind, id("other"), account);
    await expect(
      send(state.alice, state.vault, "claim", kind, key, account, new Array(21).fill(key)),
    ).to.be.revertedWithCustomError(state.vault, "ProofTooLong");
  });

  it("gives one account no second incentive under another key", async () => {
    const state = await incentives();
    const list = new List("Developer", [
      { key: id("first"), account: state.alice.address },
      { key: id("second"), account: state.alice.address },
    ]);
    await mined(state.owner, state.vault, "setRoot", Kind.Developer, list.root);
    for (const at of [0, 1]) {
      await expect(send(state.alice, state.vault, "claim", ...list.claim(at))).to.be.revertedWithCustomError(
        state.vault,
        "InvalidKey",
      );
    }
  });

  it("waits while the vault has not received enough, and pays later", async () => {
    const state = await incentives();
    const vault = await deploy(
      "IncentivesVault",
      ...[await state.token.getAddress(), await state.vesting.getAddress(), state.owner.address],
    );
    const empty = { ...state, vault };
    for (const kind of ["Developer", "Validator"] as const) {
      const list = await eligible(empty, kind, [state.alice.address]);
      await expect(send(state.alice, vault, "claim", ...list.claim(0))).to.be.revertedWithCustomError(
        state.token,
        "ERC20InsufficientBalance",
      );
      await mined(state.owner, state.token, "transfer", await vault.getAddress(), TERMS[kind].amount);
      await mined(state.alice, vault, "claim", ...list.claim(0));
    }
  });

  it("lets the owner alone say who is eligible", async () => {
    const { vault, owner, alice, stranger } = await incentives();
    for (const who of [alice, stranger]) {
      await expect(send(who, vault, "setRoot", Kind.Model, id("root"))).to.be.revertedWithCustomError(
        vault,
        "OwnableUnauthorizedAccount",
      );
    }
    await expect(send(owner, vault, "setRoot", Kind.Model, id("root")))
      .to.emit(vault, "RootSet")
      .withArgs(Kind.Model, id("root"));
  });
});
