// Inference of a fully connected network in integers: 8-bit weights and activations, 32-bit sums, a right shift and a
// rectifier between layers. AssemblyScript; the ABI is described in jobs/README.md.
// Input:  layers u32 | width[0..layers] u32 | for each layer: shift u32, bias i32 × out, weight i8 × (out × in)
//         | count u32 | count × width[0] u8, little-endian.
// Output: for each sample: class u32 | logits i32 × width[layers].

export function alloc(size: i32): i32 {
  return <i32>heap.alloc(<usize>size);
}

export function run(input: i32, length: i32): i64 {
  const end = <u32>input + <u32>length;
  if (length < 4) unreachable();
  const layers = load<u32>(input);
  if (layers < 1 || layers > 8 || <u32>length < 4 + (layers + 1) * 4) unreachable();
  const widths = <u32>input + 4;
  let widest: u32 = 0;
  for (let l: u32 = 0; l <= layers; l++) {
    const width = load<u32>(widths + l * 4);
    if (width < 1 || width > 4096) unreachable();
    if (width > widest) widest = width;
  }
  const parameters = widths + (layers + 1) * 4;
  let samples = parameters;
  for (let l: u32 = 0; l < layers; l++) {
    const inputs = load<u32>(widths + l * 4);
    const outputs = load<u32>(widths + (l + 1) * 4);
    const bytes = 4 + outputs * 4 + outputs * inputs;
    if (samples + bytes > end) unreachable();
    samples += bytes;
  }
  if (samples + 4 > end) unreachable();
  const count = load<u32>(samples);
  samples += 4;
  const first = load<u32>(widths);
  const last = load<u32>(widths + layers * 4);
  if (<u64>samples + <u64>count * <u64>first != <u64>end) unreachable();

  const row = 4 + last * 4;
  const out = <u32>alloc(<i32>(count * row));
  let here = <u32>alloc(<i32>(widest * 4));
  let next = <u32>alloc(<i32>(widest * 4));
  for (let s: u32 = 0; s < count; s++) {
    for (let i: u32 = 0; i < first; i++) store<i32>(here + i * 4, <i32>load<u8>(samples + s * first + i));
    let layer = parameters;
    for (let l: u32 = 0; l < layers; l++) {
      const inputs = load<u32>(widths + l * 4);
      const outputs = load<u32>(widths + (l + 1) * 4);
      const shift = load<u32>(layer) & 31;
      const bias = layer + 4;
      const weights = bias + outputs * 4;
      for (let o: u32 = 0; o < outputs; o++) {
        let sum = load<i32>(bias + o * 4);
        const w = weights + o * inputs;
        for (let i: u32 = 0; i < inputs; i++) sum += <i32>load<i8>(w + i) * load<i32>(here + i * 4);
        sum >>= shift;
        if (l + 1 < layers) sum = sum < 0 ? 0 : sum > 255 ? 255 : sum;
        store<i32>(next + o * 4, sum);
      }
      const swap = here;
      here = next;
      next = swap;
      layer = weights + outputs * inputs;
    }
    let best: u32 = 0;
    for (let o: u32 = 0; o < last; o++) {
      store<i32>(out + s * row + 4 + o * 4, load<i32>(here + o * 4));
      if (load<i32>(here + o * 4) > load<i32>(here + best * 4)) best = o;
    }
    store<u32>(out + s * row, best);
  }
  return ((<i64>out) << 32) | (<i64>(count * row));
}
