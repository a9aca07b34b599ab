//! What the compiler and std expect of their environment and neither provides for sBPF: the few system functions that
//! std's single-threaded platform layer names, and the library calls for 128-bit integers.
//!
//! The 128-bit calls are here because two compilers disagree: rustc 1.96 passes and returns `i128` of the C convention
//! through pointers, LLVM 23's BPF backend calls its library functions with registers and wants the result in r0 and r2.
//! Linked as they are, compiler_builtins' versions would write through a number. These functions are Rust's own
//! convention (a hidden result pointer), `libcalls.ts` wraps them in LLVM's, and the linker removes all others.
#![no_std]

mod float;
mod int128;
mod system;
