//! `/console/signup`.

use actix_web::{Error, HttpResponse, web::Data};
use askama::Template;
use serde::Deserialize;

use crate::{
    application::commands::account::{SignUp, SignUpRequest},
    presentation::{
        http::{
            extract::Client,
            fields::Password,
            problem::{Problem, ProblemCode},
        },
        pages::{
            form::{Form, Rejection, typed_twice},
            labels,
            notice::Notice,
            visit::{Shell, Visit, see_other},
            visitor::Visitor,
        },
    },
};

/// The form of the sign-up.
#[derive(Debug, Deserialize)]
pub struct SignUpForm {
    username: String,
    password: Password,
    password_again: Password,
}

#[derive(Template)]
#[template(path = "account/sign_up.html")]
struct SignUpPage {
    shell: Shell,
    rejection: Rejection,
    username: String,
    password_hint: String,
}

/// Shows the form.
pub async fn show(Visitor(actor, _): Visitor, visit: Visit) -> Result<HttpResponse, Error> {
    if actor.is_some() {
        return Ok(see_other("/console/"));
    }
    if !visit.settings().sign_up_enabled {
        return Err(Problem::new(ProblemCode::SignUpClosed).into());
    }
    Ok(visit.page(&SignUpPage::new(&visit, String::new(), Rejection::default())))
}

/// Signs up.
pub async fn sign_up(
    Visitor(actor, Form(form)): Visitor<Form<SignUpForm>>,
    client: Client,
    visit: Visit,
    sign_up: Data<SignUp>,
) -> Result<HttpResponse, Error> {
    if actor.is_some() {
        return Ok(see_other("/console/"));
    }
    let password = match typed_twice(form.password, form.password_again) {
        Ok(password) => password,
        Err(rejection) => return Ok(visit.page_again(&SignUpPage::new(&visit, form.username, rejection))),
    };
    let request = SignUpRequest {
        username: form.username.clone(),
        password,
        provenance: client.provenance,
    };
    match sign_up.execute(request).await {
        Ok(_) => Ok(visit.redirect("/console/login", Notice::SignedUp)),
        Err(error) => visit.rejected(error, |rejection| SignUpPage::new(&visit, form.username, rejection)),
    }
}

impl SignUpPage {
    fn new(visit: &Visit, username: String, rejection: Rejection) -> Self {
        Self {
            shell: visit.public_shell(),
            rejection,
            username,
            password_hint: labels::new_password(&visit.settings().password_policy),
        }
    }
}
