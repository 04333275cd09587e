use thiserror::Error;

use super::Username;

/// A prefix to search usernames by, in any case and without wildcards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsernamePrefix {
    key: String,
}

/// The prefix is longer than any username, or has a control character.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("must have at most {} characters and no control character", Username::MAX_LENGTH)]
pub struct InvalidUsernamePrefix;

impl UsernamePrefix {
    /// Takes `text` as a prefix. The empty text is a prefix of all usernames.
    ///
    /// # Errors
    /// [`InvalidUsernamePrefix`] if `text` is longer than any username, or has a control character.
    pub fn new(text: &str) -> Result<Self, InvalidUsernamePrefix> {
        if text.chars().count() > Username::MAX_LENGTH || text.chars().any(char::is_control) {
            return Err(InvalidUsernamePrefix);
        }
        Ok(Self {
            key: text.to_ascii_lowercase(),
        })
    }

    /// Returns the prefix of the [keys](Username::key) of matching usernames.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns whether it has only characters that usernames may have. Otherwise it matches nobody.
    pub fn is_possible(&self) -> bool {
        self.key.bytes().all(Username::allows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_matched_by_its_lower_case_form() {
        assert_eq!(UsernamePrefix::new("Al_%").map(|prefix| prefix.key), Ok("al_%".into()));
    }

    #[test]
    fn a_prefix_is_possible_if_usernames_may_have_its_characters() {
        for (text, is_possible) in [
            ("", true),
            ("Al.b-c_9", true),
            ("o'", false),
            ("a%", false),
            ("é", false),
        ] {
            assert_eq!(UsernamePrefix::new(text).unwrap().is_possible(), is_possible, "{text}");
        }
    }

    #[test]
    fn a_prefix_that_no_username_can_have_for_its_length_or_controls_is_refused() {
        assert!(UsernamePrefix::new(&"a".repeat(20)).is_ok());
        assert_eq!(UsernamePrefix::new(&"a".repeat(21)), Err(InvalidUsernamePrefix));
        assert_eq!(UsernamePrefix::new("a\0"), Err(InvalidUsernamePrefix));
    }
}
