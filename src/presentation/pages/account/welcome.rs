//! `/console/welcome`: redeems a one-time link.
//!
//! The link is in the fragment of the address, so loading the page uses nothing up, and no log has the token. The one
//! script of all pages moves it into the form; without scripts, the visitor pastes the link.

use actix_web::{Error, HttpResponse, web::Data};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::{
    application::{
        commands::links::{RedeemLink, RedeemLinkError, RedeemLinkRequest},
        queries::links::ReadLink,
    },
    domain::link::{LinkKind, LinkToken},
    presentation::{
        http::{
            extract::{Client, Everyone},
            fields::{Password, Token},
        },
        pages::{
            assets::WELCOME_SCRIPT,
            form::{Form, Rejection, typed_twice},
            html::allow_script,
            labels,
            notice::Notice,
            visit::{Shell, Visit},
        },
    },
};

/// The form of the link and, on the second page, of the password.
#[derive(Debug, Deserialize)]
pub struct WelcomeForm {
    token: Token,
    /// For password managers alone, which store the password under it.
    #[serde(rename = "username")]
    _username: Option<String>,
    password: Option<Password>,
    password_again: Option<Password>,
}

#[derive(Template)]
#[template(path = "account/welcome.html")]
struct WelcomePage {
    shell: Shell,
    rejection: Rejection,
    script: &'static str,
}

#[derive(Template)]
#[template(path = "account/welcome_password.html")]
struct WelcomePasswordPage {
    shell: Shell,
    rejection: Rejection,
    token: LinkToken,
    username: String,
    kind: LinkKind,
    expires_at: DateTime<Utc>,
    password_hint: String,
}

/// Shows the form of the link.
pub async fn show(visit: Visit) -> HttpResponse {
    allow_script(visit.page(&WelcomePage::new(&visit, Rejection::default())))
}

/// Shows the form of the password, or sets it.
pub async fn welcome(
    Everyone(Form(form)): Everyone<Form<WelcomeForm>>,
    client: Client,
    visit: Visit,
    read_link: Data<ReadLink>,
    redeem_link: Data<RedeemLink>,
) -> Result<HttpResponse, Error> {
    let token = LinkToken::from(form.token);
    let link = match read_link.execute(&token, &client.provenance).await {
        Ok(link) => link,
        Err(error) => {
            let page = visit.rejected(error, |rejection| WelcomePage::new(&visit, rejection));
            return page.map(allow_script);
        }
    };
    let page = |rejection| WelcomePasswordPage {
        shell: visit.public_shell(),
        rejection,
        token: token.clone(),
        username: link.username.to_string(),
        kind: link.kind,
        expires_at: link.expires_at,
        password_hint: labels::new_password(&visit.settings().password_policy),
    };
    let (Some(password), Some(again)) = (form.password, form.password_again) else {
        return Ok(visit.page(&page(Rejection::default())));
    };
    let password = match typed_twice(password, again) {
        Ok(password) => password,
        Err(rejection) => return Ok(visit.page_again(&page(rejection))),
    };
    let request = RedeemLinkRequest {
        token: token.clone(),
        password,
        provenance: client.provenance,
    };
    match redeem_link.execute(request).await {
        Ok(()) => Ok(visit.redirect("/console/login", Notice::LinkRedeemed)),
        Err(error @ RedeemLinkError::LinkNotFound) => {
            let page = visit.rejected(error, |rejection| WelcomePage::new(&visit, rejection));
            page.map(allow_script)
        }
        Err(error) => visit.rejected(error, page),
    }
}

impl WelcomePage {
    fn new(visit: &Visit, rejection: Rejection) -> Self {
        Self {
            shell: visit.public_shell(),
            rejection,
            script: WELCOME_SCRIPT.address(),
        }
    }
}
