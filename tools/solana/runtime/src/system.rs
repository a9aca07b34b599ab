//! Symbols of std's platform layer. Only allocation, logging and aborting have a meaning on chain.

type Log = extern "C" fn(*const u8, u64);
type Abort = extern "C" fn() -> !;

// A syscall of sBPF v3 is called by the murmur3 hash of its name: sol_log_ and abort.
const SYSCALL_LOG: usize = 0x2075_59bd;
const SYSCALL_ABORT: usize = 0xb6fc_1a11;

const HEAP_START: usize = 0x3_0000_0000;
const HEAP_LENGTH: usize = 32 * 1024;

/// A bump allocator downwards from the heap's end; its position lies in the heap's first word.
#[no_mangle]
pub unsafe extern "C" fn sys_alloc_aligned(size: usize, align: usize) -> *mut u8 {
    let position = HEAP_START as *mut usize;
    let top = if *position == 0 { HEAP_START + HEAP_LENGTH } else { *position };
    let block = top.saturating_sub(size) & !(align - 1);
    if block < HEAP_START + core::mem::size_of::<usize>() {
        return core::ptr::null_mut();
    }
    *position = block;
    block as *mut u8
}

#[no_mangle]
pub unsafe extern "C" fn sys_log(text: *const u8, length: usize) {
    let log: Log = core::mem::transmute(SYSCALL_LOG);
    log(text, length as u64)
}

#[no_mangle]
pub unsafe extern "C" fn sys_write(_file: u32, text: *const u8, length: usize) {
    sys_log(text, length)
}

#[no_mangle]
pub unsafe extern "C" fn sys_read(_file: u32, _buffer: *mut u8, _length: usize) -> usize {
    0
}

/// There is no randomness on chain: a fixed sequence, as every validator must compute the same.
#[no_mangle]
pub unsafe extern "C" fn sys_rand(words: *mut u32, count: usize) {
    let mut index = 0;
    while index < count {
        *words.add(index) = 0x9e37_79b9u32.wrapping_mul(index as u32 + 1);
        index += 1;
    }
}

#[no_mangle]
pub unsafe extern "C" fn sys_getenv(_out: *mut u32, _words: usize, _name: *const u8, _length: usize) -> usize {
    usize::MAX
}

#[no_mangle]
pub unsafe extern "C" fn sys_argc() -> usize {
    0
}

#[no_mangle]
pub unsafe extern "C" fn sys_argv(_out: *mut u32, _words: usize, _index: usize) -> usize {
    0
}

#[no_mangle]
pub unsafe extern "C" fn sys_panic(text: *const u8, length: usize) -> ! {
    sys_log(text, length);
    let abort: Abort = core::mem::transmute(SYSCALL_ABORT);
    abort()
}
