//! The same operations, compiled for this machine: reads lines of four numbers, prints a line of words for each.
use std::io::{BufRead, BufWriter, Write};

#[path = "../src/operations.rs"]
mod operations;

fn main() {
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line of text");
        let input: Vec<u64> = line.split_whitespace().map(|word| word.parse().expect("a number")).collect();
        let words: Vec<String> =
            operations::all(input[0], input[1], input[2], input[3]).iter().map(|word| word.to_string()).collect();
        writeln!(out, "{}", words.join(" ")).expect("an open output");
    }
}
