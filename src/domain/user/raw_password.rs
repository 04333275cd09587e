use std::fmt;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// A password in the clear, normalized to Unicode NFC so that the same characters match however a keyboard composed them
/// (NIST SP 800-63B-4, 3.1.1.2). Never shown by `Debug`, wiped from memory on drop.
#[derive(Clone)]
pub struct RawPassword(Zeroizing<String>);

/// What a new password must fulfil.
#[derive(Clone, Copy, Debug)]
pub struct PasswordPolicy {
    min_length: usize,
}

/// A new password that is too short or too long.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("A password must have {min_length} to {} characters.", PasswordPolicy::MAX_LENGTH)]
pub struct InvalidPassword {
    min_length: usize,
}

impl PasswordPolicy {
    /// The lowest minimum that a policy may ask for, in characters.
    pub const LEAST_MIN_LENGTH: usize = 8;
    /// Maximum length of a password, in characters.
    pub const MAX_LENGTH: usize = 256;

    /// A policy that asks for at least `min_length` characters, or for
    /// [`LEAST_MIN_LENGTH`](Self::LEAST_MIN_LENGTH) if that is more.
    pub fn new(min_length: usize) -> Self {
        Self {
            min_length: min_length.clamp(Self::LEAST_MIN_LENGTH, Self::MAX_LENGTH),
        }
    }

    /// Minimum length of a new password, in characters.
    pub fn min_length(&self) -> usize {
        self.min_length
    }
}

impl RawPassword {
    /// Takes `text` as a new password. Characters are counted after normalization; any of them is allowed.
    ///
    /// # Errors
    /// [`InvalidPassword`] if `policy` refuses its length.
    pub fn new(text: &str, policy: &PasswordPolicy) -> Result<Self, InvalidPassword> {
        let password = Self::attempt(text);
        if !(policy.min_length..=PasswordPolicy::MAX_LENGTH).contains(&password.0.chars().count()) {
            return Err(InvalidPassword {
                min_length: policy.min_length,
            });
        }
        Ok(password)
    }

    /// Takes `text` as an attempt at an existing password, to which no policy applies.
    pub fn attempt(text: &str) -> Self {
        // NFC at most triples the bytes (UAX #15), so this buffer is never moved and leaves no copy behind.
        let mut normalized = Zeroizing::new(String::with_capacity(text.len() * 3));
        normalized.extend(text.nfc());
        Self(normalized)
    }

    /// The password in the clear, for the one who hashes it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RawPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RawPassword([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(7, false)]
    #[case(8, true)]
    #[case(256, true)]
    #[case(257, false)]
    fn the_length_is_judged_in_characters(#[case] length: usize, #[case] accepted: bool) {
        let policy = PasswordPolicy::new(8);
        assert_eq!(RawPassword::new(&"ü".repeat(length), &policy).is_ok(), accepted);
    }

    #[test]
    fn the_minimum_can_be_raised_but_not_lowered() {
        assert!(RawPassword::new("12345678", &PasswordPolicy::new(1)).is_ok());
        assert!(RawPassword::new("1234567", &PasswordPolicy::new(1)).is_err());
        assert!(RawPassword::new("12345678901234", &PasswordPolicy::new(15)).is_err());
    }

    #[test]
    fn a_refusal_says_the_rule_and_not_the_password() {
        let refusal = RawPassword::new("hunter2", &PasswordPolicy::new(8)).map_err(|error| error.to_string());
        assert_eq!(
            refusal.err().as_deref(),
            Some("A password must have 8 to 256 characters.")
        );
    }

    #[test]
    fn composed_and_decomposed_characters_are_the_same_password() {
        assert_eq!(
            RawPassword::attempt("pass\u{e9}word").expose(),
            RawPassword::attempt("passe\u{301}word").expose()
        );
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        assert!(!format!("{:?}", RawPassword::attempt("correct horse")).contains("horse"));
    }

    proptest! {
        #[test]
        fn normalization_is_stable_and_decides_the_length(text in any::<String>()) {
            let once = RawPassword::attempt(&text);
            let twice = RawPassword::attempt(once.expose());
            prop_assert_eq!(once.expose(), twice.expose());

            let accepted = RawPassword::new(&text, &PasswordPolicy::new(8)).is_ok();
            prop_assert_eq!(accepted, (8..=256).contains(&once.expose().chars().count()));
        }
    }
}
