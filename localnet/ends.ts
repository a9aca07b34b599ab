// The bridge's ends on the local chains, as a deployment of the local network left them.
import { Address } from "@ton/core";
import { PublicKey } from "@solana/web3.js";
import { oftAt } from "../chains/solana/oft";
import { OftClient } from "../chains/solana/oft-client";
import { TonToken, tokenCode } from "../chains/ton/token";
import type { BridgeEnd } from "./bridge";
import { EvmEnd } from "./bridge-evm";
import { SolanaEnd } from "./bridge-solana";
import { TonEnd } from "./bridge-ton";
import { addressToBytes32 } from "./evm-layerzero";
import type { EvmNetwork } from "./evm";
import { SOLANA_EID, solanaKey, type SolanaChain } from "./solana";
import type { TonChain } from "./ton";
import { HOME_EID, localTokenConfig } from "./ton-token";
import { TON_EID } from "./ton-layerzero";

/** Addresses by chain and contract, as the deploy engine names them. */
type Contracts = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Ends {
  home: EvmEnd;
  remotes: Record<string, BridgeEnd>;
}

/** @param solanaEscrow the OFT's escrow on Solana, which its store's address is derived from */
export async function bridgeEnds(
  chains: { evm: EvmNetwork; solana?: SolanaChain; ton?: TonChain },
  contracts: Contracts,
  solanaEscrow: PublicKey,
): Promise<Ends> {
  const { evm, solana, ton } = chains;
  const remotes: Record<string, BridgeEnd> = {};
  const eids: number[] = [];
  for (const name of ["base", "arbitrum"] as const) {
    if (!evm[name]) continue;
    remotes[name] = new EvmEnd(evm[name], contracts[name]!.bridge!, contracts[name]!.token!);
    eids.push(evm[name].eid);
  }
  const { bridge, token } = contracts.ethereum!;
  if (solana) {
    remotes.solana = await solanaEnd(solana, new PublicKey(contracts.solana!.token!), solanaEscrow);
    eids.push(SOLANA_EID);
  }
  if (ton) {
    remotes.ton = await tonEnd(ton, Address.parse(contracts.ton!.bridge!), addressToBytes32(bridge!));
    eids.push(TON_EID);
  }
  return { home: new EvmEnd(evm.ethereum, bridge!, token!, eids), remotes };
}

async function solanaEnd(chain: SolanaChain, mint: PublicKey, escrow: PublicKey): Promise<SolanaEnd> {
  const oft = oftAt(mint, escrow);
  chain.fund(solanaKey("keeper").publicKey);
  const client = new OftClient(chain.client("keeper"), oft);
  const address = await client.createTable(await client.path(HOME_EID));
  return new SolanaEnd(chain, client, await client.client.table(address));
}

async function tonEnd(chain: TonChain, address: Address, peer: string): Promise<TonEnd> {
  const path = chain.layerZero.pathOf(address, HOME_EID, BigInt(peer));
  const token = new TonToken(chain.sandbox, address);
  return new TonEnd({ chain, token, code: await tokenCode(), config: await localTokenConfig(chain), path });
}
