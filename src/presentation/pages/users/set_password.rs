//! `/console/users/{user_id}/password`.

use actix_web::{Error, HttpResponse, web::Data};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::{action::UserAction, address::address};
use crate::{
    application::{
        access::{Actor, NotAuthorized},
        commands::account::{ChangePassword, ChangePasswordError, ChangePasswordRequest},
        queries::users::{FoundUser, GetUser, GetUserError},
    },
    presentation::{
        http::{
            extract::{Authenticated, PathParam},
            failure::Failure,
            fields::Password,
        },
        pages::{
            form::{Form, Rejection, typed_twice},
            labels,
            notice::Notice,
            visit::{Shell, Visit},
        },
    },
};

/// The form of the new password.
#[derive(Debug, Deserialize)]
pub struct SetPasswordForm {
    /// For password managers alone, which store the password under it. The address names the user.
    #[serde(rename = "username")]
    _username: String,
    password: Password,
    password_again: Password,
}

#[derive(Template)]
#[template(path = "users/set_password.html")]
struct SetPasswordPage {
    shell: Shell,
    rejection: Rejection,
    username: String,
    consequences: &'static str,
    back: String,
    password_hint: String,
}

/// Shows the form.
pub async fn show(
    Authenticated(actor, PathParam(id)): Authenticated<PathParam<Uuid>>,
    visit: Visit,
    get_user: Data<GetUser>,
) -> Result<HttpResponse, Error> {
    let FoundUser { user, .. } = get_user.execute(&actor, id.into()).await.map_err(Failure::from)?;
    if !UserAction::SetPassword.is_permitted(&actor, &user) {
        return Err(Failure::from(GetUserError::from(NotAuthorized)).into());
    }
    if !visit.settings().admins_set_passwords {
        return Err(Failure::from(ChangePasswordError::PasswordSettingClosed).into());
    }
    let page = SetPasswordPage::new(&visit, &actor, user.username, address(user.id), Rejection::default());
    Ok(visit.page(&page))
}

/// Sets the password of a user.
pub async fn set_password(
    Authenticated(actor, (PathParam(id), Form(form))): Authenticated<(PathParam<Uuid>, Form<SetPasswordForm>)>,
    visit: Visit,
    get_user: Data<GetUser>,
    change_password: Data<ChangePassword>,
) -> Result<HttpResponse, Error> {
    let FoundUser { user, .. } = get_user.execute(&actor, id.into()).await.map_err(Failure::from)?;
    let user_page = address(user.id);
    let page = |rejection| SetPasswordPage::new(&visit, &actor, user.username.clone(), user_page.clone(), rejection);
    let password = match typed_twice(form.password, form.password_again) {
        Ok(password) => password,
        Err(rejection) => return Ok(visit.page_again(&page(rejection))),
    };
    let request = ChangePasswordRequest {
        username: user.username.clone(),
        password,
        current_password: None,
    };
    match change_password.execute(&actor, request).await {
        Ok(_) => Ok(visit.redirect(&user_page, Notice::PasswordSet)),
        Err(error) => visit.rejected(error, page),
    }
}

impl SetPasswordPage {
    fn new(visit: &Visit, actor: &Actor, username: String, back: String, rejection: Rejection) -> Self {
        Self {
            shell: visit.shell(actor),
            rejection,
            username,
            consequences: UserAction::SetPassword.consequences(),
            back,
            password_hint: labels::new_password(&visit.settings().password_policy),
        }
    }
}
