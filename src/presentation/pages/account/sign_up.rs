//! `/console/signup`.

use actix_web::{Error, HttpResponse, web::Data};
use askama::Template;
use serde::Deserialize;

use super::log_in::{LogInParams, already_logged_in};
use crate::{
    application::commands::account::{SignUp, SignUpRequest},
    presentation::{
        http::{
            HttpSettings,
            extract::{Client, Params},
            fields::Password,
            problem::{Problem, ProblemCode},
        },
        pages::{
            form::{Form, Rejection, trimmed, typed_twice},
            labels,
            notice::Notice,
            return_to::ReturnTo,
            visit::{Shell, Visit, see_other},
            visitor::Visitor,
        },
    },
};

/// The form of the sign-up.
#[derive(Debug, Deserialize)]
pub struct SignUpForm {
    #[serde(deserialize_with = "trimmed")]
    username: String,
    password: Password,
    password_again: Password,
    rd: Option<String>,
}

#[derive(Template)]
#[template(path = "account/sign_up.html")]
struct SignUpPage {
    shell: Shell,
    rejection: Rejection,
    username: String,
    rd: Option<String>,
    log_in: String,
    password_hint: String,
}

/// Shows the form.
pub async fn show(
    Visitor(actor, Params(params)): Visitor<Params<LogInParams>>,
    visit: Visit,
    settings: Data<HttpSettings>,
) -> Result<HttpResponse, Error> {
    let return_to = ReturnTo::of(params.rd.as_deref(), &settings)?;
    if actor.is_some() {
        return Ok(see_other(&return_to.log_in_address()));
    }
    if !visit.settings().sign_up_enabled {
        return Err(Problem::new(ProblemCode::SignUpClosed).into());
    }
    Ok(visit.page(&SignUpPage::new(
        &visit,
        &return_to,
        String::new(),
        Rejection::default(),
    )))
}

/// Signs up.
pub async fn sign_up(
    Visitor(actor, Form(form)): Visitor<Form<SignUpForm>>,
    client: Client,
    visit: Visit,
    settings: Data<HttpSettings>,
    sign_up: Data<SignUp>,
) -> Result<HttpResponse, Error> {
    let return_to = ReturnTo::of(form.rd.as_deref(), &settings)?;
    if let Some(actor) = actor {
        return Err(already_logged_in(&actor));
    }
    let password = match typed_twice(form.password, form.password_again) {
        Ok(password) => password,
        Err(rejection) => return Ok(visit.page_again(&SignUpPage::new(&visit, &return_to, form.username, rejection))),
    };
    let request = SignUpRequest {
        username: form.username.clone(),
        password,
        provenance: client.provenance,
    };
    match sign_up.execute(request).await {
        Ok(_) => Ok(visit.redirect(&return_to.log_in_address(), Notice::SignedUp)),
        Err(error) => visit.rejected(error, |rejection| {
            SignUpPage::new(&visit, &return_to, form.username, rejection)
        }),
    }
}

impl SignUpPage {
    fn new(visit: &Visit, return_to: &ReturnTo, username: String, rejection: Rejection) -> Self {
        Self {
            shell: visit.public_shell(),
            rejection,
            username,
            rd: return_to.parameter(),
            log_in: return_to.log_in_address(),
            password_hint: labels::new_password(&visit.settings().password_policy),
        }
    }
}
