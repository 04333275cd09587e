//! The OpenAPI 3 document.
//!
//! Paperclip generates it from the [`routes`](super::routes), the comments of controllers, and the
//! [`describe`](super::describe) calls of extractors and responders. [`amend`](mod@amend) adds what paperclip cannot
//! express, from the other files here.

mod amend;
mod headers;
mod links;
mod schemas;

use actix_session::{SessionMiddleware, storage::CookieSessionStore};
use actix_web::cookie::Key;
use paperclip::{
    actix::OpenApiExt,
    v2::{
        models::{DefaultApiRaw, DefaultSchemaRaw, Info},
        schema::Apiv2Schema,
    },
};
use serde_json::Value;

use super::{
    problem::{FieldError, Problem},
    routes::routes,
};
use crate::domain::user::PasswordPolicy;
use amend::amend;

/// The introduction to the API, in Markdown.
const DESCRIPTION: &str = "\
User management: sign-up, log-in, users, roles and sessions.

Log-in sets a session cookie, which authenticates every later request. Every path works with and without a trailing \
slash. Every error is a problem document (RFC 9457); programs should go by its `code`. The id of a request, generated \
or taken from the `X-Request-Id` of a trusted proxy, is in the answer and in the log.";

/// Generates the document for these names of the session cookie and the pass, and this password policy, as indented
/// JSON.
pub fn document(cookie_name: &str, pass_name: &str, password_policy: &PasswordPolicy) -> String {
    let mut document = Value::Null;
    // Never called.
    let session = || SessionMiddleware::new(CookieSessionStore::default(), Key::from(&[0; 64]));
    let _throwaway = actix_web::App::new()
        .wrap_api_with_spec(preamble())
        .configure(routes(session))
        .with_raw_json_spec_v3(|app, generated| {
            document = generated;
            app
        });
    amend(&mut document, cookie_name, pass_name, password_policy);
    format!("{document:#}")
}

fn preamble() -> DefaultApiRaw {
    DefaultApiRaw {
        info: Info {
            title: "Gatehouse".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            description: Some(DESCRIPTION.to_owned()),
            ..Default::default()
        },
        definitions: [definition::<Problem>("Problem"), definition::<FieldError>("FieldError")].into(),
        ..Default::default()
    }
}

fn definition<T: Apiv2Schema>(name: &str) -> (String, DefaultSchemaRaw) {
    (name.to_owned(), T::raw_schema())
}
