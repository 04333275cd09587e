//! `POST /api/v1/users/`.

use chrono::{DateTime, Utc};
use paperclip::actix::{Apiv2Schema, api_v2_operation, web::Data};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use crate::{
    application::{
        access::ActorError,
        commands::{
            RegistrationError,
            users::{self, CreateUser, CreateUserError, CreateUserRequest},
        },
        ports::StorageError,
    },
    presentation::{
        http::{
            describe::{Details, samples},
            extract::{Authenticated, Body, LinkOrigin},
            failure::{Failure, refusals},
            fields::{AssignableRole, OrDefault, Password},
            json::UserView,
            respond::Created,
        },
        link_address::link_address,
    },
};

/// The user to create.
#[derive(Debug, Deserialize, Apiv2Schema)]
pub struct CreateUserBody {
    /// Letters, digits and single `.`, `_` or `-` between them; unique regardless of case.
    username: String,
    /// Any characters, counted in Unicode NFC. It must not be common or contain the username. Without it, the user is
    /// invited to set one.
    #[serde(default, deserialize_with = "present")]
    password: Option<Password>,
    /// The role of the user.
    #[serde(default)]
    role: OrDefault<AssignableRole>,
}

/// The user who was created.
// No `Debug`, which would show the invitation.
#[derive(Serialize, Apiv2Schema)]
pub struct CreatedUser {
    #[serde(flatten)]
    user: UserView,
    /// The invitation, shown only once, if the user was created without a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation: Option<Invitation>,
}

/// A one-time link, by which the user sets the first password.
#[derive(Serialize, Apiv2Schema)]
pub struct Invitation {
    /// The address to send to the user. Whoever has it can set the password.
    url: String,
    /// When the link expires.
    expires_at: DateTime<Utc>,
}

refusals! {
    CreateUserError {
        Self::NotAuthorized(_) => NotAuthorized,
    } delegating {
        Actor(ActorError),
        Registration(RegistrationError),
        Storage(StorageError),
    }
}

impl From<CreateUserBody> for CreateUserRequest {
    fn from(body: CreateUserBody) -> Self {
        Self {
            username: body.username,
            password: body.password.map(Into::into),
            role: body.role.0.into(),
        }
    }
}

impl CreatedUser {
    fn new(created: users::CreatedUser, origin: &str) -> Self {
        Self {
            user: created.user.into(),
            invitation: created.invitation.map(|link| Invitation {
                url: link_address(origin, &link.token),
                expires_at: link.expires_at,
            }),
        }
    }
}

/// Reads a field that may be missing but not `null`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Password>, D::Error> {
    Password::deserialize(deserializer).map(Some)
}

/// The user in the examples.
const GRACE: &str = "Grace.Hopper";

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    request: Some(|policy| json!({ "username": GRACE, "password": samples::password(policy), "role": "admin" })),
    response: Some(|| samples::user(GRACE, "admin", true)),
    links: &["getUser", "listUserSessions", "logIn", "grantAdmin", "inactivateUser"],
    has_location: true,
    ..Details::of("createUser")
};

/// Create a user.
///
/// Open to admins for users, to super admins for users and admins; whether or not sign-up is enabled. Without a
/// password, the answer has a link by which the user sets one; until then, no log-in fits the account. Rejects a
/// username or password that breaks a rule, and a username that is taken, in any case.
#[api_v2_operation(tags(Users), operation_id = "createUser")]
pub async fn create_user(
    Authenticated(actor, Body(body)): Authenticated<Body<CreateUserBody>>,
    origin: LinkOrigin,
    create_user: Data<CreateUser>,
) -> Result<Created<CreatedUser>, Failure<CreateUserError>> {
    let created = create_user.execute(&actor, body.into()).await?;
    let location = format!("/api/v1/users/{}", created.user.id);
    Ok(Created::at(location, CreatedUser::new(created, &origin.0)))
}
