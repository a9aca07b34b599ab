// Matrix product over 32-bit integers that wrap. AssemblyScript; the ABI is described in jobs/README.md.
// Input:  n u32 | m u32 | k u32 | A (n × m i32, row by row) | B (m × k i32, row by row), little-endian.
// Output: A × B (n × k i32, row by row).

export function alloc(size: i32): i32 {
  return <i32>heap.alloc(<usize>size);
}

export function run(input: i32, length: i32): i64 {
  if (length < 12) unreachable();
  const n = load<u32>(input);
  const m = load<u32>(input + 4);
  const k = load<u32>(input + 8);
  const words: u64 = <u64>n * <u64>m + <u64>m * <u64>k;
  if (n > 1024 || m > 1024 || k > 1024 || <u64>length != 12 + words * 4) unreachable();
  const a = <u32>input + 12;
  const b = a + n * m * 4;
  const size = n * k * 4;
  const out = <u32>alloc(<i32>size);
  for (let i: u32 = 0; i < n; i++) {
    for (let j: u32 = 0; j < k; j++) {
      let sum: i32 = 0;
      for (let t: u32 = 0; t < m; t++) {
        sum += load<i32>(a + (i * m + t) * 4) * load<i32>(b + (t * k + j) * 4);
      }
      store<i32>(out + (i * k + j) * 4, sum);
    }
  }
  return ((<i64>out) << 32) | (<i64>size);
}
