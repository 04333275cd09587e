use std::{
    fmt,
    hash::{Hash, Hasher},
};

use thiserror::Error;

/// The name by which a user logs in and is shown.
///
/// It has 5 to 20 characters of `A-Z a-z 0-9 . _ -`, starts and ends with a letter or digit, and has no two specials in
/// a row. It is shown as typed, but compared by its [key](Username::key): `Alice` and `alice` are the same user.
#[derive(Clone, Debug)]
pub struct Username {
    text: String,
    key: String,
}

/// The rule that a username breaks.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum InvalidUsername {
    /// Fewer than [`Username::MIN_LENGTH`] or more than [`Username::MAX_LENGTH`] characters.
    #[error(
        "A username must have {} to {} characters.",
        Username::MIN_LENGTH,
        Username::MAX_LENGTH
    )]
    Length,
    /// A character outside the alphabet.
    #[error("A username may contain only letters A-Z and a-z, digits, '.', '_' and '-'.")]
    Character,
    /// A special at the start or the end.
    #[error("A username must start and end with a letter or a digit.")]
    Edge,
    /// Two specials in a row.
    #[error("A username must not contain two of '.', '_' and '-' in a row.")]
    ConsecutiveSpecials,
}

impl Username {
    /// Minimum length, in characters.
    pub const MIN_LENGTH: usize = 5;
    /// Maximum length, in characters.
    pub const MAX_LENGTH: usize = 20;

    /// Takes `text` as a username.
    ///
    /// # Errors
    /// The first rule that `text` breaks.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidUsername> {
        let text = text.into();
        let bytes = text.as_bytes();

        if !(Self::MIN_LENGTH..=Self::MAX_LENGTH).contains(&text.chars().count()) {
            return Err(InvalidUsername::Length);
        }
        if !bytes.iter().copied().all(Self::allows) {
            return Err(InvalidUsername::Character);
        }
        if bytes.first().is_some_and(is_special) || bytes.last().is_some_and(is_special) {
            return Err(InvalidUsername::Edge);
        }
        if bytes.windows(2).any(|pair| pair.iter().all(is_special)) {
            return Err(InvalidUsername::ConsecutiveSpecials);
        }
        let key = text.to_ascii_lowercase();
        Ok(Self { text, key })
    }

    /// Returns whether usernames may have this character.
    pub(super) fn allows(byte: u8) -> bool {
        byte.is_ascii_alphanumeric() || is_special(&byte)
    }

    /// Returns the name as its user typed it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the lower-case form, which is unique among users and used for every look-up.
    pub fn key(&self) -> &str {
        &self.key
    }
}

fn is_special(byte: &u8) -> bool {
    matches!(byte, b'.' | b'_' | b'-')
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Username {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Username {}

impl Hash for Username {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::shortest("alice")]
    #[case::longest("a2345678901234567890")]
    #[case::specials_inside("a.b_c-d")]
    #[case::digits("12345")]
    fn a_name_within_the_rules_is_accepted(#[case] text: &str) {
        assert_eq!(Username::new(text).map(|name| name.to_string()), Ok(text.into()));
    }

    #[rstest]
    #[case::empty("", InvalidUsername::Length)]
    #[case::too_short("abcd", InvalidUsername::Length)]
    #[case::too_long("a23456789012345678901", InvalidUsername::Length)]
    #[case::space("ali ce", InvalidUsername::Character)]
    #[case::nul("alice\0", InvalidUsername::Character)]
    #[case::umlaut("älice", InvalidUsername::Character)]
    #[case::full_width("ａｌｉｃｅ", InvalidUsername::Character)]
    #[case::kelvin_sign("\u{212a}elvin", InvalidUsername::Character)]
    #[case::special_first(".alice", InvalidUsername::Edge)]
    #[case::special_last("alice-", InvalidUsername::Edge)]
    #[case::two_specials("al._ice", InvalidUsername::ConsecutiveSpecials)]
    fn a_name_that_breaks_a_rule_is_refused_with_that_rule(#[case] text: &str, #[case] rule: InvalidUsername) {
        assert_eq!(Username::new(text), Err(rule));
    }

    #[test]
    fn names_that_differ_in_case_only_are_the_same_user() -> Result<(), InvalidUsername> {
        assert_eq!(Username::new("Alice")?, Username::new("aLICE")?);
        assert_eq!(Username::new("Alice")?.as_str(), "Alice");
        Ok(())
    }

    proptest! {
        #[test]
        fn every_name_built_by_the_rules_is_accepted(text in "[A-Za-z0-9]{2}([._-]?[A-Za-z0-9]){3,9}") {
            let name = Username::new(text.clone());
            prop_assert_eq!(name.as_ref().map(Username::as_str), Ok(text.as_str()));
        }

        #[test]
        fn any_text_is_judged_exactly_by_the_rules(text in "\\PC{0,24}|[A-Za-z0-9._-]{0,24}") {
            let lawful = (5..=20).contains(&text.chars().count())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
                && !text.starts_with(['.', '_', '-'])
                && !text.ends_with(['.', '_', '-'])
                && !text.as_bytes().windows(2).any(|w| w.iter().all(|b| b"._-".contains(b)));
            prop_assert_eq!(Username::new(text).is_ok(), lawful);
        }
    }
}
