/// The name that a client gives itself, cut to a maximum length. It can be anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserAgent(String);

impl UserAgent {
    /// Maximum length, in characters.
    pub const MAX_LENGTH: usize = 256;

    /// Takes the beginning of `text` without control characters, unless that is empty.
    pub fn new(text: &str) -> Option<Self> {
        let kept = text.chars().filter(|character| !character.is_control());
        let kept = String::from_iter(kept.take(Self::MAX_LENGTH));
        (!kept.is_empty()).then_some(Self(kept))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_could_mislead_a_terminal_or_fill_a_disk_is_left_out() {
        let kept = |text: &str| UserAgent::new(text).map(|kept| kept.as_str().to_owned());
        assert_eq!(kept("Mozilla/5.0 (X11)").as_deref(), Some("Mozilla/5.0 (X11)"));
        assert_eq!(kept("a\u{1b}[31m\0b\u{9f}\n").as_deref(), Some("a[31mb"));
        assert_eq!(kept("\t\n"), None);
        assert_eq!(kept(&"ü".repeat(300)), Some("ü".repeat(256)));
    }

    proptest! {
        #[test]
        fn what_was_kept_is_kept_whole(text in any::<String>()) {
            let kept = UserAgent::new(&text);
            prop_assert_eq!(kept.as_ref().and_then(|kept| UserAgent::new(kept.as_str())), kept);
        }
    }
}
