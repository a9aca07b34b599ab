declare module "@permaweb/wasm-json-toolkit" {
  export interface Operation {
    name: string;
    return_type?: string;
    type?: string;
  }
  export interface FunctionType {
    form: string;
    params: string[];
    return_type?: string;
  }
  export type Section =
    | { name: "code"; entries: { locals: { count: number; type: string }[]; code: Operation[] }[] }
    | { name: "type"; entries: FunctionType[] }
    | { name: "memory"; entries: { flags: number; initial: number; maximum?: number }[] }
    | { name: "global"; entries: { type: { contentType: string; mutability: number } }[] }
    | { name: "table" | "import" | "function" | "export" | "element" | "data" | "start" | "preramble" | "custom" };
  export function wasm2json(wasm: Uint8Array): Section[];
  export function json2wasm(json: Section[]): Buffer;
}

declare module "@permaweb/wasm-metering" {
  import type { Section } from "@permaweb/wasm-json-toolkit";
  interface Options {
    meterType: "i32" | "i64";
    costTable: { code: { locals: Record<string, number>; code: Record<string, number> } };
  }
  export function meterJSON(json: Section[], options: Options): Section[];
}
