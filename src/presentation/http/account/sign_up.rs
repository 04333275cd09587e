//! `POST /api/v1/account/signup`.

use paperclip::actix::{Apiv2Schema, api_v2_operation, web::Data};
use serde::Deserialize;

use crate::{
    application::{
        commands::{
            RegistrationError,
            account::{SignUp, SignUpError, SignUpRequest},
        },
        ports::StorageError,
        throttle::Throttled,
    },
    presentation::http::{
        describe::{Details, samples},
        extract::{Anonymous, Body, Client},
        failure::{Failure, refusals},
        fields::Password,
        json::UserView,
        respond::Created,
    },
};

/// The account to create.
#[derive(Debug, Deserialize, Apiv2Schema)]
pub struct SignUpBody {
    /// Letters, digits and single `.`, `_` or `-` between them; unique regardless of case.
    username: String,
    /// Any characters, counted in Unicode NFC. It must not be common, known from a data
    /// breach, or contain the username or words of the service.
    password: Password,
}

refusals! {
    SignUpError {
        Self::Closed => SignUpClosed,
    } delegating {
        Throttled(Throttled),
        Registration(RegistrationError),
        Storage(StorageError),
    }
}

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    request: Some(samples::credentials),
    response: Some(samples::ada),
    links: &["logIn"],
    ..Details::of("signUp")
};

/// Sign up.
///
/// Open to everyone who is not logged in, while sign-up is enabled. Creates an active plain user, without logging in.
/// Rejects a username or password that breaks a rule, a username that is taken, in any case, and too many sign-ups from
/// one address.
#[api_v2_operation(tags(Account), operation_id = "signUp")]
pub async fn sign_up(
    Anonymous(Body(body)): Anonymous<Body<SignUpBody>>,
    client: Client,
    sign_up: Data<SignUp>,
) -> Result<Created<UserView>, Failure<SignUpError>> {
    let request = SignUpRequest {
        username: body.username,
        password: body.password.into(),
        provenance: client.provenance,
    };
    let user = sign_up.execute(request).await?;
    Ok(Created::new(user.into()))
}
