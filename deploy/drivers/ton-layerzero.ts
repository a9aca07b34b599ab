// The embedded TON with its LayerZero, as a deployment reaches it.
import { Cell, loadMessage, toNano } from "@ton/core";
import { randomUUID } from "node:crypto";
import type { TonChain } from "../../localnet/ton";
import { artifact } from "../../localnet/ton-classlib";
import type { TonConnection } from "../connections";
import type { TonLayerZeroPort } from "../steps/ton";
import { localTonWallet, type TonDeployTransport } from "./ton";
import { tonLayerZeroPort } from "./ton-port";

function embeddedTonLayerZero(chain: TonChain): TonLayerZeroPort {
  const { controller, ulnManager, eid, workers } = chain.layerZero;
  const code = { endpoint: "Endpoint", channel: "Channel", uln: "Uln", connection: "UlnConnection" } as const;
  return tonLayerZeroPort({
    eid,
    controller,
    ulnManager,
    code: (name) => artifact(code[name]),
    executor: workers.executor,
    dvns: Object.fromEntries(workers.dvns.map((dvn, i) => [`dvn${i + 1}`, dvn])),
    account: (address) => chain.sandbox.account(address),
  });
}

/** The sandbox as a network that takes signed messages. */
function embeddedTonTransport({ sandbox }: TonChain): TonDeployTransport {
  return {
    now: () => sandbox.now(),
    account: (address) => sandbox.account(address),
    get: (address, method, args) => sandbox.get(address, method, args),
    sendExternal: async (boc) => {
      const message = loadMessage(Cell.fromBase64(boc).beginParse());
      sandbox.record(await sandbox.blockchain.sendMessage(message));
    },
  };
}

/** Keys that sign in a local deployment; what they pay with comes from the sandbox. */
const FUNDED = ["deployer", "timelock", "guardian"];

export async function embeddedTon(chain: TonChain): Promise<TonConnection> {
  for (const name of FUNDED) {
    await chain.sandbox.send("layerzero", { to: localTonWallet(name), value: toNano("200"), bounce: false });
  }
  return {
    vm: "ton",
    transport: embeddedTonTransport(chain),
    layerZero: embeddedTonLayerZero(chain),
    identity: `embedded ${randomUUID()}`,
    passTime: () => chain.advance(60n),
  };
}
