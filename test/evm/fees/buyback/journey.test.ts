import { impersonateAccount, setBalance, takeSnapshot as snapshot } from "@nomicfoundation/hardhat-network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { ContractFactory, toBeHex, zeroPadValue, type BaseContract } from "ethers";
import hre from "hardhat";
import { splitPrice } from "../../../../model";
import { submitted, world } from "../../escrow/fixture";
import { deploy, mined, read, send, STUN } from "../../kit";
import { ground, openMarket, packaged, quote, reportPrice } from "./fixture";

const HOME = 30_101n;
const BASE = 30_184n;

/** STUN as it is on Base, with LayerZero's real endpoint, which delivers its owner's tokens. */
async function remoteStun(owner: HardhatEthersSigner): Promise<BaseContract> {
  const { abi, bytecode } = packaged(
    "@layerzerolabs/lz-evm-protocol-v2/artifacts/contracts/EndpointV2.sol/EndpointV2.json",
  );
  const endpoint = await (await new ContractFactory(abi, bytecode, owner).deploy(BASE, owner.address)).getAddress();
  const cap = 300_000_000n * STUN;
  const { address } = owner;
  const token = await deploy("StunOFT", endpoint, HOME, cap, address, address, address);
  const peer = zeroPadValue("0xaa", 32);
  await mined(owner, token, "setPeer", HOME, peer);
  await mined(owner, token, "setRateLimits", [{ eid: HOME, inbound: true, capacity: cap, window: 600n }]);
  await impersonateAccount(endpoint);
  await setBalance(endpoint, STUN);
  // 32 bytes of recipient, 8 of the amount in 1e-6 STUN
  const message = `${zeroPadValue(address, 32)}${toBeHex(150_000_000n * 10n ** 6n, 8).slice(2)}`;
  const origin = { srcEid: HOME, sender: peer, nonce: 1n };
  const signer = await hre.ethers.getSigner(endpoint);
  await mined(signer, token, "lzReceive", origin, zeroPadValue("0x01", 32), message, address, "0x");
  return token;
}

describe("Fees in a stable asset", () => {
  it("become burned STUN: a job is paid, anyone sweeps, anyone sells", async () => {
    const w = await world();
    const m = await openMarket(w, w.stable, 6n);
    await mined(w.owner, w.escrow, "setFeeTargets", w.treasury.address, m.vaultAt);
    const price = 80_000_000n;
    const job = await submitted(w, { asset: m.at, unitPrice: 1_000_000n, budget: 100_000_000n }, 80n);
    await mined(w.payer, w.escrow, "acceptResult", job.nonce, job.terms, job.submission);
    const { burn, buyback } = splitPrice(price, 300n, { model: true, referrer: true });
    await expect(send(w.stranger, w.escrow, "sweepFees", m.at)).to.changeTokenBalance(
      w.stable,
      m.vault,
      burn + buyback,
    );

    await reportPrice(m);
    const out = await quote(m, burn + buyback);
    const supply = await read<bigint>(w.token, "totalSupply");
    await mined(w.stranger, m.vault, "buyback", m.at, burn + buyback);
    expect(await read<bigint>(w.token, "totalSupply")).to.equal(supply - out);
    expect(await read<bigint>(m.vault, "burned")).to.equal(out);
    // 52 % of a fee of 3 % of 80 units, at ten STUN each, less the pool's 0.3 %
    expect(out > (12n * STUN * 997n) / 1_000n && out < (125n * STUN) / 10n).to.equal(true);
  });
});

describe("Fees in an asset that has blacklisted the vault", () => {
  it("stay booked, to the last unit, and go there when it takes the vault off its list or another vault is named", async () => {
    const w = await world();
    const m = await openMarket(w, w.stable, 6n);
    await mined(w.owner, w.escrow, "setFeeTargets", w.treasury.address, m.vaultAt);
    const job = await submitted(w, { asset: m.at, unitPrice: 1_000_000n, budget: 100_000_000n }, 80n);
    await mined(w.payer, w.escrow, "acceptResult", job.nonce, job.terms, job.submission);
    const [due] = await read<[bigint, bigint]>(w.escrow, "feesOf", m.at);
    await mined(w.owner, w.stable, "freeze", m.vaultAt, true);
    await mined(w.stranger, w.escrow, "sweepFees", m.at);
    expect(await read<[bigint, bigint]>(w.escrow, "feesOf", m.at)).to.deep.equal([due, 0n]);
    const { owner, token, committee, factory } = m;
    const addresses = await Promise.all([token, committee, factory].map((contract) => contract.getAddress()));
    const second = await deploy("BuybackVault", owner.address, ...addresses, 12n);
    const before = await snapshot();
    await mined(w.owner, w.escrow, "setFeeTargets", w.treasury.address, await second.getAddress());
    await expect(send(w.stranger, w.escrow, "sweepFees", m.at)).to.changeTokenBalance(w.stable, second, due);
    await before.restore();
    await mined(w.owner, w.stable, "freeze", m.vaultAt, false);
    await expect(send(w.stranger, w.escrow, "sweepFees", m.at)).to.changeTokenBalance(w.stable, m.vault, due);
    await reportPrice(m);
    await mined(w.stranger, m.vault, "buyback", m.at, due);
  });
});

describe("BuybackVault on a remote chain", () => {
  it("burns through the OFT, which counts it as a burn and not as a bridge send", async () => {
    const base = await ground(remoteStun);
    const m = await openMarket(base, await deploy("HostileToken", 6n), 6n);
    await mined(m.owner, m.asset, "mint", m.vaultAt, 100n * m.unit);
    await reportPrice(m);
    const out = await quote(m, 100n * m.unit);
    const supply = await read<bigint>(m.token, "totalSupply");
    await expect(send(m.stranger, m.vault, "buyback", m.at, 100n * m.unit))
      .to.emit(m.token, "Burned")
      .withArgs(m.vaultAt, out);
    expect(await read<bigint>(m.token, "burned")).to.equal(out);
    expect(await read<bigint>(m.vault, "burned")).to.equal(out);
    expect(await read<bigint>(m.token, "totalSupply")).to.equal(supply - out);
  });
});
