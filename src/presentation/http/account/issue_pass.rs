//! `POST /api/v1/account/pass`.

use std::{error::Error, fmt};

use paperclip::actix::{
    Apiv2Schema, api_v2_operation,
    web::{Data, Json},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    application::{commands::account::IssuePass, ports::IssueError},
    presentation::http::{
        cookies::{PassCookie, WithCookie},
        describe::Details,
        extract::{Authenticated, Body, Guarding},
        failure::{Failure, refusals},
    },
};

/// Where the caller wants to go.
#[derive(Debug, Deserialize, Apiv2Schema)]
pub struct PassBody {
    /// The address of a guarded service.
    rd: String,
}

/// Where the caller can go now.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct PassView {
    /// The address in its normal form.
    rd: String,
}

/// Why the caller gets no pass.
#[derive(Debug)]
pub enum IssuePassError {
    /// The address is not one of a guarded service.
    OriginNotListed,
    /// The pass could not be signed.
    Token(IssueError),
}

refusals! {
    IssuePassError {
        Self::OriginNotListed => OriginNotListed,
    } delegating {
        Token(IssueError),
    }
}

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    request: Some(|_| json!({ "rd": "https://app.example.com/dashboard" })),
    response: Some(|| json!({ "rd": "https://app.example.com/dashboard" })),
    cookie: Some("PassIssued"),
    ..Details::of("issuePass")
};

/// Get a pass for guarded services.
///
/// Open to every authenticated caller, while forward-auth is on. Sets the pass cookie, by which guarded services of the
/// same domain recognize the caller until the session ends. It opens nothing else. Returns where to go, and rejects an
/// address whose origin is not listed.
#[api_v2_operation(tags(Account), operation_id = "issuePass")]
pub async fn issue_pass(
    Guarding(forward_auth): Guarding,
    Authenticated(actor, Body(body)): Authenticated<Body<PassBody>>,
    cookie: PassCookie,
    issue_pass: Data<IssuePass>,
) -> Result<WithCookie<Json<PassView>>, Failure<IssuePassError>> {
    let destination = forward_auth.destination(&body.rd);
    let destination = destination.ok_or(IssuePassError::OriginNotListed)?;
    let pass = issue_pass.execute(&actor).map_err(IssuePassError::Token)?;
    let rd = destination.to_string();
    Ok(cookie.set(&pass, Json(PassView { rd })))
}

impl fmt::Display for IssuePassError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OriginNotListed => f.write_str(
                "This address is not one of a service that is guarded here. If it should be, list its origin in \
                 forward_auth.origins.",
            ),
            Self::Token(error) => error.fmt(f),
        }
    }
}

impl Error for IssuePassError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::OriginNotListed => None,
            Self::Token(error) => error.source(),
        }
    }
}
