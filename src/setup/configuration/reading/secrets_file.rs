//! The file of secrets that the first start in the environment `local` writes.

use std::{io, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use zeroize::Zeroizing;

use super::files;
use crate::setup::configuration::{ConfigurationError, names::SECRETS_FILE, secrets::SECRETS, sections::MADE_UP};

/// Enough for every use, HS512 included.
const RANDOM_BYTES: usize = 64;

/// Returns the text of a file with new random secrets for the environment `local`.
///
/// # Errors
/// If the operating system has no random bytes.
pub fn generate() -> Result<Zeroizing<String>, ConfigurationError> {
    let mut text = Zeroizing::new(format!(
        "# Written by the first start in the environment `local`. Keep it out of version control. Without the pepper,\n\
         # nobody who signed up can log in any more.\n\
         # PGPASSWORD and ~/.pgpass come before a password of PostgreSQL that begins with {MADE_UP:?}.\n\
         [local]\n"
    ));
    for secret in SECRETS {
        let random = random()?;
        for part in [secret.path, " = \"", secret.prefix, &random, "\"\n"] {
            text.push_str(part);
        }
    }
    Ok(text)
}

/// Writes the file, readable by its owner only, and returns whether it was missing. It never exists in part.
///
/// If another process has written it meanwhile, that file stays, and its secrets are the ones to use.
///
/// # Errors
/// If the file cannot be written.
pub fn create(directory: &Path, text: &str) -> Result<bool, ConfigurationError> {
    let written =
        files::private(directory, text).and_then(|file| Ok(file.persist_noclobber(directory.join(SECRETS_FILE))?));
    match written {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(format!("{SECRETS_FILE}: cannot be written: {error}").into()),
    }
}

/// Returns a warning if others than its owner can read or change the file.
pub fn exposure(directory: &Path) -> Option<String> {
    files::exposure(&directory.join(SECRETS_FILE), SECRETS_FILE, 0o066)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the configuration is read before there are ports to ask"
)]
fn random() -> Result<Zeroizing<String>, ConfigurationError> {
    let mut bytes = Zeroizing::new([0; RANDOM_BYTES]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|error| format!("no random bytes for secrets: {error}"))?;
    Ok(Zeroizing::new(STANDARD_NO_PAD.encode(bytes.as_slice())))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    type TestResult = Result<(), Box<dyn std::error::Error>>;

    #[test]
    fn every_file_has_secrets_of_its_own() -> TestResult {
        assert_ne!(*generate()?, *generate()?);
        Ok(())
    }

    #[test]
    fn a_file_that_appeared_meanwhile_is_left_alone() -> TestResult {
        let directory = tempfile::tempdir()?;

        assert!(create(directory.path(), "first")?);
        assert!(!create(directory.path(), "second")?);
        assert_eq!(fs::read_to_string(directory.path().join(SECRETS_FILE))?, "first");
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_readable_by_its_owner_only_and_a_wider_mode_is_warned_of() -> TestResult {
        use std::os::unix::fs::PermissionsExt;

        let directory = tempfile::tempdir()?;
        create(directory.path(), "")?;
        let path = directory.path().join(SECRETS_FILE);
        assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
        assert_eq!(exposure(directory.path()), None);

        for mode in [0o640, 0o620, 0o604, 0o602] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
            let expected =
                format!(".secrets.toml can be read or written by other users (mode {mode:o}): chmod 600 .secrets.toml");
            assert_eq!(exposure(directory.path()), Some(expected));
        }
        Ok(())
    }
}
