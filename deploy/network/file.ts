// A network file as it is written: its form, and what the schema says of one that has another.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import Ajv2020, { type ErrorObject } from "ajv/dist/2020";
import { StunError } from "../../chains/errors";
import type { Category, ChainSpec, ModuleName, UniswapSpec } from "../network";

const SCHEMA = resolve(__dirname, "..", "..", "networks", "schema.json");

export interface RawDirection {
  confirmations: number;
  receiveGas: number;
  receiveValue?: number;
  composeGas?: number;
  rateLimit: { capacity: string; window: number };
}

export interface RawNetwork {
  name: string;
  local?: boolean;
  home: string;
  genesis: number | "localnet";
  chains: Record<string, ChainSpec>;
  roles: Record<string, Record<string, string | { address: string; keyEnv: string }>>;
  distribution: {
    category: Category;
    amount: string;
    to: string;
    grants?: { beneficiary: string; amount: string; cliff?: number; duration: number; revocable?: boolean }[];
  }[];
  modules: Partial<Record<ModuleName, { chains: string[] }>> & {
    emission: { chains: string[]; shares: Record<string, number>; subsidy: number };
    fees: {
      chains: string[];
      stunFeeBps: number;
      otherFeeBps: number;
      assets?: Record<string, string[]>;
      uniswap?: Record<string, UniswapSpec>;
    };
  };
  bridge: {
    paths: {
      remote: string;
      dvns: string[];
      maxMessageSize: number;
      mintCap: string;
      toRemote: RawDirection;
      toHome: RawDirection;
    }[];
  };
  committee: { k: number; members: string[]; chains: string[] };
}

let validator: ReturnType<Ajv2020["compile"]> | undefined;

export function checkSchema(file: string, data: unknown): RawNetwork {
  validator ??= new Ajv2020({ verbose: true, allowUnionTypes: true }).compile(
    JSON.parse(readFileSync(SCHEMA, "utf8")) as object,
  );
  if (!validator(data)) throw new StunError(`${file}: ${sentence(validator.errors ?? [])}`);
  return data as RawNetwork;
}

function sentence(errors: ErrorObject[]): string {
  // An `anyOf` reports its branches first and itself last; a branch says more only when it looked inside an object.
  const last = errors[errors.length - 1];
  if (!last) return "the file does not follow networks/schema.json.";
  const inner = errors.find((e) => e.instancePath.length > last.instancePath.length || e.keyword === "required");
  const error = last.keyword === "anyOf" && isObject(last.data) && inner ? inner : last;
  const where = fieldName(error.instancePath);
  const schema = error.parentSchema as { description?: string; properties?: Record<string, { description?: string }> };
  if (error.keyword === "additionalProperties") {
    const field = String((error.params as { additionalProperty: string }).additionalProperty);
    const known = Object.keys(schema.properties ?? {}).join(", ");
    return `${where} has an unknown field '${field}'; remove it or use one of ${known}.`;
  }
  if (error.keyword === "required") {
    const field = (error.params as { missingProperty: string }).missingProperty;
    const help = schema.properties?.[field]?.description;
    return `${where} has no field '${field}'; add it${help ? `: ${help}` : ""}.`;
  }
  if (error.keyword === "propertyNames" || error.instancePath === "") {
    const name = (error.params as { propertyName?: string }).propertyName;
    if (name !== undefined) return `${where} has a field named '${name}'; use lower-case letters, digits and dashes.`;
  }
  return `${where} is ${JSON.stringify(error.data)}, which ${error.message ?? "is refused"}; ${schema.description ?? "correct it"}.`;
}

function fieldName(pointer: string): string {
  if (pointer === "") return "the file";
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === "" ? part : `${path}.${part}`), "");
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
