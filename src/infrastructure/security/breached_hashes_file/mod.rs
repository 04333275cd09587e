mod sorted_hashes;

use std::{
    fmt,
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use sha1::{Digest, Sha1};
use tokio::{sync::Semaphore, task::spawn_blocking};
use zeroize::Zeroizing;

pub use self::sorted_hashes::SortedHashesError;
use self::sorted_hashes::{Extent, Hash, SortedHashes};
use crate::{
    application::ports::{BreachCheckError, BreachedPasswords},
    domain::user::RawPassword,
};

/// How many passwords are looked up at a time. With a slow disk, more would take the threads that hash passwords.
const MAX_LOOKUPS: usize = 4;

/// Looks up breached passwords in a sorted file of SHA-1 hashes, as Have I Been Pwned publishes them.
///
/// A look-up opens the file anew, reads a few blocks of it, and runs off the async workers. So memory does not depend
/// on the size of the file, and a new file that is renamed over it is in use with the next look-up.
pub struct BreachedHashesFile {
    path: PathBuf,
    turns: Arc<Semaphore>,
}

impl BreachedHashesFile {
    /// Looks up passwords in the file at `path`, which need not exist yet.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            turns: Arc::new(Semaphore::new(MAX_LOOKUPS)),
        }
    }

    /// Checks by a sample that the file at `path` has sorted hashes. It reads a megabyte of a file of any size.
    ///
    /// # Errors
    /// See [`SortedHashesError`].
    pub fn check_sample(path: &Path) -> Result<(), SortedHashesError> {
        open(path)?.check(Extent::Sample)
    }

    /// Checks each line of the file at `path`.
    ///
    /// # Errors
    /// See [`SortedHashesError`].
    pub fn check_whole(path: &Path) -> Result<(), SortedHashesError> {
        open(path)?.check(Extent::Whole)
    }

    fn failed(&self, error: impl fmt::Display) -> BreachCheckError {
        BreachCheckError(format!("the file of breached passwords, {}: {error}", self.path.display()).into())
    }
}

#[async_trait]
impl BreachedPasswords for BreachedHashesFile {
    async fn contains(&self, password: &RawPassword) -> Result<bool, BreachCheckError> {
        let turn = self.turns.clone().acquire_owned().await;
        let turn = turn.map_err(|error| self.failed(error))?;
        let (path, password) = (self.path.clone(), password.clone());
        let lookup = spawn_blocking(move || {
            // The turn ends with the thread, even if the request is dropped before.
            let _turn = turn;
            let hash = Zeroizing::new(Hash::from(Sha1::digest(password.expose())));
            open(&path)?.contains(&hash)
        });
        let outcome = lookup.await.map_err(|error| self.failed(error))?;
        outcome.map_err(|error| self.failed(error))
    }
}

fn open(path: &Path) -> Result<SortedHashes<File>, SortedHashesError> {
    SortedHashes::new(File::open(path)?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    /// What `sha1sum` prints for `password`, and for `café au lait` in NFC.
    const LINES: &str = "\
        5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:52256179\r\n\
        96C0CC0DBB9F6462D56281666E592C1CDFC7709C:1\r\n";

    async fn contains(file: &BreachedHashesFile, text: &str) -> Result<bool, BreachCheckError> {
        file.contains(&RawPassword::attempt(text)).await
    }

    fn line_of(text: &str) -> String {
        let hash = Hash::from(Sha1::digest(text));
        hash.iter().map(|byte| format!("{byte:02X}")).collect::<String>() + ":7\r\n"
    }

    #[tokio::test]
    async fn passwords_are_looked_up_by_the_sha_1_of_their_normalized_form() {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("hashes");
        fs::write(&path, LINES).unwrap();
        let file = BreachedHashesFile::new(path);
        assert!(contains(&file, "password").await.unwrap());
        assert!(contains(&file, "cafe\u{301} au lait").await.unwrap());
        assert!(!contains(&file, "Password").await.unwrap());
    }

    #[tokio::test]
    async fn a_file_that_is_renamed_over_it_is_in_use_at_once_and_a_lost_one_is_an_error() {
        let directory = TempDir::new().unwrap();
        let (path, new) = (directory.path().join("hashes"), directory.path().join("new"));
        let file = BreachedHashesFile::new(path.clone());
        fs::write(&path, line_of("old one")).unwrap();
        assert!(contains(&file, "old one").await.unwrap());

        fs::write(&new, line_of("new one")).unwrap();
        fs::rename(&new, &path).unwrap();
        assert!(!contains(&file, "old one").await.unwrap());
        assert!(contains(&file, "new one").await.unwrap());

        for content in ["", "no hash\n"] {
            fs::write(&path, content).unwrap();
            assert!(contains(&file, "new one").await.is_err());
        }
        fs::remove_file(&path).unwrap();
        let error = contains(&file, "new one").await.unwrap_err();
        let said = format!("{error:?}");
        assert!(said.contains("hashes: it cannot be read: "), "{said}");
        assert!(!said.contains("new one"), "{said}");
    }

    #[tokio::test]
    async fn many_look_ups_at_once_all_get_their_answer() {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("hashes");
        fs::write(&path, line_of("breached")).unwrap();
        let file = BreachedHashesFile::new(path);
        let lookups = (0..50).map(|_| contains(&file, "breached"));
        for found in futures_util::future::join_all(lookups).await {
            assert!(found.unwrap());
        }
    }
}
