// What the steps of Solana read of a deployment, and how they say and write it.
import { PublicKey, TransactionInstruction } from "@solana/web3.js";
import { TOKEN_PROGRAM_ID, unpackMint } from "@solana/spl-token";
import { getBytes, hexlify } from "ethers";
import { executorOptions } from "../../chains/evm/options";
import { LOADER, endpointAccounts as at, programData } from "../../chains/solana/layerzero/addresses";
import { readDelegate, type UlnConfig } from "../../chains/solana/layerzero/state";
import {
  peerAddress,
  readPeer,
  readStore,
  type Oft,
  type OftStore,
  type Peer,
  type RateLimit,
} from "../../chains/solana/oft";
import type { SolanaDriver } from "../drivers/solana";
import { toBaseUnits, type Direction } from "../network";

/** Where an upgradeable program's account names its authority: tag and slot, then an option. */
const AUTHORITY_OFFSET = 12;
const SET_AUTHORITY = 4;

/** The OFT as it is on the chain; undefined where nothing is yet. */
export abstract class SolanaReads {
  protected constructor(
    readonly driver: SolanaDriver,
    protected readonly oft: Oft,
    protected readonly homeEid: number,
  ) {}

  protected async store(): Promise<OftStore | undefined> {
    const account = await this.driver.account(this.oft.store);
    return account && readStore(account.data);
  }

  protected async peerState(): Promise<Peer | undefined> {
    const account = await this.driver.account(peerAddress(this.oft, this.homeEid));
    return account && readPeer(account.data);
  }

  protected async delegate(): Promise<PublicKey | undefined> {
    const account = await this.driver.account(at.registry(this.oft.store));
    return account && readDelegate(account.data);
  }

  protected async upgradeAuthority(): Promise<PublicKey | undefined> {
    const data = (await this.driver.account(programData(this.oft.program)))?.data;
    if (!data || data[AUTHORITY_OFFSET] !== 1) return undefined;
    return new PublicKey(data.subarray(AUTHORITY_OFFSET + 1, AUTHORITY_OFFSET + 33));
  }

  protected async mint(): Promise<ReturnType<typeof unpackMint> | undefined> {
    const account = await this.driver.account(this.oft.mint);
    if (!account) return undefined;
    const { data, owner, lamports } = account;
    return unpackMint(this.oft.mint, { data, owner, lamports: Number(lamports), executable: false }, TOKEN_PROGRAM_ID);
  }
}

export function setAuthority(program: PublicKey, current: PublicKey, next: PublicKey): TransactionInstruction {
  const data = Buffer.alloc(4);
  data.writeUInt32LE(SET_AUTHORITY);
  return new TransactionInstruction({
    programId: LOADER,
    keys: [
      { pubkey: programData(program), isSigner: false, isWritable: true },
      { pubkey: current, isSigner: true, isWritable: false },
      { pubkey: next, isSigner: false, isWritable: false },
    ],
    data,
  });
}

export function enforced({
  receiveGas,
  receiveValue,
  composeGas,
}: Direction): [send: Uint8Array, sendAndCall: Uint8Array] {
  const receive = { kind: "receive", gas: receiveGas, value: receiveValue } as const;
  const send = executorOptions(receive);
  const composed = composeGas === 0n ? "0x" : executorOptions(receive, { kind: "compose", gas: composeGas });
  return [getBytes(send), getBytes(composed)];
}

export function optionsText(send: Uint8Array, sendAndCall: Uint8Array): string {
  return `${hexlify(send)}, with compose ${hexlify(sendAndCall)}`;
}

export function ulnText(config: UlnConfig): string {
  const optional = config.optionalCount === 255 ? "no optional" : `${config.optionalCount} optional`;
  const required = config.required.map((key) => key.toBase58()).join(", ");
  return `${config.confirmations} confirmations, ${config.requiredCount} required: ${required}, ${optional}`;
}

/** A limit here refills by whole base units a second; what a declared window leaves over is dropped. */
export function limitOf({ rateLimit }: Direction): { capacity: bigint; refillPerSecond: bigint } {
  const capacity = toBaseUnits("solana", rateLimit.capacity);
  return { capacity, refillPerSecond: capacity / rateLimit.window };
}

export function limitText({ capacity, refillPerSecond }: Pick<RateLimit, "capacity" | "refillPerSecond">): string {
  return `${capacity}, refilled by ${refillPerSecond} a second`;
}
