import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { contractInterface } from "../../../chains/evm/artifacts";
import { deployContract } from "../../../chains/evm/client";
import { StunToken__factory, type StunToken } from "../../../typechain-types";
import { STUN, SUPPLY, alice, bob, freshBridge, type Bridge } from "./fixture";

describe("STUN on its home chain", () => {
  let bridge: Bridge;

  beforeEach(async () => {
    bridge = await freshBridge();
  });

  async function mint(recipients: string[], amounts: bigint[]): Promise<StunToken> {
    const signer = bridge.network.ethereum.signer("deployer");
    const contract = await deployContract(signer, "StunToken", recipients, amounts);
    return StunToken__factory.connect(await contract.getAddress(), signer);
  }

  async function refusal(run: Promise<unknown>): Promise<string> {
    return run.then(
      () => expect.fail("it was not refused"),
      (error: Error) => error.message,
    );
  }

  it("mints the whole supply once, to the recipients of the constructor", async () => {
    const token = await mint([alice.address, bob.address], [SUPPLY - STUN, STUN]);
    expect(await token.totalSupply()).to.equal(SUPPLY);
    expect(await token.SUPPLY()).to.equal(SUPPLY);
    expect(await token.balanceOf(alice.address)).to.equal(SUPPLY - STUN);
    expect(await token.balanceOf(bob.address)).to.equal(STUN);
    expect([await token.name(), await token.symbol(), await token.decimals()]).to.deep.equal(["STUN", "STUN", 18n]);
  });

  it("refuses amounts that do not add up to the supply, lists of different length, and the zero address", async () => {
    expect(await refusal(mint([alice.address], [SUPPLY - 1n]))).to.equal(
      `Cannot deploy StunToken: WrongTotal (total ${SUPPLY - 1n}, expected ${SUPPLY}).`,
    );
    expect(await refusal(mint([alice.address], [SUPPLY + 1n]))).to.contain("WrongTotal");
    expect(await refusal(mint([alice.address, bob.address], [SUPPLY]))).to.equal(
      "Cannot deploy StunToken: LengthMismatch (recipients 2, amounts 1).",
    );
    expect(await refusal(mint([ZeroAddress], [SUPPLY]))).to.contain("ERC20InvalidReceiver");
  });

  it("has no function that mints, pauses, freezes or owns", () => {
    const names: string[] = [];
    contractInterface("StunToken").forEachFunction((f) => {
      if (!f.constant) names.push(f.name);
    });
    expect(names.sort()).to.deep.equal(["approve", "burn", "burnFrom", "permit", "transfer", "transferFrom"]);
  });
});
