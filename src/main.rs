//! Runs the command given on the command line.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use gatehouse::{presentation::cli::Arguments, setup};

fn main() -> ExitCode {
    match setup::run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error fails too, the exit code still reports the failure.
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
