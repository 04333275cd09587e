//! `PATCH /api/v1/users/change_password` and `/change-password`.

use paperclip::actix::{Apiv2Schema, api_v2_operation, web::Data};
use serde::Deserialize;
use serde_json::json;

use crate::{
    application::{
        access::ActorError,
        commands::{
            NewPasswordError,
            account::{ChangePassword, ChangePasswordError, ChangePasswordRequest},
        },
        ports::{HashingError, IssueError, StorageError},
        throttle::Throttled,
    },
    presentation::http::{
        cookies::SessionCookie,
        describe::{Details, samples},
        extract::{Authenticated, Body},
        failure::{Failure, refusals},
        fields::Password,
        respond::NoContent,
    },
};

/// The change to make.
#[derive(Debug, Deserialize, Apiv2Schema)]
pub struct ChangePasswordBody {
    /// The user, in any case.
    username: String,
    /// The new password. Any characters, counted in Unicode NFC. It must not be common, known from a data
    /// breach, or contain the username or words of the service.
    password: Password,
    /// The current password, required to change your own password.
    current_password: Option<Password>,
}

refusals! {
    ChangePasswordError {
        Self::NotAuthorized(_) => NotAuthorized,
        Self::PasswordSettingClosed => PasswordSettingClosed,
        Self::InvalidUsername(_) => InvalidUsername,
        Self::UserNotFound => UserNotFound,
        Self::WrongCurrentPassword => WrongCurrentPassword,
    } delegating {
        Actor(ActorError),
        NewPassword(NewPasswordError),
        Throttled(Throttled),
        Hashing(HashingError),
        Token(IssueError),
        Storage(StorageError),
    }
}

impl From<ChangePasswordBody> for ChangePasswordRequest {
    fn from(body: ChangePasswordBody) -> Self {
        Self {
            username: body.username,
            password: body.password.into(),
            current_password: body.current_password.map(Into::into),
        }
    }
}

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    request: Some(|policy| {
        json!({
            "username": samples::ADA,
            "password": samples::new_password(policy),
            "current_password": samples::password(policy),
        })
    }),
    ..Details::of("changePassword")
};

/// Change a password.
///
/// Open to every authenticated caller for their own account, to admins for users, to super admins for users and admins.
/// Changing your own password requires `current_password`, ends your other sessions, and sets a new session cookie.
/// Changing another user's password ends all of their sessions, and resets their failed log-ins. After too many wrong
/// current passwords, returns 429 until the time in `Retry-After` is over. Rejects a plain user who names anyone else,
/// whether or not that user exists, and an admin who names a user of the same role or above. If admins set no passwords,
/// rejects everyone who names another user.
#[api_v2_operation(tags(Users), operation_id = "changePassword")]
pub async fn change_password(
    Authenticated(actor, Body(body)): Authenticated<Body<ChangePasswordBody>>,
    cookie: SessionCookie,
    change_password: Data<ChangePassword>,
) -> Result<NoContent, Failure<ChangePasswordError>> {
    if let Some(token) = change_password.execute(&actor, body.into()).await? {
        cookie.set(&token);
    }
    Ok(NoContent)
}

/// Handles the path that the documentation of earlier clients used; it is not in the OpenAPI document.
#[api_v2_operation(skip)]
pub async fn change_password_alias(
    request: Authenticated<Body<ChangePasswordBody>>,
    cookie: SessionCookie,
    use_case: Data<ChangePassword>,
) -> Result<NoContent, Failure<ChangePasswordError>> {
    change_password(request, cookie, use_case).await
}
