use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// A word that no new password may contain, such as the name of the service (OWASP ASVS 5.0, 6.1.2).
///
/// It is kept in Unicode NFC and lower case, as passwords are compared with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextWord(String);

/// The word is shorter than [`ContextWord::MIN_LENGTH`].
#[derive(Debug, Error, PartialEq, Eq)]
#[error("A context word must have at least {} characters.", ContextWord::MIN_LENGTH)]
pub struct InvalidContextWord;

impl ContextWord {
    /// Minimum length, in characters. Shorter words are part of too many others.
    pub const MIN_LENGTH: usize = 4;

    /// Takes `text` as a context word.
    ///
    /// # Errors
    /// [`InvalidContextWord`] if it is too short.
    pub fn new(text: &str) -> Result<Self, InvalidContextWord> {
        let word = text.nfc().flat_map(char::to_lowercase).collect::<String>();
        if word.chars().count() < Self::MIN_LENGTH {
            return Err(InvalidContextWord);
        }
        Ok(Self(word))
    }

    /// Returns whether `lower_case` contains the word.
    pub(super) fn is_in(&self, lower_case: &str) -> bool {
        lower_case.contains(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::short("abc", false)]
    #[case::shortest("Acme", true)]
    #[case::counted_in_characters("éééé", true)]
    #[case::counted_after_normalization("cafe\u{301}", true)]
    #[case::fewer_after_normalization("cae\u{301}", false)]
    fn a_word_has_four_characters_or_more(#[case] text: &str, #[case] accepted: bool) {
        assert_eq!(ContextWord::new(text).is_ok(), accepted);
    }

    #[test]
    fn words_that_differ_in_case_or_composition_alone_are_the_same() {
        assert_eq!(ContextWord::new("CAFÉ"), ContextWord::new("cafe\u{301}"));
    }
}
