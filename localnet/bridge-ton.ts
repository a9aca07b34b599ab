// The bridge's end on the local TON chain.
import { toNano } from "@ton/core";
import { StunError } from "../chains/errors";
import { bytes32Of } from "../chains/ton/address";
import { EVENT, messages } from "../chains/ton/messages";
import { refusalOf } from "../chains/ton/errors";
import type { BridgeEnd } from "./bridge";
import { sendToken, type LocalToken } from "./ton-token";
import type { TonChain } from "./ton";

export class TonEnd implements BridgeEnd {
  readonly unit = 10n ** 9n;

  constructor(readonly local: LocalToken) {}

  get chain(): TonChain {
    return this.local.chain;
  }

  async recipient(user: string): Promise<string> {
    return bytes32Of(await this.chain.sandbox.addressOf(user));
  }

  async balance(user: string): Promise<bigint> {
    return this.local.token.balanceOf(await this.chain.sandbox.addressOf(user));
  }

  async send(user: string, dstEid: number, recipient: string, amount: bigint): Promise<void> {
    const trace = await sendToken(this.local, user, { amount, to: BigInt(recipient), dstEid });
    const wallet = await this.local.token.walletOf(await this.chain.sandbox.addressOf(user));
    const first = trace.at(wallet)[0];
    if (first?.exit !== 0) {
      throw new StunError(
        `The wallet of ${user} on TON refused to send ${amount}: exit code ${first?.exit ?? "none"}.`,
      );
    }
    const refused = trace.event(EVENT.sendRefused) ?? trace.event(EVENT.sendReturned);
    if (refused) throw new StunError(`TON returned ${amount} to ${user}: ${refusalOf(refused.body)}`);
  }

  async burn(user: string, amount: bigint): Promise<void> {
    const owner = await this.chain.sandbox.addressOf(user);
    const wallet = await this.local.token.walletOf(owner);
    const body = messages.burn(amount, owner);
    const trace = await this.chain.sandbox.send(user, { to: wallet, value: toNano("0.1"), body });
    const exit = trace.at(wallet)[0]?.exit;
    if (exit !== 0) throw new StunError(`The wallet of ${user} on TON refused to burn ${amount}: exit code ${exit}.`);
  }

  supply(): Promise<bigint> {
    return this.local.token.totalSupply();
  }

  async held(): Promise<bigint> {
    return (await this.local.token.ledger()).held;
  }
}
