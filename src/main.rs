//! Starts what the command line asks for.

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
            // If that cannot be written either, the exit code says it alone.
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
