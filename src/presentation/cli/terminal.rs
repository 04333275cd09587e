//! Output and prompts on the terminal.

use std::{
    fmt::Display,
    io::{self, BufRead, IsTerminal, Write},
};

use anyhow::{Context, bail};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::arguments::PasswordSource;

/// Limit for a password on standard input, in bytes; far more than any policy allows.
const MAX_PASSWORD_BYTES: u64 = 4096;

/// Prints a line. A reader that closes the pipe early, such as `head`, is not an error.
///
/// # Errors
/// If standard output cannot be written to for another reason.
pub fn say(line: impl Display) -> anyhow::Result<()> {
    match writeln!(io::stdout().lock(), "{line}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error).context("cannot print"),
        _ => Ok(()),
    }
}

/// Prints a completed change, on standard error if standard output fails.
pub fn report(done: impl Display) {
    if let Err(error) = say(&done) {
        // If standard error fails too, there is nowhere left to report it.
        let _ = writeln!(
            io::stderr().lock(),
            "warning: {error:#}; this was done nevertheless: {done}"
        );
    }
}

/// Asks for confirmation to destroy something, unless `yes` is set.
///
/// # Errors
/// If the answer is not yes, or there is no terminal to ask on.
pub fn confirm_destruction(what: &str, yes: bool) -> anyhow::Result<()> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        bail!("{what} Nothing was done: pass --yes to do it without being asked");
    }
    confirm(what)
}

/// Asks for confirmation if there is a terminal and `yes` is not set.
///
/// # Errors
/// If the answer is not yes.
pub(super) fn confirm_if_interactive(what: &str, yes: bool) -> anyhow::Result<()> {
    if yes || !io::stdin().is_terminal() {
        return Ok(());
    }
    confirm(what)
}

fn confirm(what: &str) -> anyhow::Result<()> {
    let mut stderr = io::stderr().lock();
    write!(stderr, "{what} Go on? [y/N] ")?;
    stderr.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    if !matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
        bail!("nothing was done");
    }
    Ok(())
}

/// Reads a new password: from a prompt without echo, twice, or from standard input.
///
/// # Errors
/// If there is no terminal to ask on, the two differ, or standard input has no text.
pub(super) fn read_new_password(source: &PasswordSource) -> anyhow::Result<SecretString> {
    if source.stdin {
        return read_first_line(io::stdin().lock());
    }
    let password = prompt("Password: ")?;
    let again = prompt("Password, once more: ")?;
    if password.expose_secret() != again.expose_secret() {
        bail!("the passwords differ: nothing was done");
    }
    Ok(password)
}

fn prompt(text: &str) -> anyhow::Result<SecretString> {
    match rpassword::prompt_password(text) {
        Ok(password) => Ok(password.into()),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => bail!("no password was given: nothing was done"),
        Err(error) => {
            Err(error).context("cannot ask for the password without a terminal: pass --password-stdin and pipe it in")
        }
    }
}

fn read_first_line(input: impl BufRead) -> anyhow::Result<SecretString> {
    let mut line = Zeroizing::new(String::with_capacity(MAX_PASSWORD_BYTES as usize));
    input
        .take(MAX_PASSWORD_BYTES)
        .read_line(&mut line)
        .context("cannot read the password from standard input")?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("there is no password on standard input");
    }
    Ok(password.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_the_first_line_without_its_break() {
        for input in ["correct horse", "correct horse\n", "correct horse\r\nmore\n"] {
            let password = read_first_line(input.as_bytes()).unwrap();
            assert_eq!(password.expose_secret(), "correct horse");
        }
    }

    #[test]
    fn no_password_is_an_error() {
        for input in ["", "\n"] {
            assert!(read_first_line(input.as_bytes()).is_err());
        }
    }
}
