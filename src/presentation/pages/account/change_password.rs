//! `/console/password`.

use actix_web::{Error, HttpResponse, web::Data};
use askama::Template;
use serde::Deserialize;

use crate::{
    application::{
        access::Actor,
        commands::account::{ChangePassword, ChangePasswordRequest},
    },
    presentation::{
        http::{cookies::SessionCookie, extract::Authenticated, fields::Password},
        pages::{
            form::{Form, Rejection, typed_twice},
            labels,
            notice::Notice,
            visit::{Shell, Visit},
        },
    },
};

/// The form of the change.
#[derive(Debug, Deserialize)]
pub struct ChangePasswordForm {
    /// For password managers alone, which store the new password under it.
    #[serde(rename = "username")]
    _username: String,
    current_password: Password,
    password: Password,
    password_again: Password,
}

#[derive(Template)]
#[template(path = "account/change_password.html")]
struct ChangePasswordPage {
    shell: Shell,
    rejection: Rejection,
    username: String,
    password_hint: String,
}

/// Shows the form.
pub async fn show(Authenticated(actor, _): Authenticated, visit: Visit) -> HttpResponse {
    visit.page(&ChangePasswordPage::new(&visit, &actor, Rejection::default()))
}

/// Changes the own password.
pub async fn change_password(
    Authenticated(actor, Form(form)): Authenticated<Form<ChangePasswordForm>>,
    cookie: SessionCookie,
    visit: Visit,
    change_password: Data<ChangePassword>,
) -> Result<HttpResponse, Error> {
    let password = match typed_twice(form.password, form.password_again) {
        Ok(password) => password,
        Err(rejection) => return Ok(visit.page_again(&ChangePasswordPage::new(&visit, &actor, rejection))),
    };
    let request = ChangePasswordRequest {
        username: actor.user.username.clone(),
        password,
        current_password: Some(form.current_password.into()),
    };
    match change_password.execute(&actor, request).await {
        Ok(token) => {
            if let Some(token) = token {
                cookie.set(&token);
            }
            Ok(visit.redirect("/console/", Notice::PasswordChanged))
        }
        Err(error) => visit.rejected(error, |rejection| ChangePasswordPage::new(&visit, &actor, rejection)),
    }
}

impl ChangePasswordPage {
    fn new(visit: &Visit, actor: &Actor, rejection: Rejection) -> Self {
        Self {
            shell: visit.shell(actor),
            rejection,
            username: actor.user.username.clone(),
            password_hint: labels::new_password(&visit.settings().password_policy),
        }
    }
}
