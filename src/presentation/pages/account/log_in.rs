//! `/console/login`.

use actix_web::{Error, HttpRequest, HttpResponse, web::Data};
use askama::Template;
use serde::Deserialize;

use crate::{
    application::{
        access::Actor,
        commands::account::{IssuePass, LogIn, LogInRequest},
    },
    presentation::{
        http::{
            HttpSettings,
            cookies::{DeviceCookie, PassCookie, ReceivedCookies, SessionCookie, WithCookie},
            extract::{Client, Params, QueryParams},
            failure::Failure,
            fields::Password,
            problem::{Problem, ProblemCode},
        },
        pages::{
            form::{Form, Rejection, trimmed},
            reload::reload,
            return_to::ReturnTo,
            visit::{Shell, Visit, see_other},
            visitor::Visitor,
        },
    },
};

/// Where to go after the log-in.
#[derive(Debug, Deserialize)]
pub struct LogInParams {
    /// The address.
    pub rd: Option<String>,
}

/// The form of the log-in.
#[derive(Debug, Deserialize)]
pub struct LogInForm {
    #[serde(deserialize_with = "trimmed")]
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
    sign_up: Option<String>,
}

/// A page that leads on by itself.
#[derive(Template)]
#[template(path = "account/leading_on.html")]
struct LeadingOn {
    shell: Shell,
    return_to: ReturnTo,
}

/// A page that leads on at a click only, and explains why.
#[derive(Template)]
#[template(path = "account/sent_back.html")]
struct SentBack {
    shell: Shell,
    return_to: ReturnTo,
}

/// Shows the form, or leads a visitor on who is logged in.
///
/// Every log-in ends here, and not with a redirect to its destination: only after a page of ours do browsers forget the
/// pages behind it at the log-out, and follow to another origin. If services are guarded, the visitor gets the pass for
/// them. A visitor whom a service sends back within seconds sees an explanation instead.
pub async fn show(
    Visitor(actor, Params(params)): Visitor<Params<LogInParams>>,
    request: HttpRequest,
    visit: Visit,
    pass: PassCookie,
    settings: Data<HttpSettings>,
    issue_pass: Data<IssuePass>,
) -> Result<WithCookie<HttpResponse>, Error> {
    let return_to = ReturnTo::of(params.rd.as_deref(), &settings)?;
    let Some(actor) = actor else {
        let cookies = ReceivedCookies::of(&request);
        let has_session_cookie = cookies.values(&settings.cookie.name).next().is_some();
        let page = reload(request.head(), has_session_cookie, visit.settings())
            .unwrap_or_else(|| visit.page(&LogInPage::new(&visit, &return_to, String::new(), Rejection::default())));
        return Ok(pass.keep(page));
    };
    let shell = visit.shell(&actor);
    let page = match return_to {
        ReturnTo::Page(_) => visit.page(&LeadingOn { shell, return_to }),
        ReturnTo::Service(_) if visit.has_led_to(&return_to) => visit.page(&SentBack { shell, return_to }),
        ReturnTo::Service(_) => visit.leading_to(&return_to.clone(), &LeadingOn { shell, return_to }),
    };
    if settings.forward_auth.is_none() {
        return Ok(pass.keep(page));
    }
    let issued = issue_pass.execute(&actor).map_err(Failure::from)?;
    Ok(pass.set(&issued, page))
}

/// Logs in.
pub async fn log_in(
    Visitor(actor, Form(form)): Visitor<Form<LogInForm>>,
    client: Client,
    cookie: SessionCookie,
    device: DeviceCookie,
    visit: Visit,
    settings: Data<HttpSettings>,
    log_in: Data<LogIn>,
) -> Result<WithCookie<HttpResponse>, Error> {
    let return_to = ReturnTo::of(form.rd.as_deref(), &settings)?;
    if let Some(actor) = actor {
        // The second one of a double click.
        if actor.user.username.eq_ignore_ascii_case(&form.username) {
            return Ok(device.set(None, see_other(&return_to.log_in_address())));
        }
        return Err(already_logged_in(&actor));
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
            Ok(device.set(logged_in.device_token.as_ref(), see_other(&return_to.log_in_address())))
        }
        Err(error) => {
            let page = visit.rejected(error, |rejection| {
                LogInPage::new(&visit, &return_to, form.username, rejection)
            })?;
            Ok(device.set(None, page))
        }
    }
}

/// Returns the problem of a caller who sends credentials in the session of `actor`: another account needs a log-out
/// first.
pub fn already_logged_in(actor: &Actor) -> Error {
    let username = &actor.user.username;
    let detail = format!("You are logged in as {username}. To use another account, log out first.");
    Problem::with_detail(ProblemCode::AlreadyAuthenticated, detail).into()
}

impl QueryParams for LogInParams {}

impl LogInPage {
    fn new(visit: &Visit, return_to: &ReturnTo, username: String, rejection: Rejection) -> Self {
        Self {
            shell: visit.public_shell(),
            rejection,
            username,
            rd: return_to.parameter(),
            sign_up: visit.settings().sign_up_enabled.then(|| return_to.sign_up_address()),
        }
    }
}
