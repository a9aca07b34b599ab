//! 128-bit multiplication, division and shifts on pairs of 64-bit words. Nothing here uses a 128-bit operator: the
//! compiler would turn it into a call of the very function being defined.

/// A 128-bit number: low word, high word.
pub type Pair = (u64, u64);

#[inline(always)]
pub fn pair(x: u128) -> Pair {
    (x as u64, (x >> 64) as u64)
}

#[inline(always)]
fn is_negative(x: Pair) -> bool {
    x.1 >> 63 != 0
}

/// `-x` when `negate`, else `x`.
#[inline(always)]
pub fn negate_if((low, high): Pair, negate: bool) -> Pair {
    if negate {
        (low.wrapping_neg(), (!high).wrapping_add((low == 0) as u64))
    } else {
        (low, high)
    }
}

/// The full product of two words, from four products of 32-bit halves.
#[inline(always)]
fn multiply_words(a: u64, b: u64) -> Pair {
    const MASK: u64 = 0xffff_ffff;
    let (a_high, a_low, b_high, b_low) = (a >> 32, a & MASK, b >> 32, b & MASK);
    let low = a_low.wrapping_mul(b_low);
    let cross_1 = a_low.wrapping_mul(b_high);
    let cross_2 = a_high.wrapping_mul(b_low);
    let high = a_high.wrapping_mul(b_high);
    let middle = (low >> 32) + (cross_1 & MASK) + (cross_2 & MASK);
    (
        (middle << 32) | (low & MASK),
        high.wrapping_add(cross_1 >> 32).wrapping_add(cross_2 >> 32).wrapping_add(middle >> 32),
    )
}

#[inline(always)]
fn multiply(a: Pair, b: Pair) -> Pair {
    let (low, high) = multiply_words(a.0, b.0);
    (low, high.wrapping_add(a.0.wrapping_mul(b.1)).wrapping_add(a.1.wrapping_mul(b.0)))
}

/// Leading zeros of a number that is not 0; the processor has no instruction for it.
#[inline(always)]
pub fn leading_zeros(mut x: u64) -> u64 {
    let mut zeros = 0;
    if x >> 32 == 0 {
        zeros += 32;
        x <<= 32;
    }
    if x >> 48 == 0 {
        zeros += 16;
        x <<= 16;
    }
    if x >> 56 == 0 {
        zeros += 8;
        x <<= 8;
    }
    if x >> 60 == 0 {
        zeros += 4;
        x <<= 4;
    }
    if x >> 62 == 0 {
        zeros += 2;
        x <<= 2;
    }
    if x >> 63 == 0 {
        zeros += 1;
    }
    zeros
}

/// Division without the panic for 0, which callers have excluded.
#[inline(always)]
fn divide_words(a: u64, b: u64) -> u64 {
    if b == 0 {
        0
    } else {
        a / b
    }
}

/// `(high:low) / divisor` for `high < divisor` with the divisor's top bit set: Knuth's algorithm D in 32-bit digits.
/// Returns quotient and remainder.
#[inline(always)]
fn divide_normalized(high: u64, low: u64, divisor: u64) -> (u64, u64) {
    const BASE: u64 = 1 << 32;
    let (divisor_high, divisor_low) = (divisor >> 32, divisor & (BASE - 1));
    let (digit_1, digit_0) = (low >> 32, low & (BASE - 1));

    let mut quotient_1 = divide_words(high, divisor_high);
    let mut rest = high.wrapping_sub(quotient_1.wrapping_mul(divisor_high));
    while quotient_1 >= BASE || quotient_1.wrapping_mul(divisor_low) > (rest << 32 | digit_1) {
        quotient_1 -= 1;
        rest += divisor_high;
        if rest >= BASE {
            break;
        }
    }
    let middle = (high << 32 | digit_1).wrapping_sub(quotient_1.wrapping_mul(divisor));

    let mut quotient_0 = divide_words(middle, divisor_high);
    rest = middle.wrapping_sub(quotient_0.wrapping_mul(divisor_high));
    while quotient_0 >= BASE || quotient_0.wrapping_mul(divisor_low) > (rest << 32 | digit_0) {
        quotient_0 -= 1;
        rest += divisor_high;
        if rest >= BASE {
            break;
        }
    }
    (quotient_1 << 32 | quotient_0, (middle << 32 | digit_0).wrapping_sub(quotient_0.wrapping_mul(divisor)))
}

#[inline(always)]
pub fn shift_left((low, high): Pair, by: u64) -> Pair {
    if by == 0 {
        (low, high)
    } else if by < 64 {
        (low << by, high << by | low >> (64 - by))
    } else {
        (0, low << (by - 64))
    }
}

#[inline(always)]
fn shift_right((low, high): Pair, by: u64) -> Pair {
    if by == 0 {
        (low, high)
    } else if by < 64 {
        (low >> by | high << (64 - by), high >> by)
    } else {
        (high >> (by - 64), 0)
    }
}

#[inline(always)]
fn shift_right_signed((low, high): Pair, by: u64) -> Pair {
    let signed = high as i64;
    if by == 0 {
        (low, high)
    } else if by < 64 {
        (low >> by | high << (64 - by), (signed >> by) as u64)
    } else {
        ((signed >> (by - 64)) as u64, (signed >> 63) as u64)
    }
}

