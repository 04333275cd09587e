//! `/console/users/new`.

use actix_web::{Error, HttpResponse, web::Data};
use askama::Template;
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::{address::address, issued_link::show_issued_link};
use crate::{
    application::{
        access::{Actor, NotAuthorized, Permission, authorize},
        commands::users::{CreateUser, CreateUserError, CreateUserRequest, CreatedUser},
    },
    domain::user::Role,
    presentation::{
        http::{
            extract::{Authenticated, LinkOrigin},
            failure::Failure,
            fields::{AssignableRole, Password},
        },
        pages::{
            form::{Form, Rejection, trimmed, typed_twice},
            labels,
            notice::Notice,
            visit::{Shell, Visit},
        },
    },
};

/// The form of the new user.
#[derive(Debug, Deserialize)]
pub struct CreateUserForm {
    #[serde(deserialize_with = "trimmed")]
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
    /// Without it, the form can only invite.
    admins_set_passwords: bool,
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
    Ok(visit.page(&page))
}

/// Creates a user. Without a password it shows the invitation.
pub async fn create_user(
    Authenticated(actor, Form(form)): Authenticated<Form<CreateUserForm>>,
    visit: Visit,
    origin: LinkOrigin,
    create_user: Data<CreateUser>,
) -> Result<HttpResponse, Error> {
    let page = |rejection| CreateUserPage::new(&visit, &actor, form.username.clone(), form.role.into(), rejection);
    let password = match typed_twice(form.password, form.password_again) {
        Ok(password) => password,
        Err(rejection) => return Ok(visit.page_again(&page(rejection))),
    };
    let request = CreateUserRequest {
        username: form.username.clone(),
        password: Some(password).filter(|password| !password.expose_secret().is_empty()),
        role: form.role.into(),
    };
    match create_user.execute(&actor, request).await {
        Ok(CreatedUser { user, invitation }) => Ok(match invitation {
            Some(link) => show_issued_link(&visit, &actor, &origin.0, user.id, &link),
            None => visit.redirect(&address(user.id), Notice::UserCreated),
        }),
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
            admins_set_passwords: visit.settings().admins_set_passwords,
            password_hint: labels::new_password(&visit.settings().password_policy),
        }
    }
}
