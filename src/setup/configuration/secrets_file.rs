//! The file of secrets that the first start in the environment `local` writes.

use std::{fs, io, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use zeroize::Zeroizing;

use super::{ConfigurationError, files};

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
         [local.postgres]\n\
         password = \"{}\"\n",
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

/// A warning if others than its owner may read the file.
#[cfg(unix)]
pub(super) fn exposure(directory: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;

    let mode = fs::metadata(directory.join(files::SECRETS_FILE))
        .ok()?
        .permissions()
        .mode();
    let name = files::SECRETS_FILE;
    (mode & 0o044 != 0).then(|| {
        format!(
            "{name} can be read by other users (mode {:03o}): chmod 600 {name}",
            mode & 0o777
        )
    })
}

/// A warning if others than its owner may read the file; on this system that cannot be told from its mode.
#[cfg(not(unix))]
pub(super) fn exposure(_directory: &Path) -> Option<String> {
    None
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

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640))?;
        assert!(exposure(directory.path()).is_some_and(|warning| warning.contains("mode 640")));
        Ok(())
    }
}
