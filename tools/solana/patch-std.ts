// Copies rustc's library sources and teaches the copy the operating system "solana". Every edit names the text that it
// replaces and fails when it is not there, so that another version of std ends here and not in a wrong program.
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ToolchainError } from "./shell";

interface Edit {
  file: string;
  find: string;
  replace: string;
}

const EDITS: readonly Edit[] = [
  {
    file: "std/build.rs",
    find: '|| target_os == "zkvm"',
    replace: '|| target_os == "zkvm" || target_os == "solana"',
  },
  {
    file: "std/src/sys/alloc/mod.rs",
    find: 'target_arch = "csky",',
    replace: 'target_arch = "csky",\n        target_arch = "bpf",',
  },
  // A panic is logged by the program's `custom_panic` (Anchor's entrypoint defines it) and aborts: panic counters and
  // hooks would need writable statics, which sBPF v3 does not have.
  {
    file: "std/src/panicking.rs",
    find: "pub fn panic_handler(info: &core::panic::PanicInfo<'_>) -> ! {\n",
    replace: `pub fn panic_handler(info: &core::panic::PanicInfo<'_>) -> ! {
    #[cfg(target_os = "solana")]
    {
        unsafe extern "Rust" { fn custom_panic(info: &core::panic::PanicInfo<'_>); }
        unsafe { custom_panic(info) };
        crate::process::abort();
    }
`,
  },
  {
    file: "std/src/panicking.rs",
    find: "    let must_abort = panic_count::increase(true);\n\n    // Check if we need to abort immediately.",
    replace: `    #[cfg(target_os = "solana")]
    crate::process::abort();
    let must_abort = panic_count::increase(true);

    // Check if we need to abort immediately.`,
  },
  {
    file: "std/src/alloc.rs",
    find: "pub fn rust_oom(layout: Layout) -> ! {\n",
    replace: `pub fn rust_oom(layout: Layout) -> ! {
    #[cfg(target_os = "solana")]
    {
        unsafe extern "C" { fn sys_panic(text: *const u8, length: usize) -> !; }
        let text = "Error: memory allocation failed, out of memory";
        unsafe { sys_panic(text.as_ptr(), text.len()) }
    }
`,
  },
  // every validator must iterate a HashMap in the same order
  {
    file: "std/src/hash/random.rs",
    find: "pub fn new() -> RandomState {\n",
    replace: `pub fn new() -> RandomState {
        #[cfg(target_os = "solana")]
        return RandomState { k0: 0x5bd1e995_9e3779b9, k1: 0x85ebca6b_c2b2ae35 };
`,
  },
  // the syscall `abort`, by the hash of its name
  {
    file: "std/src/sys/pal/zkvm/mod.rs",
    find: "    core::intrinsics::abort();",
    replace: `    #[cfg(target_os = "solana")]
    {
        let abort: extern "C" fn() -> ! = unsafe { core::mem::transmute(0xb6fc1a11usize) };
        abort()
    }
    #[cfg(not(target_os = "solana"))]
    core::intrinsics::abort();`,
  },
  // stable sort keeps its scratch buffer on the stack; 4,096 bytes are a whole frame
  {
    file: "core/src/slice/sort/stable/mod.rs",
    find: "AlignedStorage::<T, 4096>",
    replace: "AlignedStorage::<T, 1024>",
  },
];

/** Platform files that serve zkvm (no operating system, no threads) serve solana too: at least so many of them. */
const PLATFORM_FILES = 8;

function shareZkvmPlatform(folder: string): number {
  let changed = 0;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) changed += shareZkvmPlatform(path);
    else if (name.endsWith(".rs")) {
      const text = readFileSync(path, "utf8");
      const edited = text.replaceAll('target_os = "zkvm"', 'any(target_os = "zkvm", target_os = "solana")');
      if (edited === text) continue;
      writeFileSync(path, edited);
      changed++;
    }
  }
  return changed;
}

/** Makes `destination` a patched copy of the library sources in `source`. */
export function patchStd(source: string, destination: string): void {
  rmSync(destination, { recursive: true, force: true });
  cpSync(source, destination, { recursive: true, verbatimSymlinks: true });
  const platform = shareZkvmPlatform(join(destination, "std", "src", "sys"));
  if (platform < PLATFORM_FILES) {
    throw new ToolchainError(
      `std in ${source} has ${platform} platform files for zkvm instead of ${PLATFORM_FILES}: this version of rustc is not supported.`,
    );
  }
  for (const { file, find, replace } of EDITS) {
    const path = join(destination, file);
    const text = readFileSync(path, "utf8");
    if (!text.includes(find)) {
      throw new ToolchainError(
        `${file} of std in ${source} does not contain '${find.trim().split("\n")[0]}': this version of rustc is not supported.`,
      );
    }
    writeFileSync(
      path,
      text.replace(find, () => replace),
    );
  }
}
