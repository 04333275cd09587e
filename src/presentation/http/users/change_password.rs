//! `PATCH /api/v1/users/change_password` and `/change-password`.

use paperclip::actix::{Apiv2Schema, api_v2_operation, web::Data};
use serde::Deserialize;
use serde_json::json;

use crate::{
    application::{
        access::ActorError,
        commands::account::{ChangePassword, ChangePasswordError, ChangePasswordRequest},
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
    /// The new password. Any characters, counted in Unicode NFC; no common one, and none that contains the username.
    password: Password,
    /// The current password; needed for one's own account only.
    current_password: Option<Password>,
}

refusals! {
    ChangePasswordError {
        Self::NotAuthorized(_) => NotAuthorized,
        Self::InvalidUsername(_) => InvalidUsername,
        Self::InvalidPassword(_) => InvalidPassword,
        Self::UserNotFound => UserNotFound,
        Self::WrongCurrentPassword => WrongCurrentPassword,
    } delegating {
        Actor(ActorError),
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

/// What the OpenAPI document says besides.
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
/// Open to every authenticated caller for their own account, to admins for users, to super admins for users and admins. One's
/// own needs `current_password`, ends every other session and gives this one a new cookie. A subordinate's ends all of that
/// user's sessions, and forgets failed log-ins. Refuses whoever has given wrong current passwords too often, until the time in
/// `Retry-After` is over. Refuses a plain user who names anyone else, whether there is such a user or not, and an admin who names
/// somebody of the same role or above.
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

/// The same under the name that the documentation of earlier clients gave it; the OpenAPI document leaves it out.
#[api_v2_operation(skip)]
pub async fn change_password_alias(
    request: Authenticated<Body<ChangePasswordBody>>,
    cookie: SessionCookie,
    use_case: Data<ChangePassword>,
) -> Result<NoContent, Failure<ChangePasswordError>> {
    change_password(request, cookie, use_case).await
}
