//! `GET /api/v1/account/verify`.

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, Responder, ResponseError,
    body::BoxBody,
    http::header::{self, HeaderName, HeaderValue},
};
use paperclip::{
    actix::{Apiv2Schema, OperationModifier, api_v2_operation, web::Data},
    v2::{models::DefaultOperationRaw, schema},
};
use serde::Deserialize;

use crate::{
    application::{
        commands::account::{VerifyCaller, VerifyCallerError},
        ports::StorageError,
        views::UserView,
    },
    domain::user::Role,
    presentation::http::{
        cookies::{PassCookie, SessionCookie},
        describe::{self, Details},
        extract::{Client, GuardedRequest, Params, QueryParams},
        failure::{Failure, refusals},
        json::RoleName,
        problem::Problem,
        request::Caller,
    },
};

const REMOTE_USER: HeaderName = HeaderName::from_static("remote-user");
const REMOTE_GROUPS: HeaderName = HeaderName::from_static("remote-groups");
const REMOTE_USER_ID: HeaderName = HeaderName::from_static("remote-user-id");

/// What a guarded service requires.
#[derive(Debug, Deserialize, Apiv2Schema)]
pub struct VerifyCallerParams {
    /// The role that the caller needs, or a higher one.
    role: Option<RoleName>,
    /// Whether a visitor who is not logged in is redirected to the log-in, instead of rejected.
    redirect: Option<bool>,
}

/// The answer to a proxy.
pub enum Verdict {
    /// The caller may use the service.
    Known(UserView),
    /// The caller is not logged in.
    Unknown {
        /// The problem, unless a redirect leads to the log-in.
        problem: Problem,
        /// Where to log in.
        log_in: String,
        /// Whether a redirect leads there.
        is_redirected: bool,
    },
}

refusals! {
    VerifyCallerError {
        Self::NotAuthenticated(_) => NotAuthenticated,
        Self::NotAuthorized(_) => NotAuthorized,
    } delegating {
        Storage(StorageError),
    }
}

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    for_proxy: true,
    ..Details::of("verifyCaller")
};

/// Tell a proxy who the caller is.
///
/// Open to every caller with a session or a pass, while forward-auth is on. A proxy asks before it passes on a request
/// to a guarded service, and adds the headers of this answer to it. Returns 401 for a caller who is not logged in, with
/// the address of the log-in page in `Location`; with `redirect=true`, a browser that loads a page gets 302 instead.
/// Returns 403 if the role of the caller is too low. The use of the session is recorded and extends it, as by every
/// operation that requires one, but this sets no cookie.
#[api_v2_operation(tags(Account), operation_id = "verifyCaller")]
pub async fn verify_caller(
    guarded: GuardedRequest,
    Params(params): Params<VerifyCallerParams>,
    request: HttpRequest,
    client: Client,
    cookie: SessionCookie,
    pass: PassCookie,
    verify_caller: Data<VerifyCaller>,
) -> Result<Verdict, Failure<VerifyCallerError>> {
    let least_role = params.role.map_or(Role::User, Role::from);
    let verified = verify_caller
        .execute(cookie.tokens(), pass.into_tokens(), least_role, client.provenance)
        .await;
    match verified {
        Ok(user) => {
            request.extensions_mut().insert(Caller(user.id));
            Ok(Verdict::Known(user))
        }
        Err(error @ VerifyCallerError::NotAuthenticated(_)) => Ok(Verdict::Unknown {
            problem: Failure::from(error).to_problem(),
            log_in: guarded.log_in(),
            is_redirected: params.redirect == Some(true) && guarded.navigates(),
        }),
        Err(error) => Err(error.into()),
    }
}

/// Returns the value of `Remote-Groups`: the role and all below it, highest first.
pub fn groups(role: Role) -> String {
    let names = Role::ALL.iter().rev().filter(|other| **other <= role);
    Vec::from_iter(names.map(|role| role.as_str())).join(",")
}

impl Responder for Verdict {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        match self {
            Self::Known(user) => HttpResponse::Ok()
                .insert_header((REMOTE_USER, user.username))
                .insert_header((REMOTE_GROUPS, groups(user.role)))
                .insert_header((REMOTE_USER_ID, user.id.to_string()))
                .finish(),
            Self::Unknown {
                log_in,
                is_redirected: true,
                ..
            } => HttpResponse::Found().insert_header((header::LOCATION, log_in)).finish(),
            Self::Unknown { problem, log_in, .. } => match HeaderValue::try_from(log_in) {
                Ok(log_in) => problem.with_header(header::LOCATION, log_in).error_response(),
                // Unreachable: an address is ASCII.
                Err(_) => problem.error_response(),
            },
        }
    }
}

impl schema::Apiv2Schema for Verdict {}

impl OperationModifier for Verdict {
    fn update_response(operation: &mut DefaultOperationRaw) {
        describe::add_success(operation, "200", "OK", None);
        describe::add_success(operation, "302", "Found", None);
    }
}

impl QueryParams for VerifyCallerParams {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_groups_are_the_role_and_all_below_it() {
        assert_eq!(groups(Role::User), "user");
        assert!(groups(Role::Admin).starts_with("admin,"));
        assert_eq!(groups(Role::SuperAdmin), format!("super_admin,{}", groups(Role::Admin)));
    }
}
