// LayerZero on a TON network, as the steps of the bridge see it. An address on TON is the hash of the code and the first
// state, so that the contracts of a path are known before they are there.
import type { Address, Cell } from "@ton/core";
import { StunError } from "../../chains/errors";
import { hashOf } from "../../chains/ton/address";
import type { TonAccount } from "../../chains/ton/transport";
import { EMPTY, build, decode, opcode, type Decoded } from "../../localnet/ton-classlib";
import { deployMessages, deriveAddresses } from "../../localnet/ton-layerzero-paths";
import type { BridgePath } from "../network";
import type { TonLayerZeroPort } from "../steps/ton";

/** What LayerZero has on one network. */
export interface TonLayerZeroParts {
  readonly eid: number;
  readonly controller: Address;
  readonly ulnManager: Address;
  code(name: "endpoint" | "channel" | "uln" | "connection"): Cell;
  readonly executor: Address;
  /** Proxies of the DVNs by the names that the network file gives them. */
  readonly dvns: Readonly<Record<string, Address>>;
  account(address: Address): Promise<TonAccount>;
}

/** Gas of LayerZero's own work, as it has them in its defaults. */
const QUOTE_GAS = 200_000;
const COMMIT_GAS = 200_000;

const CODES = { Endpoint: "endpoint", Channel: "channel", Uln: "uln", UlnConnection: "connection" } as const;

const hex = (address: Address): string => `0x${address.hash.toString("hex")}`;
const bytes = (value: unknown): string =>
  typeof value === "bigint" ? `0x${value.toString(16).padStart(64, "0")}` : hex(value as Address);

/** Where LayerZero's contracts of these parts are. */
export function addressesOf(parts: TonLayerZeroParts): ReturnType<typeof deriveAddresses> {
  return deriveAddresses((name) => parts.code(CODES[name as keyof typeof CODES]), parts);
}

export function tonLayerZeroPort(parts: TonLayerZeroParts): TonLayerZeroPort {
  const { controller, ulnManager, executor } = parts;
  const derive = addressesOf(parts);
  return {
    controller,
    ulnManager,
    endpoint: derive.endpoint,
    path: (app, dstEid, peer, declared) => {
      const path = derive.path(hashOf(app), dstEid, peer);
      const dvns = dvnsOf(parts, declared);
      const state = async (of: "Channel" | "UlnConnection"): Promise<Decoded> => {
        const { data } = await parts.account(of === "Channel" ? path.channel : path.connection);
        if (!data) throw new StunError(`LayerZero's ${of} of the path is not deployed on ton.`);
        return decode(of, data);
      };
      const common = (confirmations: number): string =>
        `${confirmations} confirmations, required: ${dvns.map(hex).sort().join(", ")}, 0 optional`;
      const ofPath = (md: Cell): Cell => build("md::MdObj", { md, obj: path.path });
      const library = derive.uln(dstEid);
      return {
        controller,
        ulnManager,
        endpoint: derive.endpoint(dstEid),
        channel: path.channel,
        connection: path.connection,
        deploy: deployMessages(dstEid, peer),
        configuration: [
          {
            name: "send-config",
            title: "executor and DVNs towards home",
            target: "ulnManager",
            op: opcode("MsglibManager_OP_SET_OAPP_MSGLIB_SEND_CONFIG"),
            md: ofPath(sendConfig(executor, dvns, declared)),
            wanted: `executor ${hex(executor)}, ${declared.maxMessageSize} bytes, ${common(declared.toHome.confirmations)}`,
            found: async () => sendText((await state("UlnConnection")).UlnSendConfigOApp as Decoded),
          },
          {
            name: "receive-config",
            title: "DVNs from home",
            target: "ulnManager",
            op: opcode("MsglibManager_OP_SET_OAPP_MSGLIB_RECEIVE_CONFIG"),
            md: ofPath(receiveConfig(dvns, declared)),
            wanted: common(declared.toRemote.confirmations),
            found: async () => dvnsText((await state("UlnConnection")).UlnReceiveConfigOApp as Decoded),
          },
          {
            name: "libraries",
            title: "send and receive library of the path",
            target: "controller",
            op: opcode("Controller_OP_SET_EP_CONFIG_OAPP"),
            md: ofPath(libraryConfig(ulnManager)),
            wanted: `${hex(library)} by ${hex(path.connection)}`,
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

function dvnsOf(parts: TonLayerZeroParts, declared: BridgePath): Address[] {
  return declared.dvns.map((name) => {
    const dvn = parts.dvns[name];
    if (dvn) return dvn;
    throw new StunError(
      `The path to ${declared.remote} names the DVN '${name}', which it does not have; use ${Object.keys(parts.dvns).join(", ")}.`,
    );
  });
}

function sendConfig(executor: Address, dvns: readonly Address[], declared: BridgePath): Cell {
  return build("UlnSendConfig", {
    workerQuoteGasLimit: QUOTE_GAS,
    maxMessageBytes: declared.maxMessageSize,
    executorNull: false,
    executor: hashOf(executor),
    requiredDVNsNull: false,
    requiredDVNs: dvns.map(hashOf),
    optionalDVNsNull: false,
    optionalDVNs: EMPTY,
    confirmationsNull: false,
    confirmations: BigInt(declared.toHome.confirmations),
  });
}

function receiveConfig(dvns: readonly Address[], declared: BridgePath): Cell {
  return build("UlnReceiveConfig", {
    minCommitPacketGasNull: false,
    minCommitPacketGas: COMMIT_GAS,
    confirmationsNull: false,
    confirmations: BigInt(declared.toRemote.confirmations),
    requiredDVNsNull: false,
    requiredDVNs: dvns.map(hashOf),
    optionalDVNsNull: false,
    optionalDVNs: EMPTY,
    optionalDVNThreshold: 0,
  });
}

function libraryConfig(ulnManager: Address): Cell {
  return build("md::SetEpConfig", {
    useDefaults: false,
    sendMsglibManager: hashOf(ulnManager),
    receiveMsglibManager: hashOf(ulnManager),
    timeoutReceiveMsglibManager: 0n,
    timeoutReceiveMsglibExpiry: 0n,
  });
}

function dvnsText(config: Decoded): string {
  const addresses = (field: unknown): string[] => (field as Address[]).map(hex).sort();
  const required = config.requiredDVNsNull ? "inherited" : addresses(config.requiredDVNs).join(", ");
  const more = config.optionalDVNsNull ? "inherited optional" : `${addresses(config.optionalDVNs).length} optional`;
  return `${config.confirmationsNull ? "inherited" : String(config.confirmations)} confirmations, required: ${required}, ${more}`;
}

function sendText(config: Decoded): string {
  const executor = config.executorNull ? "inherited" : bytes(config.executor);
  return `executor ${executor}, ${String(config.maxMessageBytes)} bytes, ${dvnsText(config)}`;
}
