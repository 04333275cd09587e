//! The file of secrets that the first start in the environment `local` writes.

use std::{io, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use zeroize::Zeroizing;

use super::{ConfigurationError, database::MADE_UP, files};

/// The bits of a mode that let others than the owner read or write.
const OTHERS: u32 = 0o066;

/// Enough for every use, HS512 included.
const RANDOM_BYTES: usize = 64;

/// The text of a file with fresh random secrets for the environment `local`.
///
/// # Errors
/// If the operating system has no random bytes.
pub(super) fn generate() -> Result<Zeroizing<String>, ConfigurationError> {
    let [pepper, jwt_secret, key, postgres_password] = [random()?, random()?, random()?, random()?];
    Ok(Zeroizing::new(format!(
        "# Written by the first start in the environment `local`. Keep it out of version control. Without the pepper,\n\
         # nobody who signed up can log in any more.\n\
         [local.security]\n\
         password.pepper = \"{}\"\n\
         auth.jwt_secret = \"{}\"\n\
         cookies.key = \"{}\"\n\
         # For the server of Docker Compose. PGPASSWORD and ~/.pgpass come before a password that begins with {MADE_UP:?}.\n\
         [local.postgres]\n\
         password = \"{MADE_UP}{}\"\n",
        *pepper, *jwt_secret, *key, *postgres_password
    )))
}

/// Writes the file, readable by its owner only, unless it has come into being meanwhile: then another process was
/// faster, and its secrets are the ones to use. Returns whether it was written; it is never there in part.
///
/// # Errors
/// If the file cannot be written.
pub(super) fn create(directory: &Path, text: &str) -> Result<bool, ConfigurationError> {
    let written = files::private(directory, text)
        .and_then(|file| Ok(file.persist_noclobber(directory.join(files::SECRETS_FILE))?));
    match written {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(format!("{}: cannot be written: {error}", files::SECRETS_FILE).into()),
    }
}

/// A warning if others than its owner may read or change the file.
pub(super) fn exposure(directory: &Path) -> Option<String> {
    files::exposure(&directory.join(files::SECRETS_FILE), files::SECRETS_FILE, OTHERS)
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
        assert_eq!(fs::read_to_string(directory.path().join(files::SECRETS_FILE))?, "first");
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_readable_by_its_owner_only_and_a_wider_mode_is_warned_of() -> TestResult {
        use std::os::unix::fs::PermissionsExt;

        let directory = tempfile::tempdir()?;
        create(directory.path(), "")?;
        let path = directory.path().join(files::SECRETS_FILE);
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
