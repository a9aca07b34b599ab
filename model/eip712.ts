import { accountWord, addressWord, bytes32, keccak, keccakText, toHex, uintWord, type Bytes, type Hex } from "./bytes";
import { integer, type Integer } from "./check";
import { ModelError } from "./errors";

// Source: protocol, Committee signatures.

/** Members of a flat EIP-712 struct, in order. */
export type StructType = readonly { readonly name: string; readonly type: string }[];
/** Values of a struct's members by name. */
export type StructMessage = Readonly<Record<string, Bytes | Integer | boolean>>;

/** EIP-712 domain of a module. */
export interface Domain {
  name: string;
  version: string;
  /** Chain id; on Solana and TON the LayerZero endpoint id. */
  chainId: Integer;
  /** 20 bytes; on Solana and TON `foreignContract` of the module. */
  verifyingContract: Bytes;
}

const DOMAIN_TYPE: StructType = [
  { name: "name", type: "string" },
  { name: "version", type: "string" },
  { name: "chainId", type: "uint256" },
  { name: "verifyingContract", type: "address" },
];

/** Members that name an account or a contract: they may be given as an EVM address of 20 bytes. */
const ACCOUNTS: ReadonlySet<string> = new Set(["target", "provider", "asset", "payer"]);

/** The signature of a struct, `Name(type member,…)`. */
export function encodeType(name: string, members: StructType): string {
  return `${name}(${members.map((member) => `${member.type} ${member.name}`).join(",")})`;
}

/** keccak256 of the struct's signature. */
export function typeHash(name: string, members: StructType): Hex {
  return toHex(keccakText(encodeType(name, members)));
}

/** Struct hash of a flat message. Errors: INVALID_TYPE for a missing or unknown member; as the members' words. */
export function structHash(name: string, members: StructType, message: StructMessage): Hex {
  const unknown = Object.keys(message).find((key) => !members.some((member) => member.name === key));
  if (unknown !== undefined)
    throw new ModelError("INVALID_TYPE", `${name} has no member '${unknown}': remove it.`, { unknown });
  const words = members.map((member) => {
    const value = message[member.name];
    if (value === undefined) {
      throw new ModelError("INVALID_TYPE", `${name} needs its member '${member.name}': add it.`, {
        missing: member.name,
      });
    }
    return encodeMember(member.name, member.type, value);
  });
  return toHex(keccak(keccakText(encodeType(name, members)), ...words));
}

/** Separator of a domain. */
export function domainSeparator(domain: Domain): Hex {
  const { name, version, chainId, verifyingContract } = domain;
  return structHash("EIP712Domain", DOMAIN_TYPE, { name, version, chainId, verifyingContract });
}

/** What is signed: keccak256(0x1901 ‖ domain separator ‖ struct hash). */
export function typedDataDigest(domain: Domain, name: string, members: StructType, message: StructMessage): Hex {
  const separator = bytes32("domain", domainSeparator(domain));
  return toHex(keccak(Uint8Array.of(0x19, 0x01), separator, bytes32("struct", structHash(name, members, message))));
}

/**
 * `verifyingContract` of a module on Solana or TON: the low 20 bytes of keccak256 over its 32-byte program id or address hash.
 * Errors: INVALID_BYTES.
 */
export function foreignContract(programId: Bytes): Hex {
  return toHex(keccak(bytes32("programId", programId)).slice(12));
}

function encodeMember(name: string, type: string, value: Bytes | Integer | boolean): Uint8Array {
  if (type === "string" && typeof value === "string") return keccakText(value);
  if (type === "bool" && typeof value === "boolean") return uintWord(name, value ? 1n : 0n, 1);
  if (typeof value === "string" || value instanceof Uint8Array) {
    if (type === "bytes32") return ACCOUNTS.has(name) ? accountWord(name, value) : bytes32(name, value);
    if (type === "address") return addressWord(name, value);
  }
  const bits = /^uint(\d+)$/.exec(type)?.[1];
  if (bits !== undefined && typeof value !== "boolean") return uintWord(name, integer(name, value), Number(bits));
  throw new ModelError("INVALID_TYPE", `${name} is ${String(value)}: pass a value of type ${type}.`, {
    [name]: String(value),
    type,
  });
}
