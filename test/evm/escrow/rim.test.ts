// The rims of numbers and words: what the types of Solidity would allow, and what calldata can hold beside them.
import { expect } from "chai";
import { AbiCoder, keccak256, type Result } from "ethers";
import { committeeSignatures, type VerdictEntry } from "../../../chains/evm/escrow";
import { mined, read, send, STUN } from "../kit";
import {
  after,
  chainId,
  creditOf,
  disputed,
  EID,
  ENDING,
  idOf,
  jobOf,
  named,
  signedBatch,
  STATE,
  submitted,
  VALID,
  verdictOn,
  world,
  WRONG,
  type Placed,
  type World,
} from "./fixture";

/** Where the words of a batch of one leaf begin in the calldata: selector, three heads, length, the leaf's words. */
const LEAF = 2 + 8 + 64 * 4;

function word(data: string, index: number): bigint {
  return BigInt(`0x${data.slice(LEAF + 64 * index, LEAF + 64 * (index + 1))}`);
}

function withWord(data: string, index: number, value: bigint): string {
  const at = LEAF + 64 * index;
  return data.slice(0, at) + value.toString(16).padStart(64, "0") + data.slice(at + 64);
}

/** Calldata of a batch of one leaf whose word at `index` is larger by `bits`, which its type cannot hold, signed by the committee as it stands. */
async function dirty(w: World, entry: VerdictEntry, index: number, bits: bigint): Promise<string> {
  const [, version] = await signedBatch(w, [entry]);
  const fragment = w.escrow.interface.getFunction("applyVerdicts")!;
  const clean = w.escrow.interface.encodeFunctionData(fragment, [[entry], version, "0x"]);
  const data = withWord(clean, index, word(clean, index) + bits);
  // jobId of the two first words, then the leaf of the five that follow it.
  const words = [0, 1, 2, 3, 4, 5, 6].map((i) => word(data, i));
  const abi = AbiCoder.defaultAbiCoder();
  const jobId = keccak256(abi.encode(["uint256", "address", "uint256", "uint256"], [EID, w.at, words[0], words[1]]));
  const leaf = keccak256(
    keccak256(abi.encode(["bytes32", ...Array<string>(5).fill("uint256")], [jobId, ...words.slice(2)])),
  );
  const at = { chainId: await chainId(), committee: await w.committee.getAddress(), target: w.at, version };
  const signatures = await committeeSignatures(w.members.slice(0, 3), at, "JobVerdicts", { root: leaf });
  const signed = w.escrow.interface.encodeFunctionData(fragment, [[entry], version, signatures]);
  return withWord(signed, index, word(signed, index) + bits);
}

async function ended(w: World, data: string): Promise<Result> {
  const receipt = await (await w.stranger.sendTransaction({ to: w.at, data })).wait();
  const events = receipt!.logs.map((log) => w.escrow.interface.parseLog(log)).filter((event) => event !== null);
  return events.find((event) => event.name === "JobEnded")!.args;
}

describe("JobEscrow: words above their type in a leaf that a quorum has signed", () => {
  it("name no job, no provider and no outcome: the leaf is passed over and nothing moves", async () => {
    const cases: [string, number, bigint][] = [
      ["payer", 0, 1n << 160n],
      ["payerNonce", 1, 1n << 64n],
      ["provider", 3, 1n << 160n],
      ["outcome", 4, 1n << 8n],
      // Wrong is 2: neither 0 nor 4 is an outcome
      ["outcome below", 4, -2n],
      ["outcome above", 4, 2n],
    ];
    for (const [name, index, bits] of cases) {
      const w = await world();
      const job = await disputed(w);
      const data = await dirty(w, await verdictOn(w, job, WRONG), index, bits);
      const before = await jobOf(w, job);
      await expect(w.stranger.sendTransaction({ to: w.at, data }), name).to.emit(w.escrow, "VerdictSkipped");
      expect(await jobOf(w, job), name).to.deep.equal(before);
    }
  });

  it("name no attempt: the batch is refused", async () => {
    const w = await world();
    const job = await disputed(w);
    const data = await dirty(w, await verdictOn(w, job, WRONG), 2, 1n << 8n);
    await expect(w.stranger.sendTransaction({ to: w.at, data })).to.be.reverted;
    expect((await jobOf(w, job)).state).to.equal(STATE.disputed);
  });

  it("count as more units than were claimed, and pay what was claimed", async () => {
    const w = await world();
    const job = await submitted(w);
    const { ending, price, units } = await ended(w, await dirty(w, await verdictOn(w, job, VALID), 5, 1n << 64n));
    expect([ending, price, units]).to.deep.equal([ENDING.valid, 80n * STUN, 80n]);
  });
});

describe("JobEscrow: the rims of numbers", () => {
  const settled = async (w: World, job: Placed): Promise<void> => {
    await after(w, job, job.terms.challengeSeconds);
    await mined(w.stranger, w.escrow, "settle", ...named(w, job));
  };

  it("one leaf twice in a batch ends its job once", async () => {
    const w = await world();
    const job = await submitted(w);
    const entry = await verdictOn(w, job, VALID);
    const batch = await signedBatch(w, [entry, entry]);
    await expect(send(w.stranger, w.escrow, "applyVerdicts", ...batch)).to.emit(w.escrow, "VerdictSkipped");
    expect(await creditOf(w, w.payer)).to.equal(25n * STUN);
  });

  it("no unit delivered costs nothing: everything returns", async () => {
    const w = await world();
    const job = await submitted(w, {}, 0n);
    await settled(w, job);
    expect(await creditOf(w, w.payer)).to.equal(105n * STUN);
    expect(await creditOf(w, w.provider)).to.equal(0n);
  });

  it("a budget of one base unit pays it whole to the provider: every share of it is rounded to nothing", async () => {
    const w = await world();
    const job = await submitted(w, { unitPrice: 1n, budget: 1n }, 1n);
    await settled(w, job);
    expect([await creditOf(w, w.payer), await creditOf(w, w.provider)]).to.deep.equal([0n, 1n]);
    expect(await read<bigint>(w.token, "balanceOf", w.at)).to.equal(1n);
  });

  it("the largest price of the largest count is the budget", async () => {
    const w = await world();
    const most = { unitPrice: 2n ** 128n - 1n, maxUnits: 2n ** 64n - 1n };
    const job = await submitted(w, most, 2n ** 64n - 1n);
    await settled(w, job);
    expect(await creditOf(w, w.payer)).to.equal(5n * STUN);
  });

  it("the largest budget and bond cannot be locked by who has not got them, and wrap around nothing", async () => {
    const w = await world();
    const { terms } = await submitted(w);
    const largest = 2n ** 96n - 1n;
    await expect(send(w.payer, w.escrow, "post", { ...terms, budget: largest }, false)).to.be.reverted;
    await expect(send(w.payer, w.escrow, "post", { ...terms, budget: largest }, true))
      .to.be.revertedWithCustomError(w.escrow, "CreditTooSmall")
      .withArgs(await w.token.getAddress(), 0n, largest + (largest * 500n) / 10_000n);
    await mined(w.payer, w.escrow, "post", { ...terms, bond: largest }, false);
    await expect(send(w.provider, w.escrow, "accept", w.payer.address, 1n, { ...terms, bond: largest }))
      .to.be.revertedWithCustomError(w.staking, "InsufficientBond")
      .withArgs(w.provider.address, 99_000n * STUN, largest);
    expect(await read(w.escrow, "jobIdOf", w.payer.address, 1n)).to.equal(idOf(w, 1n));
  });
});
