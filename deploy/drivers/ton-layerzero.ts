// The embedded TON's LayerZero, as the steps of the bridge see it.
import { Cell, loadMessage, toNano, type Address } from "@ton/core";
import { randomUUID } from "node:crypto";
import { hashOf } from "../../chains/ton/address";
import { StunError } from "../../chains/errors";
import { decode, type Decoded } from "../../localnet/ton-classlib";
import type { TonLayerZero } from "../../localnet/ton-layerzero";
import type { TonChain } from "../../localnet/ton";
import type { BridgePath } from "../network";
import type { TonLayerZeroPort } from "../steps/ton";
import type { TonConnection } from "../connections";
import { localTonWallet, type TonDeployTransport } from "./ton";

const hex = (address: Address): string => `0x${address.hash.toString("hex")}`;
const bytes = (value: unknown): string =>
  typeof value === "bigint" ? `0x${value.toString(16).padStart(64, "0")}` : hex(value as Address);

function dvnsText(config: Decoded): string {
  const addresses = (field: unknown): string[] => (field as Address[]).map(hex).sort();
  const required = config.requiredDVNsNull ? "inherited" : addresses(config.requiredDVNs).join(", ");
  const more = config.optionalDVNsNull ? "inherited optional" : `${addresses(config.optionalDVNs).length} optional`;
  return `${config.confirmationsNull ? "inherited" : String(config.confirmations)} confirmations, required: ${required}, ${more}`;
}

function sendText(config: Decoded): string {
  const executor = config.executorNull ? "inherited" : bytes(config.executor);
  return `executor ${executor}, ${dvnsText(config)}`;
}

function embeddedTonLayerZero(chain: TonChain): TonLayerZeroPort {
  const layerZero: TonLayerZero = chain.layerZero;
  const workers = layerZero.workers;
  return {
    controller: layerZero.controller,
    ulnManager: layerZero.ulnManager,
    endpoint: (eid) => layerZero.endpoint(eid),
    path: (app, dstEid, peer, declared: BridgePath) => {
      const path = layerZero.pathOf(app, dstEid, peer);
      const dvns = declared.dvns.map((name) => {
        const dvn = workers.dvns[Number(/^dvn([12])$/.exec(name)?.[1] ?? 0) - 1];
        if (!dvn)
          throw new StunError(
            `The path to ton names the DVN '${name}', which the embedded TON does not have; use dvn1, dvn2.`,
          );
        return bytes(hashOf(dvn));
      });
      const state = async (of: "Channel" | "UlnConnection"): Promise<Decoded> => {
        const { data } = await chain.sandbox.account(of === "Channel" ? path.channel : path.connection);
        if (!data) throw new StunError(`LayerZero's ${of} of the path is not deployed on ton.`);
        return decode(of, data);
      };
      const common = (confirmations: number): string =>
        `${confirmations} confirmations, required: ${[...dvns].sort().join(", ")}, 0 optional`;
      const [send, receive, libraries] = layerZero.configMessages(path.path);
      return {
        controller: layerZero.controller,
        ulnManager: layerZero.ulnManager,
        endpoint: layerZero.endpoint(dstEid),
        channel: path.channel,
        connection: path.connection,
        deploy: layerZero.deployMessages(dstEid, peer),
        configuration: [
          {
            ...send!,
            name: "send-config",
            title: "executor and DVNs towards home",
            wanted: `executor ${hex(workers.executor)}, ${common(declared.toHome.confirmations)}`,
            found: async () => sendText((await state("UlnConnection")).UlnSendConfigOApp as Decoded),
          },
          {
            ...receive!,
            name: "receive-config",
            title: "DVNs from home",
            wanted: common(declared.toRemote.confirmations),
            found: async () => dvnsText((await state("UlnConnection")).UlnReceiveConfigOApp as Decoded),
          },
          {
            ...libraries!,
            name: "libraries",
            title: "send and receive library of the path",
            wanted: `${hex(layerZero.uln(dstEid))} by ${hex(path.connection)}`,
            found: async () => {
              const config = (await state("Channel")).epConfigOApp as Decoded;
              if (config.isNull) return undefined;
              const [sender, receiver] = [bytes(config.sendMsglib), bytes(config.receiveMsglib)];
              return `${sender === receiver ? sender : `${sender} and ${receiver}`} by ${bytes(config.sendMsglibConnection)}`;
            },
          },
        ],
      };
    },
  };
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
