//! `POST /api/v1/users/`.

use paperclip::actix::{Apiv2Schema, api_v2_operation, web::Data};
use serde::Deserialize;
use serde_json::json;

use crate::{
    application::{
        access::ActorError,
        commands::{
            RegistrationError,
            users::{CreateUser, CreateUserError, CreateUserRequest},
        },
        ports::StorageError,
    },
    presentation::http::{
        describe::{Details, samples},
        extract::{Authenticated, Body},
        failure::{Failure, refusals},
        fields::{AssignableRole, OrDefault, Password},
        json::UserView,
        respond::Created,
    },
};

/// The user to create.
#[derive(Debug, Deserialize, Apiv2Schema)]
pub struct CreateUserBody {
    /// Letters, digits and single `.`, `_` or `-` between them; unique regardless of case.
    username: String,
    /// Any characters, counted in Unicode NFC. It must not be common, known from a data
    /// breach, or contain the username or words of the service.
    password: Password,
    /// The role of the user.
    #[serde(default)]
    role: OrDefault<AssignableRole>,
}

refusals! {
    CreateUserError {
        Self::NotAuthorized(_) => NotAuthorized,
        Self::PasswordSettingClosed => PasswordSettingClosed,
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
            password: body.password.into(),
            role: body.role.0.into(),
        }
    }
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
/// Open to admins for users, to super admins for users and admins; whether or not sign-up is enabled. Rejects a
/// username or password that breaks a rule, a username that is taken, in any case, and every caller if admins set no
/// passwords.
#[api_v2_operation(tags(Users), operation_id = "createUser")]
pub async fn create_user(
    Authenticated(actor, Body(body)): Authenticated<Body<CreateUserBody>>,
    create_user: Data<CreateUser>,
) -> Result<Created<UserView>, Failure<CreateUserError>> {
    let user: UserView = create_user.execute(&actor, body.into()).await?.into();
    Ok(Created::at(format!("/api/v1/users/{}", user.id), user))
}
