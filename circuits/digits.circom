// SPDX-License-Identifier: MIT
pragma circom 2.2.0;

include "layer.circom";
// The weights of jobs/neural-network as constants, written by circuits/build.ts.
include "weights.circom";

// The network of jobs/neural-network on one picture: 64 pixels, a hidden layer of 24 bytes, a sum for each of the ten digits.
// Public are the context, the pixels (31 a word, the first lowest), and the ten sums, each plus 2^23 in 24 bits of one
// word, the first lowest. The weights are part of the circuit and with it of the verifying key.
template Digits() {
    // What the proof is made for. It only has to be in a constraint: a proof then holds for no other value.
    signal input context;
    signal input pixels[3];
    signal output sums;

    signal bound_to <== context * context;

    component bytes = Bytes(64, 31);
    bytes.in <== pixels;
    component hidden = Layer(64, 24, 19, SHIFT(), W1(), B1());
    hidden.in <== bytes.out;
    component last = Linear(24, 10, W2(), B2());
    last.in <== hidden.out;

    var weights[10][24] = W2();
    var biases[10] = B2();
    var packed = 0;
    for (var o = 0; o < 10; o++) {
        assert(bound(24, weights[o], biases[o]) < 2 ** 23);
        packed += (last.out[o] + 2 ** 23) * 2 ** (24 * o);
    }
    sums <== packed;
}

component main {public [context, pixels]} = Digits();
