import { createBurnInstruction } from "@solana/spl-token";
import { AddressLookupTableAccount } from "@solana/web3.js";
import { getBytes } from "ethers";
import { tokenAccount } from "../chains/solana/oft";
import { OftClient } from "../chains/solana/oft-client";
import type { BridgeEnd } from "./bridge";
import { keyToBytes32, solanaKey, type SolanaChain } from "./solana";

/** The token on Solana. Amounts have nine decimals. */
export class SolanaEnd implements BridgeEnd {
  readonly unit = 10n ** 9n;

  /** @param table for sends, which fit into a transaction only with it */
  constructor(
    readonly chain: SolanaChain,
    readonly client: OftClient,
    private readonly table: AddressLookupTableAccount,
  ) {}

  private as(user: string): OftClient {
    return new OftClient(this.chain.client(user), this.client.oft);
  }

  async recipient(user: string): Promise<string> {
    return keyToBytes32(solanaKey(user).publicKey);
  }

  balance(user: string): Promise<bigint> {
    return this.client.balance(solanaKey(user).publicKey);
  }

  async send(user: string, dstEid: number, recipient: string, amount: bigint): Promise<void> {
    const transfer = { dstEid, to: getBytes(recipient), amount, minAmount: 0n };
    await this.as(user).send(transfer, { tables: [this.table] });
  }

  async burn(user: string, amount: bigint): Promise<void> {
    const { publicKey } = solanaKey(user);
    const { mint } = this.client.oft;
    const burn = createBurnInstruction(tokenAccount(this.client.oft, publicKey), mint, publicKey, amount);
    await this.chain.client(user).send("burn tokens", [burn]);
  }

  supply(): Promise<bigint> {
    return this.client.supply();
  }

  async held(): Promise<bigint> {
    return (await this.client.store()).held;
  }
}
