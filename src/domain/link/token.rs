use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::domain::{redacted::define_redacted, secret::Secret};

define_redacted! {
    /// The text of a one-time link's secret, safe in every part of a URL. `Debug` does not show it.
    LinkToken
}

impl LinkToken {
    /// Returns the text of `secret`.
    pub fn of(secret: &Secret) -> Self {
        Self::new(BASE64_URL_SAFE_NO_PAD.encode(secret.expose()))
    }

    /// Returns the secret, unless the text cannot be one.
    pub fn secret(&self) -> Option<Secret> {
        let bytes = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.decode(self.expose()).ok()?);
        <[u8; Secret::LENGTH]>::try_from(bytes.as_slice()).ok().map(Secret::new)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    proptest! {
        #[test]
        fn a_token_is_the_secret_in_characters_that_urls_keep(bytes in any::<[u8; Secret::LENGTH]>()) {
            let token = LinkToken::of(&Secret::new(bytes));
            prop_assert_eq!(token.expose().len(), 43);
            let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            prop_assert!(token.expose().bytes().all(is_safe));
            prop_assert_eq!(token.secret().map(|secret| *secret.expose()), Some(bytes));
        }
    }

    #[rstest]
    #[case::empty("")]
    #[case::too_short("AAAA")]
    #[case::too_long("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    #[case::bits_left_over("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB")]
    #[case::other_alphabet("++++AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    #[case::padded("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    fn other_text_is_no_token(#[case] text: &str) {
        assert!(LinkToken::new(text).secret().is_none());
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        let token = LinkToken::of(&Secret::new([7; 32]));
        assert_eq!(format!("{token:?}"), "LinkToken([redacted])");
    }
}
