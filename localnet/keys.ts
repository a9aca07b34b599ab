// Keys of the local networks. They are derived from public phrases, hold nothing anywhere else, and a deployment to a
// real network refuses them.
import { Wallet, id } from "ethers";

/** Everybody who has a funded account on each local EVM chain. */
export const ROLES = [
  "deployer",
  "timelock",
  "guardian",
  "layerzero",
  "executor",
  "dvn1",
  "dvn2",
  "treasury",
  "alice",
  "bob",
  "carol",
  "dave",
  "mallory",
  "payer",
  "provider",
  "rescuer",
  "creator",
  "referrer",
  "keeper",
  "sale",
  "liquidity",
  "team",
  "oracle1",
  "oracle2",
  "oracle3",
  "oracle4",
  "oracle5",
] as const;

export type Role = (typeof ROLES)[number];

/** The private key of a name; any name has one, those of `ROLES` are funded at genesis. */
export function localKey(name: string): string {
  return id(`STUN local network, worthless key: ${name}`);
}

const wallets = new Map<string, Wallet>();

/** The wallet of a name, without a provider. */
export function localWallet(name: string): Wallet {
  let wallet = wallets.get(name);
  if (!wallet) {
    wallet = new Wallet(localKey(name));
    wallets.set(name, wallet);
  }
  return wallet;
}
