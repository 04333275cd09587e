/// The name of the operator's account on the machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OperatorName(String);

impl OperatorName {
    /// Maximum length, in characters.
    pub const MAX_LENGTH: usize = 64;

    /// Takes the beginning of `text` without white space and control characters, unless that is empty.
    pub fn new(text: &str) -> Option<Self> {
        let kept = text
            .chars()
            .filter(|character| !character.is_control() && !character.is_whitespace());
        let kept = String::from_iter(kept.take(Self::MAX_LENGTH));
        (!kept.is_empty()).then_some(Self(kept))
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_short_word() {
        let kept = |text: &str| OperatorName::new(text).map(|name| name.as_str().to_owned());
        assert_eq!(kept("ops").as_deref(), Some("ops"));
        assert_eq!(kept("DOMAIN\\J. Doe\n\u{1b}[2J").as_deref(), Some("DOMAIN\\J.Doe[2J"));
        assert_eq!(kept(" \t\n"), None);
        assert_eq!(kept(&"ü".repeat(65)), Some("ü".repeat(64)));
    }
}
