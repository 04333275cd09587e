//! Starts what the command line asks for.

use std::process::ExitCode;

use clap::Parser;
use gatehouse::{presentation::cli::Arguments, setup};

fn main() -> ExitCode {
    match setup::run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "the last word to whoever typed the command")]
            {
                eprintln!("error: {error:#}");
            }
            ExitCode::FAILURE
        }
    }
}