/// Writes quotient (words 0 and 1) and remainder (words 2 and 3); one body for four callers, to keep programs small.
#[inline(never)]
fn divide(numerator: Pair, divisor: Pair, out: &mut [u64; 4]) {
    let ((n_low, n_high), (d_low, d_high)) = (numerator, divisor);
    if d_high == 0 {
        *out = divide_by_word(n_low, n_high, d_low);
        return;
    }
    if n_high < d_high || (n_high == d_high && n_low < d_low) {
        *out = [0, 0, n_low, n_high];
        return;
    }
    // an estimate from the divisor's top 64 bits is at most one too large; made one smaller, it is corrected upwards
    let shift = leading_zeros(d_high);
    let (_, top) = shift_left(divisor, shift);
    let (half_low, half_high) = shift_right(numerator, 1);
    let (estimate, _) = divide_normalized(half_high, half_low, top);
    let mut quotient = estimate >> (63 - shift);
    quotient = quotient.saturating_sub(1);
    let (product_low, product_high) = multiply((quotient, 0), divisor);
    let mut rest_low = n_low.wrapping_sub(product_low);
    let mut rest_high = n_high.wrapping_sub(product_high).wrapping_sub((n_low < product_low) as u64);
    if rest_high > d_high || (rest_high == d_high && rest_low >= d_low) {
        quotient += 1;
        let borrow = (rest_low < d_low) as u64;
        rest_low = rest_low.wrapping_sub(d_low);
        rest_high = rest_high.wrapping_sub(d_high).wrapping_sub(borrow);
    }
    *out = [quotient, 0, rest_low, rest_high];
}

#[inline(always)]
fn divide_by_word(n_low: u64, n_high: u64, d: u64) -> [u64; 4] {
    if n_high == 0 {
        let quotient = divide_words(n_low, d);
        return [quotient, 0, n_low.wrapping_sub(quotient.wrapping_mul(d)), 0];
    }
    let quotient_high = divide_words(n_high, d);
    let rest = n_high.wrapping_sub(quotient_high.wrapping_mul(d));
    if d >> 32 == 0 {
        // two steps of the schoolbook method in 32-bit digits
        let first = rest << 32 | n_low >> 32;
        let quotient_1 = divide_words(first, d);
        let second = first.wrapping_sub(quotient_1.wrapping_mul(d)) << 32 | n_low & 0xffff_ffff;
        let quotient_0 = divide_words(second, d);
        return [quotient_1 << 32 | quotient_0, quotient_high, second.wrapping_sub(quotient_0.wrapping_mul(d)), 0];
    }
    let shift = leading_zeros(d);
    let (low, high) = shift_left((n_low, rest), shift);
    let (quotient, remainder) = divide_normalized(high, low, d << shift);
    [quotient, quotient_high, remainder >> shift, 0]
}

#[no_mangle]
pub unsafe fn __rt_multi3(a: u128, b: u128) -> Pair {
    multiply(pair(a), pair(b))
}

#[no_mangle]
pub unsafe fn __rt_udivti3(n: u128, d: u128) -> Pair {
    let mut out = [0; 4];
    divide(pair(n), pair(d), &mut out);
    (out[0], out[1])
}

#[no_mangle]
pub unsafe fn __rt_umodti3(n: u128, d: u128) -> Pair {
    let mut out = [0; 4];
    divide(pair(n), pair(d), &mut out);
    (out[2], out[3])
}

#[no_mangle]
pub unsafe fn __rt_divti3(n: u128, d: u128) -> Pair {
    let (n, d) = (pair(n), pair(d));
    let (n_negative, d_negative) = (is_negative(n), is_negative(d));
    let mut out = [0; 4];
    divide(negate_if(n, n_negative), negate_if(d, d_negative), &mut out);
    negate_if((out[0], out[1]), n_negative != d_negative)
}

#[no_mangle]
pub unsafe fn __rt_modti3(n: u128, d: u128) -> Pair {
    let (n, d) = (pair(n), pair(d));
    let (n_negative, d_negative) = (is_negative(n), is_negative(d));
    let mut out = [0; 4];
    divide(negate_if(n, n_negative), negate_if(d, d_negative), &mut out);
    negate_if((out[2], out[3]), n_negative)
}

/// Signed multiplication that reports overflow.
#[no_mangle]
pub unsafe fn __rt_muloti4(a: u128, b: u128, overflow: *mut i32) -> Pair {
    let (a, b) = (pair(a), pair(b));
    let (a_negative, b_negative) = (is_negative(a), is_negative(b));
    let (x, y) = (negate_if(a, a_negative), negate_if(b, b_negative));
    let negative = a_negative != b_negative;

    let (low, high_0) = multiply_words(x.0, y.0);
    let (cross_1, carry_1) = multiply_words(x.1, y.0);
    let (cross_2, carry_2) = multiply_words(x.0, y.1);
    let (high_1, overflow_1) = high_0.overflowing_add(cross_1);
    let (high, overflow_2) = high_1.overflowing_add(cross_2);

    let lost = (x.1 != 0 && y.1 != 0) || carry_1 != 0 || carry_2 != 0 || overflow_1 || overflow_2;
    let is_minimum = negative && high == 1 << 63 && low == 0;
    *overflow = (lost || (high >> 63 != 0 && !is_minimum)) as i32;
    negate_if((low, high), negative)
}

#[no_mangle]
pub unsafe fn __rt_ashlti3(x: u128, by: u32) -> Pair {
    shift_left(pair(x), (by & 127) as u64)
}

#[no_mangle]
pub unsafe fn __rt_lshrti3(x: u128, by: u32) -> Pair {
    shift_right(pair(x), (by & 127) as u64)
}

#[no_mangle]
pub unsafe fn __rt_ashrti3(x: u128, by: u32) -> Pair {
    shift_right_signed(pair(x), (by & 127) as u64)
}
