// The token on the local TON chain, deployed in the steps that a real network takes.
import { beginCell, toNano } from "@ton/core";
import { StunError } from "../chains/errors";
import { hashOf } from "../chains/ton/address";
import { messages } from "../chains/ton/messages";
import {
  MAX_CAP,
  TonToken,
  type Send,
  type TokenCode,
  type TokenConfig,
  oftInit,
  tokenCode,
} from "../chains/ton/token";
import type { TonChain } from "./ton";
import type { TonPath } from "./ton-layerzero-paths";
import type { Trace } from "./ton-sandbox";

export const HOME_EID = 30_101;
const STUN = 10n ** 9n;

export interface LocalToken {
  readonly chain: TonChain;
  readonly token: TonToken;
  readonly code: TokenCode;
  readonly config: TokenConfig;
  readonly path: TonPath;
}

/** The configuration of a local token; the admin and the guardian are wallets by these names. */
export async function localTokenConfig(chain: TonChain, change: Partial<TokenConfig> = {}): Promise<TokenConfig> {
  const { layerZero, sandbox } = chain;
  return {
    admin: await sandbox.addressOf("timelock"),
    guardian: await sandbox.addressOf("guardian"),
    eid: chain.eid,
    homeEid: HOME_EID,
    controller: layerZero.controller,
    ulnManager: layerZero.ulnManager,
    endpoint: layerZero.endpoint(HOME_EID),
    cap: MAX_CAP,
    outbound: { limit: 10_000_000n * STUN, window: 86_400 },
    inbound: { limit: 10_000_000n * STUN, window: 86_400 },
    metadata: { name: "STUN", symbol: "STUN", decimals: "9" },
    ...change,
  };
}

/**
 * Deploys the OFT and its minter, LayerZero's Channel and UlnConnection of the path to `peer`, sets the path's
 * libraries and workers, and opens the route by a probe. `upTo` stops before a step, for tests of what is then refused.
 */
export async function deployToken(
  chain: TonChain,
  peer: bigint,
  options: { config?: Partial<TokenConfig>; upTo?: "route" | "probe"; lzReceiveGas?: bigint } = {},
): Promise<LocalToken> {
  const { sandbox, layerZero } = chain;
  const code = await tokenCode();
  const config = await localTokenConfig(chain, options.config);
  const token = TonToken.of(sandbox, code, config);
  const path = layerZero.pathOf(token.address, HOME_EID, peer);
  const admin = "timelock";
  const step = async (what: string, value: string, body: ReturnType<typeof messages.deploy>): Promise<Trace> => {
    const trace = await sandbox.send(admin, { to: token.address, value: toNano(value), body });
    const failed = trace.at(token.address).find((at) => at.exit !== 0 || at.action);
    if (failed) throw new StunError(`The local token on TON: ${what} ended with exit code ${failed.exit}.`);
    return trace;
  };

  await sandbox.send(admin, {
    to: token.address,
    value: toNano("3"),
    init: oftInit(code, config),
    body: messages.deploy(),
    bounce: false,
  });
  const local = { chain, token, code, config, path };
  const deploy = layerZero.deployMessages(HOME_EID, peer);
  await step("deploying the Channel", "10", messages.setLzConfig("controller", deploy.channel.op, deploy.channel.md));
  await step(
    "deploying the UlnConnection",
    "10",
    messages.setLzConfig("ulnManager", deploy.connection.op, deploy.connection.md),
  );
  for (const { target, op, md } of layerZero.configMessages(path.path)) {
    await step("configuring LayerZero", "2", messages.setLzConfig(target, op, md));
  }
  if (options.upTo === "route") return local;
  await step("setting the route", "1", messages.setRoute(peer, hashOf(path.channel), options.lzReceiveGas ?? 200_000n));
  if (options.upTo === "probe") return local;
  await step("probing the route", "1", messages.probeRoute());
  if (!(await token.route()).open) {
    throw new StunError("The local token on TON: LayerZero did not answer the probe, so that the route stays closed.");
  }
  return local;
}

/** LayerZero's fee of a send from the local token, nanotons. */
export async function quoteSend(local: LocalToken): Promise<bigint> {
  const { options } = await local.token.route();
  const message = beginCell().storeUint(1, 256).storeUint(1, 64).endCell();
  const quote = await local.chain.layerZero.quote(local.path, HOME_EID, message, options);
  if (quote.error !== 0n) throw new StunError(`LayerZero on the local TON refuses to quote: error ${quote.error}.`);
  return quote.fee;
}

/** A send over the bridge from the wallet of a name, with LayerZero's own quote as the fee unless one is given. */
export async function sendToken(
  local: LocalToken,
  from: string,
  send: Omit<Send, "nativeFee"> & { nativeFee?: bigint },
): Promise<Trace> {
  const owner = await local.chain.sandbox.addressOf(from);
  const nativeFee = send.nativeFee ?? (await quoteSend(local));
  return local.chain.sandbox.send(from, await local.token.buildSend(owner, { ...send, nativeFee }));
}
