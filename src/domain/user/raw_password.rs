use std::fmt;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::{ContextWord, Username, common_passwords::is_common};

/// A password in plain text. `Debug` does not show it, and it is wiped from memory on drop.
///
/// It is normalized to Unicode NFC, so that the same characters match however a keyboard composed them (NIST SP
/// 800-63B-4, 3.1.1.2).
#[derive(Clone)]
pub struct RawPassword(Zeroizing<String>);

/// The rules for new passwords (NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5.0, 6.2.4 and 6.2.11).
#[derive(Clone, Debug)]
pub struct PasswordPolicy {
    min_length: usize,
    context_words: Vec<ContextWord>,
}

/// The rule that a new password breaks.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum InvalidPassword {
    /// Fewer than `min_length` or more than [`PasswordPolicy::MAX_LENGTH`] characters.
    #[error("A password must have {min_length} to {} characters.", PasswordPolicy::MAX_LENGTH)]
    Length {
        /// Minimum length, in characters.
        min_length: usize,
    },
    /// It contains the username, in any case.
    #[error("A password must not contain the username.")]
    ContainsUsername,
    /// It contains a word that has to do with the service, in any case.
    #[error("A password must not contain words of this service, such as its name.")]
    ContainsContextWord,
    /// It is one of the 100,000 or so most common ones, in any case.
    #[error("A password must not be one of the most common ones.")]
    Common,
    /// It is known from a data breach, as [a port](crate::application::ports::BreachedPasswords) has found out.
    #[error("A password must not be known from a data breach. This one is.")]
    Breached,
}

impl PasswordPolicy {
    /// Lower bound of the minimum length, in characters.
    pub const LEAST_MIN_LENGTH: usize = 8;
    /// Maximum length of a password, in characters.
    pub const MAX_LENGTH: usize = 256;

    /// Requires `min_length` characters, or [`LEAST_MIN_LENGTH`](Self::LEAST_MIN_LENGTH) if that is more.
    pub fn new(min_length: usize) -> Self {
        Self {
            min_length: min_length.clamp(Self::LEAST_MIN_LENGTH, Self::MAX_LENGTH),
            context_words: Vec::new(),
        }
    }

    /// Rejects passwords that contain one of `words`, besides.
    pub fn with_context_words(self, words: Vec<ContextWord>) -> Self {
        Self {
            context_words: words,
            ..self
        }
    }

    /// Returns whether there are words that no password may contain.
    pub fn has_context_words(&self) -> bool {
        !self.context_words.is_empty()
    }

    /// Returns the minimum length of a new password, in characters.
    pub fn min_length(&self) -> usize {
        self.min_length
    }
}

impl RawPassword {
    /// Takes `text` as a new password of the user called `username`. Any character is allowed.
    ///
    /// # Errors
    /// The first rule of `policy` that `text` breaks.
    pub fn new(text: &str, username: &Username, policy: &PasswordPolicy) -> Result<Self, InvalidPassword> {
        let password = Self::attempt(text);
        if !(policy.min_length..=PasswordPolicy::MAX_LENGTH).contains(&password.0.chars().count()) {
            return Err(InvalidPassword::Length {
                min_length: policy.min_length,
            });
        }
        let lower_case = password.lower_case();
        if lower_case.contains(username.key()) {
            return Err(InvalidPassword::ContainsUsername);
        }
        if policy.context_words.iter().any(|word| word.is_in(&lower_case)) {
            return Err(InvalidPassword::ContainsContextWord);
        }
        if is_common(&lower_case) {
            return Err(InvalidPassword::Common);
        }
        Ok(password)
    }

    /// Takes `text` as an attempt at an existing password, without any rule.
    pub fn attempt(text: &str) -> Self {
        // NFC at most triples the bytes (UAX #15), so this buffer is never moved and leaves no copy behind.
        let mut normalized = Zeroizing::new(String::with_capacity(text.len() * 3));
        normalized.extend(text.nfc());
        Self(normalized)
    }

    /// Returns the password in plain text.
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn lower_case(&self) -> Zeroizing<String> {
        // Lower case at most doubles the bytes, so this buffer is never moved either.
        let mut lower_case = Zeroizing::new(String::with_capacity(self.0.len() * 2));
        lower_case.extend(self.0.chars().flat_map(char::to_lowercase));
        lower_case
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

    fn new(text: &str, min_length: usize) -> Result<RawPassword, InvalidPassword> {
        let alice = Username::new("Alice").unwrap();
        RawPassword::new(text, &alice, &PasswordPolicy::new(min_length))
    }

    #[rstest]
    #[case(7, false)]
    #[case(8, true)]
    #[case(256, true)]
    #[case(257, false)]
    fn the_length_is_judged_in_characters(#[case] length: usize, #[case] accepted: bool) {
        assert_eq!(new(&"ü".repeat(length), 8).is_ok(), accepted);
    }

    #[test]
    fn the_minimum_can_be_raised_but_not_lowered() {
        assert!(new("27172819", 1).is_ok());
        assert!(new("2717281", 1).is_err());
        assert!(new("27172819271728", 15).is_err());
    }

    #[rstest]
    #[case("iloveyou", InvalidPassword::Common)]
    #[case("ILoveYou", InvalidPassword::Common)]
    #[case("13Marino", InvalidPassword::Common)]
    #[case::not_only_ascii("АЛЕКСАНДР", InvalidPassword::Common)]
    #[case("alice-2026", InvalidPassword::ContainsUsername)]
    #[case("Wonderland of ALICE", InvalidPassword::ContainsUsername)]
    #[case("alice123", InvalidPassword::ContainsUsername)]
    fn what_is_tried_first_is_refused_whatever_its_case(#[case] text: &str, #[case] expected: InvalidPassword) {
        assert_eq!(new(text, 8).err(), Some(expected));
    }

    #[rstest]
    #[case::more_than_a_common_one("iloveyou a lot")]
    #[case::part_of_the_username("ali ce wonders")]
    #[case("correct horse")]
    fn whatever_else_is_accepted(#[case] text: &str) {
        assert!(new(text, 8).is_ok());
    }

    #[rstest]
    #[case("biscuits2026", false)]
    #[case("My BisCuits!", false)]
    #[case::composed("au caf\u{e9} Noir", false)]
    #[case::decomposed("au cafe\u{301} noir", false)]
    #[case::part_of_a_word("bis and cuits", true)]
    #[case::other_letters("au cafe noir", true)]
    fn a_context_word_is_refused_whatever_its_case(#[case] text: &str, #[case] accepted: bool) {
        let words = ["Biscuits", "CAFE\u{301} NOIR"].map(|word| ContextWord::new(word).unwrap());
        let policy = PasswordPolicy::new(8).with_context_words(words.to_vec());
        let outcome = RawPassword::new(text, &Username::new("Alice").unwrap(), &policy);
        let expected = (!accepted).then_some(InvalidPassword::ContainsContextWord);
        assert_eq!(outcome.err(), expected);
    }

    #[test]
    fn a_refusal_says_the_rule_and_not_the_password() {
        let refusal = new("hunter2", 8).map_err(|error| error.to_string());
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

            let is_too_short_or_long = matches!(new(&text, 8), Err(InvalidPassword::Length { .. }));
            prop_assert_eq!(is_too_short_or_long, !(8..=256).contains(&once.expose().chars().count()));
        }
    }
}
