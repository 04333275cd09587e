use paperclip::v2::{
    models::{DataType, DataTypeFormat},
    schema::TypedData,
};
use secrecy::SecretString;
use serde::Deserialize;

/// A password in a request, which is hidden in `Debug` and wiped on drop.
///
/// The buffers of Actix and serde are not wiped.
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
