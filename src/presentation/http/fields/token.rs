use paperclip::v2::{
    models::{DataType, DataTypeFormat},
    schema::TypedData,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::domain::link::LinkToken;

/// The token of a one-time link in a request, which is hidden in `Debug` and wiped on drop.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Token(SecretString);

impl From<Token> for LinkToken {
    /// Takes a whole link, too: a person may paste one. What is not a token is found nowhere.
    fn from(token: Token) -> Self {
        let text = token.0.expose_secret().trim();
        Self::new(text.rsplit('#').next().unwrap_or(text))
    }
}

impl TypedData for Token {
    fn data_type() -> DataType {
        DataType::String
    }

    fn format() -> Option<DataTypeFormat> {
        Some(DataTypeFormat::Password)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Zm9v_-")]
    #[case(" Zm9v_-\n")]
    #[case("https://users.example.com/console/welcome#Zm9v_-")]
    fn a_token_is_taken_from_a_link(#[case] text: &str) {
        let token = Token(SecretString::from(text));
        assert!(!format!("{token:?}").contains("Zm9v"));
        assert_eq!(LinkToken::from(token).expose(), "Zm9v_-");
    }
}
