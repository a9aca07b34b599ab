import { setBalance } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import type { BaseContract } from "ethers";
import hre from "hardhat";
import { approve, DAY, deploy, deployStun, GAS_SCALE, mined, nextAt, now, read, send, STUN, ZERO } from "../kit";
import { Random } from "../random";

const LIMIT = 2_000_000n * STUN;

interface Funded {
  treasury: BaseContract;
  stun: BaseContract;
  other: BaseContract;
  owner: HardhatEthersSigner;
  to: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
}

/** 100,000,000 STUN and 1,000 units of another token. */
async function funded(): Promise<Funded> {
  const [owner, to, stranger] = await hre.ethers.getSigners();
  if (!owner || !to || !stranger) throw new Error("The network has too few accounts.");
  const stun = await deployStun(owner);
  const other = await deployStun(owner);
  const treasury = await deploy("Treasury", await stun.getAddress(), owner.address);
  await mined(owner, stun, "transfer", await treasury.getAddress(), 50n * LIMIT);
  await mined(owner, other, "transfer", await treasury.getAddress(), 1_000n);
  return { treasury, stun, other, owner, to, stranger };
}

const pay = (f: Funded, asset: BaseContract | string, amount: bigint): ReturnType<typeof send> =>
  send(f.owner, f.treasury, "pay", asset, f.to.address, amount);

