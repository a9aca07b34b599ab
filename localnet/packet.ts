import { getBytes, hexlify } from "ethers";
import { StunError } from "../chains/errors";
import type { Packet } from "./types";

/** Reads a LayerZero wire packet, version 1: header of 81 bytes, guid, message. */
export function decodePacket(bytes: Uint8Array, options?: Uint8Array): Packet {
  if (bytes.length < 113 || bytes[0] !== 1) {
    throw new StunError(`Not a LayerZero packet of version 1: ${bytes.length} bytes, version ${bytes[0] ?? "none"}.`);
  }
  const number = (from: number, to: number): bigint => BigInt(hexlify(bytes.subarray(from, to)));
  return {
    nonce: number(1, 9),
    srcEid: Number(number(9, 13)),
    sender: hexlify(bytes.subarray(13, 45)),
    dstEid: Number(number(45, 49)),
    receiver: hexlify(bytes.subarray(49, 81)),
    guid: hexlify(bytes.subarray(81, 113)),
    message: bytes.slice(113),
    ...(options ? { options } : {}),
    bytes,
  };
}

/** Writes the wire packet of a packet's fields. */
export function encodePacket(packet: Omit<Packet, "bytes" | "options">): Uint8Array {
  const bytes = new Uint8Array(113 + packet.message.length);
  const put = (value: bigint, at: number, length: number): void =>
    bytes.set(getBytes(`0x${value.toString(16).padStart(length * 2, "0")}`), at);
  bytes[0] = 1;
  put(packet.nonce, 1, 8);
  put(BigInt(packet.srcEid), 9, 4);
  bytes.set(getBytes(packet.sender), 13);
  put(BigInt(packet.dstEid), 45, 4);
  bytes.set(getBytes(packet.receiver), 49);
  bytes.set(getBytes(packet.guid), 81);
  bytes.set(packet.message, 113);
  return bytes;
}
