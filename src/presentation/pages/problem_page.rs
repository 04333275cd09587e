use actix_web::{HttpResponse, dev::RequestHead, http::uri::PathAndQuery};
use askama::Template;

use super::{
    html::html,
    notice::Notice,
    reload::reload,
    return_to::ReturnTo,
    settings::{PATH, PagesSettings},
    visit::{Shell, redirect, see_other},
};
use crate::presentation::http::{
    cookies::{CookieSettings, cookie_values},
    problem::{Problem, ProblemCode},
};

/// What went wrong, and what to do about it.
#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    shell: Shell,
    problem: &'a Problem,
    status: u16,
    public_origin: Option<&'a str>,
}

/// Shows a problem as a page. A caller who is not logged in is led to the log-in, and then back.
///
/// Nothing is known of the caller here. Whoever has a session cookie can log out.
pub fn problem_page(
    request: &RequestHead,
    problem: &Problem,
    settings: &PagesSettings,
    cookies: &CookieSettings,
) -> HttpResponse {
    let has_session_cookie = cookie_values(&request.headers, &cookies.name).next().is_some();
    if problem.code() == ProblemCode::NotAuthenticated {
        return reload(request, has_session_cookie, settings)
            .unwrap_or_else(|| to_log_in(request, has_session_cookie, cookies));
    }
    let status = problem.code().status();
    let mut shell = Shell::new(settings);
    shell.offers_log_out = has_session_cookie;
    let page = ProblemPage {
        shell,
        problem,
        status: status.as_u16(),
        public_origin: settings.public_origin.as_deref(),
    };
    html(status, &page)
}

/// Leads to the log-in, and from there back to `request` if that can be repeated.
fn to_log_in(request: &RequestHead, has_session_cookie: bool, cookies: &CookieSettings) -> HttpResponse {
    let log_in = ReturnTo::account().log_in_address();
    if !request.method.is_safe() {
        let is_log_out = request.uri.path().trim_end_matches('/').ends_with("/logout");
        let notice = if is_log_out {
            Notice::LoggedOut
        } else {
            Notice::NotSaved
        };
        return redirect(cookies, &log_in, notice);
    }
    let address = request.uri.path_and_query().map_or("", PathAndQuery::as_str);
    let log_in = ReturnTo::new(address, None).map_or(log_in, |return_to| return_to.log_in_address());
    if has_session_cookie {
        redirect(cookies, &log_in, Notice::SessionOver)
    } else {
        see_other(&log_in)
    }
}

impl ProblemPage<'_> {
    /// Returns the heading, in words for people instead of programs.
    fn heading(&self) -> &'static str {
        match self.problem.code() {
            ProblemCode::NotAuthorized => "You may not do this",
            ProblemCode::AlreadyAuthenticated => "You are already logged in",
            ProblemCode::CrossSiteRequest => "This form was not sent from here",
            ProblemCode::RouteNotFound => "Page not found",
            ProblemCode::MethodNotAllowed => "This page cannot be opened directly",
            ProblemCode::ValidationFailed => "This address or form is not valid",
            other => other.title(),
        }
    }

    /// Returns what to do, if the problem does not say it in words for people.
    fn advice(&self) -> Option<&'static str> {
        match self.problem.code() {
            ProblemCode::CrossSiteRequest => {
                Some("Nothing was changed. Open the page again, and send the form from there.")
            }
            ProblemCode::RouteNotFound => Some("Check the address."),
            ProblemCode::MethodNotAllowed => Some("Go to your account, and open it from there."),
            ProblemCode::ValidationFailed => Some("Go back, or start again from your account."),
            ProblemCode::InternalError => Some(
                "Something went wrong on the server. Try again later. If it happens again, tell the administrator, with \
                 the request id below.",
            ),
            _ => None,
        }
    }

    /// Returns the address at which forms are accepted, if this page was perhaps opened at another one.
    fn right_address(&self) -> Option<String> {
        let origin = self
            .public_origin
            .filter(|_| self.problem.code() == ProblemCode::CrossSiteRequest)?;
        Some(format!("{origin}{PATH}/"))
    }
}
