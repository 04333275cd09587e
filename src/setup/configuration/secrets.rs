//! The table of secrets. A new one takes a line here and a field in its section.

use super::{
    names::{SECRETS_FILE, file_variable, variable},
    sections::{JwtAlgorithm, MADE_UP},
};

/// Shortest secret in bytes, unless its purpose requires a longer one.
const LEAST_BYTES: usize = 32;

/// A key whose value is never shown or logged.
pub struct Secret {
    /// Path of the key, such as `security.cookies.key`.
    pub path: &'static str,
    /// Whether it may be a list whose first value is in use.
    rotates: bool,
    /// Shortest value in bytes: 0 if there need be none, `None` if the secret is not used with the algorithm.
    pub(super) least_bytes: fn(JwtAlgorithm) -> Option<usize>,
    /// Prefix of a generated value.
    pub(super) prefix: &'static str,
}

/// Every secret of the configuration.
pub const SECRETS: [Secret; 4] = [
    Secret::rotating("security.password.pepper", |_| Some(LEAST_BYTES)),
    Secret::rotating("security.auth.jwt_secret", JwtAlgorithm::least_secret_bytes),
    Secret::rotating("security.cookies.key", |_| Some(LEAST_BYTES)),
    Secret {
        path: "postgres.password",
        rotates: false,
        // Its length is between the database and its administrator.
        least_bytes: |_| Some(0),
        prefix: MADE_UP,
    },
];

impl Secret {
    const fn rotating(path: &'static str, least_bytes: fn(JwtAlgorithm) -> Option<usize>) -> Self {
        Self {
            path,
            rotates: true,
            least_bytes,
            prefix: "",
        }
    }
}

/// Returns whether the key at `path` is a secret.
pub fn is_secret(path: &str) -> bool {
    SECRETS.iter().any(|secret| secret.path == path)
}

/// Returns whether the value at `path` is a secret or a section that holds one.
pub fn holds_secret(path: &str) -> bool {
    SECRETS.iter().any(|secret| {
        let rest = secret.path.strip_prefix(path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

/// Returns whether the key at `path` may be a list whose first value is in use.
pub fn rotates(path: &str) -> bool {
    let secret = SECRETS.iter().find(|secret| secret.path == path);
    path == "security.auth.jwt_public_key_file" || secret.is_some_and(|secret| secret.rotates)
}

/// Describes a fault of the secret at `path`, with the ways to set it.
pub fn problem(path: &str, fault: &str, environment: &str) -> String {
    format!(
        "{path} {fault}: set it in {SECRETS_FILE} under [{environment}], in the variable {}, or in a file named by the \
         variable {}",
        variable(path),
        file_variable(path)
    )
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("security")]
    #[case("security.password")]
    #[case("security.password.pepper")]
    fn a_secret_and_the_sections_around_it_are_concerned(#[case] path: &str) {
        assert!(holds_secret(path));
    }

    #[rstest]
    #[case("security.password.pep")]
    #[case("security.password.min_length")]
    #[case("server")]
    fn other_keys_are_not(#[case] path: &str) {
        assert!(!holds_secret(path));
    }
}
