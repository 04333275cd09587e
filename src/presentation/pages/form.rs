use actix_web::{Error, FromRequest, HttpRequest, dev::Payload};
use futures_util::future::LocalBoxFuture;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use crate::presentation::http::{
    extract::{read_fields, receive},
    fields::Password,
    problem::{Problem, ProblemCode},
};

/// Extracts the fields of a posted form (`application/x-www-form-urlencoded`).
///
/// It has the errors of every [body](receive), and 422 for fields that are missing, unknown or repeated: no form of
/// ours sends these.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let bytes = receive(&request, payload, &mime::APPLICATION_WWW_FORM_URLENCODED).await?;
            let fields = serde_urlencoded::Deserializer::new(form_urlencoded::parse(&bytes));
            read_fields(fields, "form").map(Self)
        })
    }
}

/// Reads a text without the space around it, which keyboards of phones add.
///
/// # Errors
/// If it is no text.
pub fn trimmed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(String::deserialize(deserializer)?.trim().to_owned())
}

/// Returns the new password of a form, which was typed twice, because a typing error would lock its user out.
///
/// # Errors
/// The rejection of the second field, if they differ.
pub fn typed_twice(password: Password, again: Password) -> Result<SecretString, Rejection> {
    let (password, again) = (SecretString::from(password), SecretString::from(again));
    if password.expose_secret() == again.expose_secret() {
        Ok(password)
    } else {
        Err(Rejection::of_field(
            "password_again",
            "The two passwords are different.",
        ))
    }
}

/// Why a form was rejected; by default it was not.
#[derive(Clone, Debug, Default)]
pub struct Rejection {
    field: Option<&'static str>,
    message: Option<String>,
}

impl Rejection {
    /// Rejects the form because of the field called `field`.
    pub fn of_field(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field: Some(field),
            message: Some(message.into()),
        }
    }

    /// Returns why a form caused `problem`, if its user can do something about it in the form.
    ///
    /// Every form calls its fields what this calls them.
    pub fn of(problem: &Problem) -> Option<Self> {
        let code = problem.code();
        let message = Some(problem.detail().to_owned());
        let field = match code {
            ProblemCode::InvalidUsername | ProblemCode::UsernameAlreadyExists => Some("username"),
            ProblemCode::InvalidPassword => Some("password"),
            ProblemCode::LinkNotFound => Some("token"),
            ProblemCode::WrongCurrentPassword => {
                return Some(Self::of_field("current_password", format!("{}.", code.title())));
            }
            ProblemCode::InvalidCredentials | ProblemCode::TooManyAttempts | ProblemCode::ServiceUnavailable => None,
            _ => return None,
        };
        Some(Self { field, message })
    }

    /// Returns whether the form was rejected.
    pub fn is_some(&self) -> bool {
        self.message.is_some()
    }

    /// Returns what is wrong with the field called `field`.
    pub fn at(&self, field: &str) -> Option<&str> {
        self.message.as_deref().filter(|_| self.field == Some(field))
    }

    /// Returns what is wrong with the form as a whole.
    pub fn whole(&self) -> Option<&str> {
        self.message.as_deref().filter(|_| self.field.is_none())
    }
}