describe("Treasury: pay", () => {
  it("pays at most 2,000,000 STUN in 30 days and says what is left", async () => {
    const f = await funded();
    await expect(pay(f, f.stun, LIMIT - 5n)).to.changeTokenBalance(f.stun, f.to, LIMIT - 5n);
    expect(await read<bigint>(f.treasury, "available", f.stun)).to.equal(5n);
    await expect(pay(f, f.stun, 6n))
      .to.be.revertedWithCustomError(f.treasury, "OutflowLimit")
      .withArgs(await f.stun.getAddress(), 6n, 5n);
    await (await pay(f, f.stun, 5n)).wait();
  });

  it("forgets a payment exactly 30 days after it", async () => {
    const f = await funded();
    await (await pay(f, f.stun, LIMIT)).wait();
    const at = await now();
    await nextAt(at + 30n * DAY - 1n);
    await expect(pay(f, f.stun, 1n)).to.be.revertedWithCustomError(f.treasury, "OutflowLimit");
    await nextAt(at + 30n * DAY);
    await (await pay(f, f.stun, LIMIT)).wait();
  });

  it("pays at most a tenth of any other asset", async () => {
    const f = await funded();
    await (await pay(f, f.other, 60n)).wait();
    await expect(pay(f, f.other, 41n)).to.be.revertedWithCustomError(f.treasury, "OutflowLimit");
    await (await pay(f, f.other, 40n)).wait();
    await expect(pay(f, f.other, 1n)).to.be.revertedWithCustomError(f.treasury, "OutflowLimit");
    await nextAt((await now()) + 30n * DAY);
    await (await pay(f, f.other, 90n)).wait();
    await expect(pay(f, f.other, 1n)).to.be.revertedWithCustomError(f.treasury, "OutflowLimit");
  });

  it("meters the chain's own currency as any other asset", async () => {
    const f = await funded();
    await f.owner.sendTransaction({ to: await f.treasury.getAddress(), value: 500n });
    await (await pay(f, f.other, 100n)).wait();
    await expect(pay(f, ZERO, 50n)).to.changeEtherBalance(f.to, 50n);
    await expect(pay(f, ZERO, 1n)).to.be.revertedWithCustomError(f.treasury, "OutflowLimit");
  });

  it("pays no more than it holds", async () => {
    const f = await funded();
    const poor = await deploy("Treasury", f.stun, f.owner.address);
    await mined(f.owner, f.stun, "transfer", poor, 7n);
    expect(await read<bigint>(poor, "available", f.stun)).to.equal(7n);
    await expect(send(f.owner, poor, "pay", f.stun, f.to.address, 8n)).to.be.revertedWithCustomError(
      poor,
      "OutflowLimit",
    );
  });

  it("refuses a payment of nothing, to nobody and to itself", async () => {
    const f = await funded();
    for (const [to, amount] of [
      [f.to.address, 0n],
      [ZERO, 1n],
      [await f.treasury.getAddress(), 1n],
    ] as const) {
      await expect(send(f.owner, f.treasury, "pay", f.stun, to, amount))
        .to.be.revertedWithCustomError(f.treasury, "InvalidPayment")
        .withArgs(to, amount);
    }
  });

  it("is for the owner alone", async () => {
    const f = await funded();
    for (const who of [f.to, f.stranger]) {
      await expect(send(who, f.treasury, "pay", f.stun, who.address, 1n)).to.be.revertedWithCustomError(
        f.treasury,
        "OwnableUnauthorizedAccount",
      );
    }
  });

  it("fails as a whole when the recipient refuses the chain's own currency", async () => {
    const f = await funded();
    await setBalance(await f.treasury.getAddress(), 1_000n);
    await expect(send(f.owner, f.treasury, "pay", ZERO, f.stun, 1n)).to.be.reverted;
    expect(await read<bigint>(f.treasury, "available", ZERO)).to.equal(100n);
  });

  it("revokes a grant that names it as revoker: what had not vested comes here, behind the same meter", async () => {
    const f = await funded();
    const vault = await deploy("VestingVault", f.stun);
    await approve(f.stun, f.owner, vault);
    const terms = { beneficiary: f.to.address, total: 3n * LIMIT, start: 0n, cliff: 0n, duration: 2n ** 31n };
    await mined(f.owner, vault, "grant", { ...terms, start: (await now()) + DAY }, f.treasury);
    for (const who of [f.to, f.stranger]) {
      await expect(send(who, f.treasury, "revoke", vault, 1n)).to.be.revertedWithCustomError(
        f.treasury,
        "OwnableUnauthorizedAccount",
      );
    }
    await expect(send(f.owner, f.treasury, "revoke", vault, 1n)).to.changeTokenBalance(f.stun, f.treasury, 3n * LIMIT);
    await (await pay(f, f.stun, LIMIT)).wait();
    await expect(pay(f, f.stun, 1n)).to.be.revertedWithCustomError(f.treasury, "OutflowLimit");
  });

  it("never lets more than the limit out in any 30 days, whatever the payments", async () => {
    const f = await funded();
    const random = new Random("treasury");
    const paid: { at: bigint; amount: bigint }[] = [];
    for (let step = 0; step < 150; step++) {
      const at = (await now()) + random.between(1n, 6n * DAY);
      await nextAt(at);
      const recent = paid.filter((p) => p.at + 30n * DAY > at).reduce((sum, p) => sum + p.amount, 0n);
      const amount = random.between(1n, LIMIT / 3n);
      if (recent + amount > LIMIT) {
        await expect(pay(f, f.stun, amount), `step ${step}`).to.be.revertedWithCustomError(f.treasury, "OutflowLimit");
      } else {
        await (await pay(f, f.stun, amount)).wait();
        paid.push({ at, amount });
      }
    }
    expect(paid.length).to.be.greaterThan(20);
  });

  it("pays at a bounded cost, however many payments have left the window; anyone clears them away in steps", async () => {
    const f = await funded();
    const many = await deploy("PaymentFlood", f.treasury);
    await mined(f.owner, f.treasury, "transferOwnership", many);
    await mined(f.stranger, many, "take");
    for (let i = 0; i < 2; i++) await mined(f.stranger, many, "flood", f.stun, f.to.address, 200n);
    await nextAt((await now()) + 30n * DAY);
    const first = await mined(f.stranger, many, "flood", f.stun, f.to.address, 1n);
    expect(first.gasUsed).to.be.at.most(600_000n * GAS_SCALE);
    // what is not cleared away yet still counts, so that the limit holds
    await expect(send(f.stranger, many, "pay", f.stun, f.to.address, LIMIT)).to.be.revertedWithCustomError(
      f.treasury,
      "OutflowLimit",
    );
    expect(await read<bigint>(f.treasury, "available", f.stun)).to.equal(LIMIT - 1n);
    for (let i = 0; i < 8; i++) await mined(f.stranger, f.treasury, "forget", f.stun);
    await mined(f.stranger, many, "pay", f.stun, f.to.address, LIMIT - 1n);
    expect(await read<bigint>(f.treasury, "available", f.stun)).to.equal(0n);
    // nothing that is still in the window is ever cleared away
    await mined(f.stranger, f.treasury, "forget", f.stun);
    expect(await read<bigint>(f.treasury, "available", f.stun)).to.equal(0n);
    await mined(f.stranger, f.treasury, "forget", f.other);
  });
});
