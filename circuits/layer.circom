// SPDX-License-Identifier: MIT
pragma circom 2.2.0;

// Layers of a quantised neural network. Every value is an integer whose range is either enforced by its bits or follows from
// the weights, which are constants: no sum can reach the field's order, so that nothing ever wraps around it.

// The n bits of `in`, lowest first. The proof fails when `in` is not below 2^n: the sum of the bits is unique because
// n is far below the 254 bits of the field.
template Bits(n) {
    assert(n < 250);
    signal input in;
    signal output out[n];

    var sum = 0;
    for (var i = 0; i < n; i++) {
        out[i] <-- (in >> i) & 1;
        out[i] * (out[i] - 1) === 0;
        sum += out[i] * 2 ** i;
    }
    sum === in;
}

// `count` bytes from words of up to `perWord` bytes each, the first byte lowest. A word above its bytes has no proof.
template Bytes(count, perWord) {
    assert(perWord <= 31);
    var words = (count + perWord - 1) \ perWord;
    signal input in[words];
    signal output out[count];

    component bits[words];
    for (var w = 0; w < words; w++) {
        var here = count - w * perWord < perWord ? count - w * perWord : perWord;
        bits[w] = Bits(8 * here);
        bits[w].in <== in[w];
        for (var b = 0; b < here; b++) {
            var value = 0;
            for (var i = 0; i < 8; i++) value += bits[w].out[8 * b + i] * 2 ** i;
            out[w * perWord + b] <== value;
        }
    }
}

// The largest absolute value that `b + w x` can take for 0 <= x[i] <= 255.
function bound(n, w, b) {
    var high = b;
    var low = b;
    for (var i = 0; i < n; i++) {
        if (w[i] > 0) high += 255 * w[i];
        else low += 255 * w[i];
    }
    return high > -low ? high : -low;
}

// W x + b for bytes x. Costs nothing in constraints beyond those of its outputs.
template Linear(inputs, outputs, w, b) {
    signal input in[inputs];
    signal output out[outputs];

    for (var o = 0; o < outputs; o++) {
        var sum = b[o];
        for (var i = 0; i < inputs; i++) sum += w[o][i] * in[i];
        out[o] <== sum;
    }
}

// The sum brought back to a byte: min(255, max(0, floor(in / 2^shift))), for -2^n <= in < 2^n. Anything outside has no proof.
template Requantise(n, shift) {
    assert(shift + 8 < n);
    signal input in;
    signal output out;

    component bits = Bits(n + 1);
    bits.in <== in + 2 ** n;
    // The highest bit of in + 2^n says that `in` is not negative; the others are then those of `in` itself.
    signal positive <== bits.out[n];
    var low = 0;
    for (var i = 0; i < 8; i++) low += bits.out[shift + i] * 2 ** i;
    // 1 while no bit above the byte has been seen.
    signal small[n - shift - 7];
    small[0] <== 1;
    for (var i = shift + 8; i < n; i++) {
        small[i - shift - 7] <== small[i - shift - 8] * (1 - bits.out[i]);
    }
    signal value <== 255 + small[n - shift - 8] * (low - 255);
    out <== positive * value;
}

// One layer: y = clamp(relu(W x + b) >> shift) in bytes. `n` bits hold every sum, which the weights are checked for.
template Layer(inputs, outputs, n, shift, w, b) {
    signal input in[inputs];
    signal output out[outputs];

    component linear = Linear(inputs, outputs, w, b);
    linear.in <== in;
    component requantise[outputs];
    for (var o = 0; o < outputs; o++) {
        assert(bound(inputs, w[o], b[o]) < 2 ** n);
        requantise[o] = Requantise(n, shift);
        requantise[o].in <== linear.out[o];
        out[o] <== requantise[o].out;
    }
}
