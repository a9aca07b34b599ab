import type { Contract } from "ethers";
import { contractAt, transact } from "../chains/evm/client";
import type { BridgeEnd } from "./bridge";
import type { EvmChain } from "./evm";
import { addressToBytes32 } from "./evm-layerzero";
import { localWallet } from "./keys";

interface Fee {
  nativeFee: bigint;
}

/** The token on an EVM chain: at home behind its adapter, on a remote the OFT itself. */
export class EvmEnd implements BridgeEnd {
  readonly unit = 1n;
  private readonly bridge: Contract;
  private readonly token: Contract;

  /**
   * @param remotes at home, the endpoints of all remotes, which `held` adds up; empty on a remote
   */
  constructor(
    readonly chain: EvmChain,
    readonly bridgeAddress: string,
    readonly tokenAddress: string,
    private readonly remotes: readonly number[] = [],
  ) {
    const home = bridgeAddress !== tokenAddress;
    this.bridge = contractAt(home ? "StunOFTAdapter" : "StunOFT", bridgeAddress, chain.provider);
    this.token = contractAt(home ? "StunToken" : "StunOFT", tokenAddress, chain.provider);
  }

  async recipient(user: string): Promise<string> {
    return addressToBytes32(localWallet(user).address);
  }

  balance(user: string): Promise<bigint> {
    return this.token.getFunction("balanceOf")(localWallet(user).address) as Promise<bigint>;
  }

  async send(user: string, dstEid: number, recipient: string, amount: bigint): Promise<void> {
    const signer = this.chain.signer(user);
    const param = {
      dstEid,
      to: recipient,
      amountLD: amount,
      minAmountLD: 0n,
      extraOptions: "0x",
      composeMsg: "0x",
      oftCmd: "0x",
    };
    if (this.bridgeAddress !== this.tokenAddress) {
      const approve = (this.token.connect(signer) as Contract).getFunction("approve");
      await transact("approve the bridge", approve.send(this.bridgeAddress, amount));
    }
    const { nativeFee } = (await this.bridge.getFunction("quoteSend")(param, false)) as Fee;
    const fee = { nativeFee, lzTokenFee: 0n };
    const send = (this.bridge.connect(signer) as Contract).getFunction("send");
    await transact(`send from ${this.chain.name}`, send.send(param, fee, signer.address, { value: nativeFee }));
  }

  /** A plain transfer between two users of this chain. */
  async transfer(user: string, to: string, amount: bigint): Promise<void> {
    const transfer = (this.token.connect(this.chain.signer(user)) as Contract).getFunction("transfer");
    await transact(`transfer on ${this.chain.name}`, transfer.send(localWallet(to).address, amount));
  }

  async burn(user: string, amount: bigint): Promise<void> {
    const burn = (this.token.connect(this.chain.signer(user)) as Contract).getFunction("burn");
    await transact(`burn on ${this.chain.name}`, burn.send(amount));
  }

  supply(): Promise<bigint> {
    return this.token.getFunction("totalSupply")() as Promise<bigint>;
  }

  async held(): Promise<bigint> {
    const from = this.remotes.length > 0 ? this.remotes : [30_101];
    const parts = await Promise.all(from.map((eid) => this.heldFrom(eid)));
    return parts.reduce((sum, part) => sum + part, 0n);
  }

  /** What of a source chain arrived here and waits to be released. */
  heldFrom(eid: number): Promise<bigint> {
    return this.bridge.getFunction("heldFrom")(eid) as Promise<bigint>;
  }

  /** Home only: what the adapter lets come back from a remote. */
  outstanding(eid: number): Promise<bigint> {
    return this.bridge.getFunction("outstanding")(eid) as Promise<bigint>;
  }

  /** Home only: tokens in the adapter's account; donations included. */
  backing(): Promise<bigint> {
    return this.token.getFunction("balanceOf")(this.bridgeAddress) as Promise<bigint>;
  }

  /** Home only: the sum of what is outstanding. */
  locked(): Promise<bigint> {
    return this.bridge.getFunction("locked")() as Promise<bigint>;
  }
}
