// What a program must be before anyone may commit it: sBPF v3, nothing writable, nothing left to resolve, and no call
// of a function that the runtime does not have.
import { ToolchainError } from "./shell";

const SYSCALLS = [
  ...["abort", "sol_panic_", "sol_log_", "sol_log_64_", "sol_log_pubkey", "sol_log_compute_units_", "sol_log_data"],
  ...["sol_memcpy_", "sol_memmove_", "sol_memset_", "sol_memcmp_"],
  ...["sol_create_program_address", "sol_try_find_program_address", "sol_invoke_signed_c", "sol_invoke_signed_rust"],
  ...["sol_set_return_data", "sol_get_return_data", "sol_get_stack_height", "sol_get_processed_sibling_instruction"],
  ...["sol_sha256", "sol_keccak256", "sol_blake3", "sol_secp256k1_recover", "sol_poseidon", "sol_big_mod_exp"],
  ...["sol_curve_validate_point", "sol_curve_group_op", "sol_curve_multiscalar_mul"],
  ...["sol_alt_bn128_group_op", "sol_alt_bn128_compression", "sol_remaining_compute_units"],
  ...["sol_get_sysvar", "sol_get_clock_sysvar", "sol_get_rent_sysvar", "sol_get_epoch_schedule_sysvar"],
  ...["sol_get_fees_sysvar", "sol_get_last_restart_slot", "sol_get_epoch_rewards_sysvar", "sol_get_epoch_stake"],
];

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** murmur3 with seed 0, by which sBPF v3 names a syscall. */
export function murmur3(text: string): number {
  const bytes = Buffer.from(text, "latin1");
  const mix = (k: number): number => Math.imul(rotate(Math.imul(k, 0xcc9e2d51), 15), 0x1b873593);
  let hash = 0;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    hash = (Math.imul(rotate(hash ^ mix(bytes.readInt32LE(at)), 13), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = bytes.length - 1; i >= at; i--) tail = (tail << 8) | (bytes[i] as number);
  if (bytes.length > at) hash ^= mix(tail);
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const KNOWN = new Map(SYSCALLS.map((name) => [murmur3(name), name]));

const MACHINE_BPF = 247;
const SBPF_V3 = 3;
const LOAD = 1;
const WRITABLE = 2;
const EXECUTABLE = 1;
const CALL = 0x85;

interface Segment {
  type: number;
  flags: number;
  offset: number;
  size: number;
}

function segments(bytes: Buffer): Segment[] {
  const start = Number(bytes.readBigUInt64LE(32));
  return Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => {
    const at = start + 56 * index;
    return {
      type: bytes.readUInt32LE(at),
      flags: bytes.readUInt32LE(at + 4),
      offset: Number(bytes.readBigUInt64LE(at + 8)),
      size: Number(bytes.readBigUInt64LE(at + 32)),
    };
  });
}

/** Names (or hashes, where the name is not known) of the syscalls that the program makes. */
export function syscalls(bytes: Buffer): string[] {
  const found = new Set<number>();
  for (const { flags, offset, size } of segments(bytes)) {
    if ((flags & EXECUTABLE) === 0) continue;
    for (let at = offset; at + 8 <= offset + size; at += 8) {
      // source register 0: by name; 1: a function of the program
      if (bytes[at] === CALL && (bytes[at + 1] as number) >> 4 === 0) found.add(bytes.readUInt32LE(at + 4));
    }
  }
  return [...found].map((hash) => KNOWN.get(hash) ?? `0x${hash.toString(16)}`).sort();
}

/** Throws, in one sentence, when the program must not be deployed. */
export function checkProgram(bytes: Buffer, name: string): void {
  const refuse = (why: string): never => {
    throw new ToolchainError(`${name} ${why}.`);
  };
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46) refuse("is not an ELF file");
  if (bytes.readUInt16LE(18) !== MACHINE_BPF || bytes.readUInt32LE(48) !== SBPF_V3)
    refuse("is not a program for sBPF v3");
  const loaded = segments(bytes);
  const writable = loaded.find((segment) => (segment.flags & WRITABLE) !== 0 && segment.size > 0);
  if (writable)
    refuse(
      `has ${writable.size} bytes of writable data, which a program cannot have: look for a 'static mut' or a lazy static`,
    );
  if (loaded.some((segment) => segment.type !== LOAD))
    refuse("still has something to resolve when it is loaded: a symbol that nobody defines");
  if (loaded.some((segment) => segment.offset + segment.size > bytes.length)) refuse("is cut off");
  const unknown = syscalls(bytes).filter((syscall) => syscall.startsWith("0x"));
  if (unknown.length > 0) refuse(`calls the unknown functions ${unknown.join(", ")}`);
}
