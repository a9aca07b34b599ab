//! Conversions between floats and 128-bit integers: saturating towards integers as Rust's `as` is, to the nearest with
//! ties to even towards floats. No program of the protocol uses floats; std's formatting may.
use crate::int128::{leading_zeros, negate_if, pair, shift_left, Pair};

/// A float taken apart.
struct Parts {
    negative: bool,
    nan: bool,
    /// Power of two of the leading bit.
    exponent: i64,
    /// Fraction without the leading bit, and how many bits it has.
    fraction: u64,
    fraction_bits: i64,
}

#[inline(always)]
fn parts_64(value: f64) -> Parts {
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let exponent = (bits >> 52 & 0x7ff) as i64;
    let nan = exponent == 2_047 && fraction != 0;
    Parts { negative: bits >> 63 != 0, nan, exponent: exponent - 1_023, fraction, fraction_bits: 52 }
}

#[inline(always)]
fn parts_32(value: f32) -> Parts {
    let bits = value.to_bits();
    let fraction = bits & ((1 << 23) - 1);
    let exponent = (bits >> 23 & 0xff) as i64;
    let nan = exponent == 255 && fraction != 0;
    // infinity's exponent must exceed 127, which an f32's own bias does not make it do
    let exponent = if exponent == 255 { 1_024 } else { exponent - 127 };
    Parts { negative: bits >> 31 != 0, nan, exponent, fraction: fraction as u64, fraction_bits: 23 }
}

#[inline(always)]
fn to_integer(parts: Parts, signed: bool) -> Pair {
    if parts.nan || parts.exponent < 0 || (parts.negative && !signed) {
        return (0, 0);
    }
    if parts.exponent >= 128 - signed as i64 {
        return match (signed, parts.negative) {
            (false, _) => (u64::MAX, u64::MAX),
            (true, false) => (u64::MAX, u64::MAX >> 1),
            (true, true) => (0, 1 << 63),
        };
    }
    let mantissa = parts.fraction | 1 << parts.fraction_bits;
    let shift = parts.exponent - parts.fraction_bits;
    let magnitude = if shift >= 0 { shift_left((mantissa, 0), shift as u64) } else { (mantissa >> -shift as u64, 0) };
    negate_if(magnitude, parts.negative)
}

#[no_mangle]
pub unsafe fn __rt_fixunsdfti(value: f64) -> Pair {
    to_integer(parts_64(value), false)
}

#[no_mangle]
pub unsafe fn __rt_fixdfti(value: f64) -> Pair {
    to_integer(parts_64(value), true)
}

#[no_mangle]
pub unsafe fn __rt_fixunssfti(value: f32) -> Pair {
    to_integer(parts_32(value), false)
}

#[no_mangle]
pub unsafe fn __rt_fixsfti(value: f32) -> Pair {
    to_integer(parts_32(value), true)
}

/// Shifts the leading bit to the top; returns the words and the number of leading zeros.
#[inline(always)]
fn normalize((low, high): Pair) -> (Pair, u64) {
    let zeros = if high != 0 { leading_zeros(high) } else { 64 + leading_zeros(low) };
    (shift_left((low, high), zeros & 127), zeros)
}

/// Bits of the float nearest to `x`; the carry of rounding up runs into the exponent, where it belongs.
#[inline(always)]
fn bits_64(x: Pair) -> u64 {
    if x.0 | x.1 == 0 {
        return 0;
    }
    let ((low, high), zeros) = normalize(x);
    let mantissa = high >> 11;
    let half = high >> 10 & 1;
    let sticky = (high & 0x3ff != 0 || low != 0) as u64;
    ((1_149 - zeros) << 52) + mantissa + (half & (sticky | mantissa & 1))
}

#[inline(always)]
fn bits_32(x: Pair) -> u64 {
    if x.0 | x.1 == 0 {
        return 0;
    }
    let ((low, high), zeros) = normalize(x);
    let mantissa = high >> 40;
    let half = high >> 39 & 1;
    let sticky = (high & ((1 << 39) - 1) != 0 || low != 0) as u64;
    ((253 - zeros) << 23) + mantissa + (half & (sticky | mantissa & 1))
}

#[no_mangle]
pub unsafe fn __floatuntidf(x: u128) -> f64 {
    f64::from_bits(bits_64(pair(x)))
}

#[no_mangle]
pub unsafe fn __floattidf(x: u128) -> f64 {
    let negative = pair(x).1 >> 63;
    f64::from_bits(bits_64(negate_if(pair(x), negative != 0)) | negative << 63)
}

#[no_mangle]
pub unsafe fn __floatuntisf(x: u128) -> f32 {
    f32::from_bits(bits_32(pair(x)) as u32)
}

#[no_mangle]
pub unsafe fn __floattisf(x: u128) -> f32 {
    let negative = pair(x).1 >> 63;
    f32::from_bits((bits_32(negate_if(pair(x), negative != 0)) | negative << 31) as u32)
}
