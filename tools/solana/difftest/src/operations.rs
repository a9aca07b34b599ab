fn p(o: &mut Vec<u64>, x: u128) {
    o.push(x as u64);
    o.push((x >> 64) as u64);
}
#[inline(never)]
fn seven(a: u64, b: u64, c: u64, d: u64, e: u128, f: u64, g: &[u8]) -> u128 {
    (a ^ b.wrapping_mul(c)) as u128
        + (d.wrapping_sub(f)) as u128 * 3
        + (e >> 3)
        + g.iter().map(|x| *x as u128).sum::<u128>()
}
#[inline(never)]
fn rec(n: u64, a: u64, b: u64, c: u64, d: u64, e: u64, f: u64) -> u64 {
    if n == 0 {
        return a ^ b ^ c ^ d ^ e ^ f;
    }
    rec(n - 1, b, c, d, e, f, a.wrapping_mul(31).wrapping_add(n)).wrapping_add(rec(n / 2, f, e, d, c, b, a) & 1)
}
trait Op {
    fn go(&self, a: u64, b: u64, c: u64, d: u64, e: u128, f: u64, g: &[u8]) -> u128;
}
struct Add(u64);
struct Mul {
    k: u64,
    z: u128,
}
impl Op for Add {
    #[inline(never)]
    fn go(&self, a: u64, b: u64, c: u64, d: u64, e: u128, f: u64, g: &[u8]) -> u128 {
        e.wrapping_add((a ^ b).wrapping_mul(self.0) as u128).rotate_left((c % 128) as u32)
            ^ ((d as u128) << 7)
            ^ (f as u128)
            ^ g[0] as u128
    }
}
impl Op for Mul {
    #[inline(never)]
    fn go(&self, a: u64, b: u64, c: u64, d: u64, e: u128, f: u64, g: &[u8]) -> u128 {
        e.wrapping_mul(self.z | 1).wrapping_add((a & b | c) as u128 * self.k as u128)
            ^ d as u128
            ^ ((f as u128) << 100)
            ^ g[2] as u128
    }
}
#[inline(never)]
fn big(a: u64, b: u64, n: u32) -> u64 {
    let mut t = [0u64; 440];
    for i in 0..440 {
        t[i] = a.wrapping_mul(i as u64 ^ b);
    }
    let r = if n == 0 { 0 } else { big(b ^ t[439], a, n - 1) };
    t.iter().fold(r, |z, w| z.rotate_left(3) ^ w)
}
#[inline(never)]
fn more(o: &mut Vec<u64>, a: u64, b: u64, c: u64, d: u64, buf: &[u8]) {
    let x = (a as u128) << 64 | b as u128;
    let y = (c as u128) << 64 | d as u128;
    let l = (d % 150) as usize;
    let mut hm = std::collections::HashMap::new();
    for i in 0..(d % 25) {
        *hm.entry(a.wrapping_mul(i) % 11).or_insert(b) ^= i;
    }
    let mut hk: Vec<_> = hm.into_iter().collect();
    hk.sort();
    o.push(hk.iter().fold(0u64, |z, (k, v)| z.wrapping_mul(7).wrapping_add(k ^ v)));
    let ds: [Box<dyn Op>; 3] = [Box::new(Add(c)), Box::new(Mul { k: d, z: x }), Box::new(Add(1))];
    p(o, ds.iter().enumerate().fold(y, |z, (i, q)| q.go(a, b, c, d, z, i as u64, &buf[i..i + 3])));
    o.push(big(a, b, (c % 5) as u32));
    more2(o, a, b, x, y, buf, l);
}
#[inline(never)]
fn more2(o: &mut Vec<u64>, a: u64, b: u64, x: u128, y: u128, buf: &[u8], l: usize) {
    o.push(u64::from_str_radix(&format!("{:x}", a), 16).unwrap());
    p(o, (f64::from_bits(a)) as i128 as u128);
    p(o, (f64::from_bits(b)) as u128);
    p(o, f32::from_bits(a as u32) as i128 as u128);
    o.push((x as f64).to_bits());
    o.push((y as i128 as f64).to_bits());
    o.push((x as f32).to_bits() as u64);
    o.push((a as i64 as f32).to_bits() as u64);
    let (g1, g2) = (f64::from_bits(a & !(1 << 62)), f64::from_bits(b & !(1 << 62)));
    for z in [g1 + g2, g1 - g2, g1 * g2, g1 / g2] {
        o.push(if z.is_nan() { 1 } else { z.to_bits() });
    }
    o.push(
        (g1 < g2) as u64
            | ((g1 >= g2) as u64) << 1
            | ((g1 == g2) as u64) << 2
            | ((g1 > g2) as u64) << 3
            | ((g1 <= g2) as u64) << 4
            | ((g1 != g2) as u64) << 5,
    );
    o.push(match (x as i128).checked_add(y as i128) {
        Some(v) => v as u64,
        None => 77,
    });
    o.push((x as i128).saturating_mul(y as i128) as u64);
    p(o, x.pow(3 * (x < 1 << 40) as u32));
    o.push((a as u8 as char).is_alphanumeric() as u64);
    o.push(String::from_utf8_lossy(&buf[..l]).len() as u64);
}
pub fn all(a: u64, b: u64, c: u64, d: u64) -> Vec<u64> {
    let mut o = Vec::new();
    let x = (a as u128) << 64 | b as u128;
    let y = (c as u128) << 64 | d as u128;
    p(&mut o, x.wrapping_mul(y));
    p(&mut o, x.checked_mul(y).unwrap_or(7));
    p(&mut o, x.checked_div(y).unwrap_or(7));
    p(&mut o, x.checked_rem(y).unwrap_or(7));
    p(&mut o, x.checked_div(d as u128).unwrap_or(9));
    p(&mut o, (a as u128 * b as u128).checked_div(d as u128).unwrap_or(1));
    p(&mut o, (x as i128).checked_div(y as i128).unwrap_or(-5) as u128);
    p(&mut o, (x as i128).checked_rem((c as i64) as i128).unwrap_or(-5) as u128);
    p(&mut o, (x as i128).checked_mul(y as i128).unwrap_or(-6) as u128);
    p(&mut o, x.wrapping_shl(d as u32));
    p(&mut o, x.wrapping_shr(d as u32));
    p(&mut o, (x as i128).wrapping_shr(c as u32) as u128);
    p(&mut o, x.rotate_left(d as u32));
    p(&mut o, x.saturating_sub(y));
    p(&mut o, x.saturating_mul(y));
    p(&mut o, x.isqrt());
    o.push(a.checked_mul(b).unwrap_or(7));
    o.push(a.saturating_mul(b));
    o.push((a as i64).checked_mul(b as i64).unwrap_or(-7) as u64);
    o.push((a as i64).checked_div(b as i64).unwrap_or(-7) as u64);
    o.push((a as i64).checked_rem(b as i64).unwrap_or(-7) as u64);
    o.push((a as i64).wrapping_div_euclid((b as i64) | 1) as u64);
    o.push((a as i32).checked_div(b as i32).unwrap_or(3) as u64);
    o.push((a as i16).wrapping_rem((b as i16) | 1) as u64);
    o.push((a as i8).wrapping_mul(b as i8) as u64);
    o.push((a as u32).checked_mul(b as u32).unwrap_or(1) as u64);
    o.push(a.checked_div(b).unwrap_or(5));
    o.push(a.checked_rem(b).unwrap_or(5));
    o.push(a / 1_000_000_007);
    o.push((a as i64 / 10_007) as u64);
    o.push((a as i64 % -77) as u64);
    o.push(a.rotate_left(b as u32));
    o.push(
        a.leading_zeros() as u64
            | (b.trailing_zeros() as u64) << 8
            | (a.count_ones() as u64) << 16
            | (x.leading_zeros() as u64) << 32
            | (y.trailing_zeros() as u64) << 40,
    );
    o.push(a.swap_bytes() ^ b.reverse_bits());
    o.push((a as i64).wrapping_shr(b as u32) as u64);
    o.push((a as u32).wrapping_shr(b as u32) as u64 ^ ((a as i32) >> (b & 31)) as u64);
    o.push(a.isqrt());
    o.push((a | 1).ilog10() as u64);
    o.push((a % 97).pow((b % 9) as u32));
    o.push(
        ((a as i64) < (b as i64)) as u64
            | (((a as i32) < (b as i32)) as u64) << 1
            | ((x < y) as u64) << 2
            | (((x as i128) < (y as i128)) as u64) << 3,
    );
    o.push(a.abs_diff(b));
    o.push((a as i64).unsigned_abs());
    o.push((a as i64).saturating_add(b as i64) as u64);
    o.push((a as i64).saturating_sub(b as i64) as u64);
    let mut buf = [0u8; 300];
    for i in 0..300 {
        buf[i] = (a.wrapping_mul(i as u64 + 1).wrapping_add(b) >> (i % 56)) as u8;
    }
    let (s, l) = ((c % 100) as usize, (d % 150) as usize);
    buf.copy_within(s..s + l, (a % 120) as usize);
    let v2 = buf[s..s + l].to_vec();
    let mut h = 0xcbf29ce484222325u64;
    for z in buf.iter().chain(v2.iter()) {
        h = (h ^ *z as u64).wrapping_mul(0x100000001b3);
    }
    o.push(h);
    o.push((buf[..l] < buf[s..s + l]) as u64 | ((buf[..l] == v2[..]) as u64) << 1);
    p(&mut o, seven(a, b, c, d, y, a ^ d, &buf[..l]));
    o.push(rec(a % 9, a, b, c, d, a ^ b, c ^ d));
    let mut q: Vec<u64> =
        (0..(d % 40)).map(|i| a.wrapping_mul((i * i).wrapping_add(b)).rotate_right(i as u32)).collect();
    q.sort_unstable();
    q.dedup();
    o.push(q.iter().enumerate().fold(0u64, |z, (i, w)| z.wrapping_mul(31).wrapping_add(w ^ i as u64)));
    let st = format!("{} {:?} {:x} {:>8}|{:08}|{}", a, b as i64, c, d as u16, a as u32, x);
    o.push(st.bytes().fold(0u64, |z, w| z.wrapping_mul(131).wrapping_add(w as u64)));
    o.push(st.len() as u64);
    let mut m = std::collections::BTreeMap::new();
    for i in 0..(c % 20) {
        m.insert(a.wrapping_mul(i) % 13, i);
    }
    o.push(m.iter().fold(0, |z, (k, v)| z * 7 + k * 31 + v));
    o.push(a.to_string().parse::<u64>().unwrap_or(0));
    o.push("12x".parse::<u64>().is_err() as u64);
    more(&mut o, a, b, c, d, &buf);
    let f = (a >> 11) as f64 * 1.5e-3 / ((b >> 20) as f64 + 1.0) - 3.25;
    o.push(f.to_bits());
    o.push(f as u64);
    o.push(f as i64 as u64);
    o.push((f < 10.0) as u64 | ((f >= 2.0) as u64) << 1);
    o.push((a as u32 as f32 * 0.25f32 + b as u16 as f32).to_bits() as u64);
    o
}
