//! `/console/users/new`.

use actix_web::{Error, HttpResponse, web::Data};
use askama::Template;
use serde::Deserialize;

use super::target_user::address;
use crate::{
    application::{
        access::{Actor, NotAuthorized, Permission, authorize},
        commands::users::{CreateUser, CreateUserError, CreateUserRequest},
    },
    domain::user::Role,
    presentation::{
        http::{
            extract::Authenticated,
            failure::Failure,
            fields::{AssignableRole, Password},
        },
        pages::{
            form::{Form, Rejection, typed_twice},
            labels,
            notice::Notice,
            visit::{Shell, Visit},
        },
    },
};

/// The form of the new user.
#[derive(Debug, Deserialize)]
pub struct CreateUserForm {
    username: String,
    password: Password,
    password_again: Password,
    role: AssignableRole,
}

#[derive(Template)]
#[template(path = "users/create_user.html")]
struct CreateUserPage {
    shell: Shell,
    rejection: Rejection,
    username: String,
    role: Role,
    /// The roles that the viewer may give.
    roles: Vec<Role>,
    password_hint: String,
}

/// Shows the form.
pub async fn show(
    Authenticated(actor, _): Authenticated,
    visit: Visit,
) -> Result<HttpResponse, Failure<CreateUserError>> {
    let page = CreateUserPage::new(&visit, &actor, String::new(), Role::User, Rejection::default());
    if page.roles.is_empty() {
        return Err(CreateUserError::from(NotAuthorized).into());
    }
    if !visit.settings().admins_set_passwords {
        return Err(CreateUserError::PasswordSettingClosed.into());
    }
    Ok(visit.page(&page))
}

/// Creates a user.
pub async fn create_user(
    Authenticated(actor, Form(form)): Authenticated<Form<CreateUserForm>>,
    visit: Visit,
    create_user: Data<CreateUser>,
) -> Result<HttpResponse, Error> {
    let page = |rejection| CreateUserPage::new(&visit, &actor, form.username.clone(), form.role.into(), rejection);
    let password = match typed_twice(form.password, form.password_again) {
        Ok(password) => password,
        Err(rejection) => return Ok(visit.page_again(&page(rejection))),
    };
    let request = CreateUserRequest {
        username: form.username.clone(),
        password,
        role: form.role.into(),
    };
    match create_user.execute(&actor, request).await {
        Ok(user) => Ok(visit.redirect(&address(user.id), Notice::UserCreated)),
        Err(error) => visit.rejected(error, page),
    }
}

impl CreateUserPage {
    fn new(visit: &Visit, actor: &Actor, username: String, role: Role, rejection: Rejection) -> Self {
        let may_create = |role: &Role| authorize(actor, Permission::manage(*role)).is_ok();
        Self {
            shell: visit.shell(actor),
            rejection,
            username,
            role,
            roles: Role::ALL.into_iter().filter(may_create).collect(),
            password_hint: labels::new_password(&visit.settings().password_policy),
        }
    }
}
