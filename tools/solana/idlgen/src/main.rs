//! Prints the IDL of the program in the given directory: the builder that `anchor idl build` uses, without its CLI.
use anyhow::Context;

fn main() -> anyhow::Result<()> {
    let directory = std::env::args().nth(1).context("usage: idlgen PROGRAM_DIRECTORY")?;
    let path = std::fs::canonicalize(&directory).with_context(|| format!("there is no directory {directory}"))?;
    let idl = anchor_lang_idl::build::IdlBuilder::new().program_path(path).skip_lint(true).build()?;
    println!("{}", serde_json::to_string_pretty(&idl)?);
    Ok(())
}
