//! `POST /api/v1/account/login`.

use paperclip::actix::{
    Apiv2Schema, api_v2_operation,
    web::{Data, Json},
};
use serde::Deserialize;

use super::current_user::CurrentUser;
use crate::{
    application::{
        commands::account::{LogIn, LogInError, LogInRequest},
        ports::{HashingError, IssueError, StorageError},
        throttle::Throttled,
    },
    presentation::http::{
        cookies::{DeviceCookie, SessionCookie, WithCookie},
        describe::{Details, samples},
        extract::{Anonymous, Body, Client},
        failure::{Failure, refusals},
        fields::Password,
    },
};

/// The credentials of a user.
#[derive(Debug, Deserialize, Apiv2Schema)]
pub struct LogInBody {
    /// The username, in any case.
    username: String,
    /// The password.
    password: Password,
}

refusals! {
    LogInError {
        Self::InvalidCredentials => InvalidCredentials,
    } delegating {
        Throttled(Throttled),
        Hashing(HashingError),
        Token(IssueError),
        Storage(StorageError),
    }
}

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    request: Some(samples::credentials),
    response: Some(samples::caller),
    cookie: Some("SessionBegun"),
    ..Details::of("logIn")
};

/// Log in.
///
/// Open to everyone who is not logged in. Begins a session and sets the session cookie. Returns the same error, after
/// the same time, for an unknown user, a wrong password and an inactive user. After too many failures, returns 429
/// until the time in `Retry-After` is over. The second cookie identifies the device: on it, failures of others do not
/// count.
#[api_v2_operation(tags(Account), operation_id = "logIn")]
pub async fn log_in(
    Anonymous(Body(body)): Anonymous<Body<LogInBody>>,
    client: Client,
    cookie: SessionCookie,
    device: DeviceCookie,
    log_in: Data<LogIn>,
) -> Result<WithCookie<Json<CurrentUser>>, Failure<LogInError>> {
    let request = LogInRequest {
        username: body.username,
        password: body.password.into(),
        device_token: device.token(),
        user_agent: client.user_agent,
        provenance: client.provenance,
    };
    let logged_in = log_in.execute(request).await?;
    cookie.set(&logged_in.access_token);
    let device_token = logged_in.device_token.clone();
    Ok(device.set(device_token.as_ref(), Json(logged_in.into())))
}
