use paperclip::v2::{
    models::{DataType, DataTypeFormat},
    schema::TypedData,
};
use secrecy::SecretString;
use serde::Deserialize;

/// A password that somebody sent. Never shown by `Debug`, and this copy is wiped on drop; what Actix
/// received and serde read on the way to it is not.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Password(SecretString);

impl From<Password> for SecretString {
    fn from(password: Password) -> Self {
        password.0
    }
}

impl TypedData for Password {
    fn data_type() -> DataType {
        DataType::String
    }

    fn format() -> Option<DataTypeFormat> {
        Some(DataTypeFormat::Password)
    }
}
