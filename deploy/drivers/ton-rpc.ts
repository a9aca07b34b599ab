// A TON network by the URL of an HTTP API, as a deployment reaches it.
import { Address, type Cell } from "@ton/core";
import { StunError, messageOf } from "../../chains/errors";
import { RpcTransport } from "../../chains/ton/rpc";
import type { TonAccount } from "../../chains/ton/transport";
import { bigField, cellField, decode, type Decoded } from "../../localnet/ton-classlib";
import type { TonConnection } from "../connections";
import { chainSpec, type LayerZeroAddresses, type Network } from "../network";
import { addressesOf, tonLayerZeroPort, type TonLayerZeroParts } from "./ton-port";

/** Connects to the API at `url`; refuses one of another network than the network file means. */
export async function tonByUrl(
  network: Network,
  chain: string,
  url: string,
  layerzero: LayerZeroAddresses | undefined,
): Promise<TonConnection> {
  const { eid, rpc } = chainSpec(network, chain);
  if (!layerzero?.controller || !layerzero.ulnManager) {
    throw new StunError(
      `${network.file}: chains.${chain}.layerzero names no controller and ulnManager, which a TON network by URL needs; add them.`,
    );
  }
  const transport = new RpcTransport(url);
  const read = async (address: Address): Promise<TonAccount> => {
    try {
      return await transport.account(address);
    } catch (error) {
      const reason = messageOf(error).replaceAll(url, `the URL in ${rpc}`);
      throw new StunError(`The TON node at the URL in ${rpc} does not answer: ${reason}. Check the URL.`, error);
    }
  };
  const [controller, ulnManager] = [Address.parse(layerzero.controller), Address.parse(layerzero.ulnManager)];
  const known = decoded("Controller", controller, await read(controller), rpc, eid);
  const manager = decoded("UlnManager", ulnManager, await read(ulnManager), rpc, eid);
  const found = Number(bigField(known, "eid"));
  if (found !== eid) {
    throw new StunError(
      `The TON node at the URL in ${rpc} is on the network with LayerZero's endpoint id ${found}, and ${network.file} declares ${eid}: give the URL of the right network.`,
    );
  }
  // LayerZero's own contracts say which code they deploy: what a path's addresses follow from.
  const codes: Record<string, Cell> = {
    endpoint: cellField(known, "endpointCode"),
    channel: cellField(known, "channelCode"),
    uln: cellField(manager, "ulnCode"),
    connection: cellField(manager, "ulnConnectionCode"),
  };
  const parts: TonLayerZeroParts = {
    eid,
    controller,
    ulnManager,
    code: (name) => codes[name]!,
    executor: Address.parse(layerzero.executor),
    dvns: Object.fromEntries(Object.entries(layerzero.dvns).map(([name, text]) => [name, Address.parse(text)])),
    account: (address) => transport.account(address),
  };
  checkAddresses(network, chain, layerzero, parts);
  return {
    vm: "ton",
    transport,
    layerZero: tonLayerZeroPort(parts),
    identity: `ton ${eid} ${controller.toRawString()}`,
  };
}

function decoded(name: string, address: Address, account: TonAccount, rpc: string, eid: number): Decoded {
  try {
    if (account.data) return decode(name, account.data);
  } catch {
    // Storage of another form is another contract.
  }
  throw new StunError(
    `The TON node at the URL in ${rpc} has no LayerZero ${name} at ${address.toString()}: give the URL of the network with endpoint id ${eid}, or correct the address.`,
  );
}

/** Endpoint and Uln of a path follow from Controller and UlnManager; a file that names others means another LayerZero. */
function checkAddresses(
  network: Network,
  chain: string,
  layerzero: LayerZeroAddresses,
  parts: TonLayerZeroParts,
): void {
  const home = chainSpec(network, network.home).eid;
  const derive = addressesOf(parts);
  const [endpoint, uln] = [derive.endpoint(home), derive.uln(home)];
  const known = { endpoint, sendLibrary: uln, receiveLibrary: uln };
  for (const [field, wanted] of Object.entries(known) as [keyof typeof known, Address][]) {
    if (Address.parse(layerzero[field]).equals(wanted)) continue;
    throw new StunError(
      `${network.file}: chains.${chain}.layerzero.${field} is ${layerzero[field]}, but LayerZero has ${wanted.toString()} towards ${network.home}; write that.`,
    );
  }
}
