import { expect } from "chai";
import { Signature, type Wallet } from "ethers";
import { BASE, STUN, bob, deliver, freshBridge, onePacket, sendParam, type Bridge } from "./fixture";

describe("Bridge: send with a permit", () => {
  let bridge: Bridge;
  let carol: Wallet;

  beforeEach(async () => {
    bridge = await freshBridge();
    carol = bridge.network.ethereum.signer("carol");
    await bridge.token.connect(bridge.network.ethereum.signer("alice")).transfer(carol.address, 10n * STUN);
  });

  async function signed(value: bigint): Promise<{ deadline: bigint; v: number; r: string; s: string }> {
    const deadline = 4_000_000_000n;
    const domain = {
      name: "STUN",
      version: "1",
      chainId: bridge.network.ethereum.chainId,
      verifyingContract: await bridge.token.getAddress(),
    };
    const types = {
      Permit: ["owner", "spender"]
        .map((name) => ({ name, type: "address" }))
        .concat(["value", "nonce", "deadline"].map((name) => ({ name, type: "uint256" }))),
    };
    const spender = await bridge.adapter.getAddress();
    const nonce = await bridge.token.nonces(carol.address);
    const signature = await carol.signTypedData(domain, types, {
      owner: carol.address,
      spender,
      value,
      nonce,
      deadline,
    });
    const { v, r, s } = Signature.from(signature);
    return { deadline, v, r, s };
  }

  async function sendWith(permit: Awaited<ReturnType<typeof signed>>): Promise<void> {
    const p = sendParam({ dstEid: BASE, to: bob.address, amount: 10n * STUN });
    const [nativeFee] = await bridge.adapter.quoteSend(p, false);
    const fee = { nativeFee, lzTokenFee: 0n };
    await bridge.adapter.connect(carol).sendWithPermit(p, fee, carol.address, permit, { value: nativeFee });
  }

  it("needs no approval before it", async () => {
    await sendWith(await signed(10n * STUN));
    await deliver(bridge.network.base, await onePacket(bridge.network.ethereum));
    expect(await bridge.base.balanceOf(bob.address)).to.equal(10n * STUN);
  });

  it("works when somebody else has used the permit first", async () => {
    const permit = await signed(10n * STUN);
    const { deadline, v, r, s } = permit;
    const spender = await bridge.adapter.getAddress();
    const thief = bridge.network.ethereum.signer("mallory");
    await bridge.token.connect(thief).permit(carol.address, spender, 10n * STUN, deadline, v, r, s);
    await sendWith(permit);
    expect(await bridge.token.balanceOf(carol.address)).to.equal(0n);
  });

  it("moves nothing by a permit over another amount", async () => {
    await expect(sendWith(await signed(9n * STUN))).to.be.revertedWithCustomError(
      bridge.token,
      "ERC20InsufficientAllowance",
    );
    expect(await bridge.token.balanceOf(carol.address)).to.equal(10n * STUN);
  });
});
