use thiserror::Error;

use super::Username;

/// The beginning of usernames to look for, without regard to case. Every character stands for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsernamePrefix {
    key: String,
}

/// A prefix longer than any username, or with a control character.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("must have at most {} characters and no control character", Username::MAX_LENGTH)]
pub struct InvalidUsernamePrefix;

impl UsernamePrefix {
    /// Takes `text` as the beginning of usernames; the empty text begins all of them.
    ///
    /// # Errors
    /// [`InvalidUsernamePrefix`] if it is longer than any username or has a control character.
    pub fn new(text: &str) -> Result<Self, InvalidUsernamePrefix> {
        if text.chars().count() > Username::MAX_LENGTH || text.chars().any(char::is_control) {
            return Err(InvalidUsernamePrefix);
        }
        Ok(Self {
            key: text.to_ascii_lowercase(),
        })
    }

    /// What the [key](Username::key) of a matching username starts with.
    pub fn key(&self) -> &str {
        &self.key
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
    fn a_prefix_that_no_username_can_have_for_its_length_or_controls_is_refused() {
        assert!(UsernamePrefix::new(&"a".repeat(20)).is_ok());
        assert_eq!(UsernamePrefix::new(&"a".repeat(21)), Err(InvalidUsernamePrefix));
        assert_eq!(UsernamePrefix::new("a\0"), Err(InvalidUsernamePrefix));
    }
}
