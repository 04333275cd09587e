//! `/console/login`.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;
use serde::Deserialize;

use crate::{
    application::commands::account::{LogIn, LogInRequest},
    presentation::{
        http::{
            cookies::{CookieSettings, DeviceCookie, SessionCookie, WithDeviceCookie},
            extract::{Client, Params, QueryParams},
            fields::Password,
            problem::{Problem, ProblemCode},
        },
        pages::{
            destination::Destination,
            form::{Form, Rejection},
            reload::reload,
            visit::{Shell, Visit, see_other},
            visitor::Visitor,
        },
    },
};

/// Where to go after the log-in.
#[derive(Debug, Deserialize)]
pub struct LogInParams {
    rd: Option<String>,
}

/// The form of the log-in.
#[derive(Debug, Deserialize)]
pub struct LogInForm {
    username: String,
    password: Password,
    rd: Option<String>,
}

#[derive(Template)]
#[template(path = "account/log_in.html")]
struct LogInPage {
    shell: Shell,
    rejection: Rejection,
    username: String,
    rd: Option<String>,
    sign_up_enabled: bool,
}

/// A page that leads on by itself.
#[derive(Template)]
#[template(path = "account/leading_on.html")]
struct LeadingOn {
    shell: Shell,
    destination: Destination,
}

/// Shows the form, or leads a visitor on who is logged in.
///
/// Every log-in ends here, and not with a redirect to its destination: only after a page of ours do browsers forget the
/// pages behind it at the log-out, and follow to another origin.
pub async fn show(
    Visitor(actor, Params(params)): Visitor<Params<LogInParams>>,
    request: HttpRequest,
    visit: Visit,
    cookies: Data<CookieSettings>,
) -> Result<HttpResponse, Problem> {
    let destination = destination(params.rd.as_deref())?;
    if actor.is_some() {
        let shell = visit.public_shell();
        return Ok(visit.page(&LeadingOn { shell, destination }));
    }
    if let Some(page) = reload(request.head(), visit.settings(), &cookies) {
        return Ok(page);
    }
    Ok(visit.page(&LogInPage::new(&visit, params.rd, String::new(), Rejection::default())))
}

/// Logs in.
pub async fn log_in(
    Visitor(actor, Form(form)): Visitor<Form<LogInForm>>,
    client: Client,
    cookie: SessionCookie,
    device: DeviceCookie,
    visit: Visit,
    log_in: Data<LogIn>,
) -> Result<WithDeviceCookie<HttpResponse>, Problem> {
    let destination = destination(form.rd.as_deref())?;
    let log_in_address = destination.log_in_address();
    if actor.is_some() {
        return Ok(device.set(None, see_other(&log_in_address)));
    }
    let request = LogInRequest {
        username: form.username.clone(),
        password: form.password.into(),
        device_token: device.token(),
        user_agent: client.user_agent,
        provenance: client.provenance,
    };
    match log_in.execute(request).await {
        Ok(logged_in) => {
            cookie.set(&logged_in.access_token);
            Ok(device.set(logged_in.device_token.as_ref(), see_other(&log_in_address)))
        }
        Err(error) => {
            let page = visit.rejected(error, |rejection| {
                LogInPage::new(&visit, form.rd, form.username, rejection)
            })?;
            Ok(device.set(None, page))
        }
    }
}

/// Returns the destination that `rd` names, by default the own account.
///
/// # Errors
/// 400 `bad_request` if `rd` leads to somewhere else.
fn destination(rd: Option<&str>) -> Result<Destination, Problem> {
    rd.map_or_else(|| Some(Destination::account()), Destination::new)
        .ok_or_else(|| {
            let detail = "The link to this log-in leads to an address that is not listed here, perhaps to deceive you. \
                          Log in without it.";
            Problem::with_detail(ProblemCode::BadRequest, detail)
        })
}

impl QueryParams for LogInParams {}

impl LogInPage {
    fn new(visit: &Visit, rd: Option<String>, username: String, rejection: Rejection) -> Self {
        Self {
            shell: visit.public_shell(),
            rejection,
            username,
            rd,
            sign_up_enabled: visit.settings().sign_up_enabled,
        }
    }
}
