use actix_web::{
    HttpResponse,
    dev::RequestHead,
    http::{Method, StatusCode},
};
use askama::Template;

use super::{
    html::html,
    reload::reload,
    return_to::ReturnTo,
    settings::PagesSettings,
    visit::{Shell, see_other},
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
    if problem.code() == ProblemCode::NotAuthenticated {
        return reload(request, settings, cookies).unwrap_or_else(|| see_other(&log_in_address(request)));
    }
    let status = problem.code().status();
    let mut shell = Shell::new(settings);
    shell.offers_log_out = cookie_values(&request.headers, &cookies.name).next().is_some();
    let page = ProblemPage {
        shell,
        problem,
        status: status.as_u16(),
    };
    html(status, &page)
}

/// Returns the address of the log-in that leads back to `request`, if that can be repeated.
fn log_in_address(request: &RequestHead) -> String {
    let asked_for = request.uri.path_and_query().filter(|_| request.method == Method::GET);
    let return_to = asked_for.and_then(|address| ReturnTo::new(address.as_str(), None));
    return_to.map_or_else(|| "/console/login".to_owned(), |return_to| return_to.log_in_address())
}

impl ProblemPage<'_> {
    /// Returns whether the server is at fault, and its log says more.
    fn is_fault(&self) -> bool {
        self.problem.code().status() == StatusCode::INTERNAL_SERVER_ERROR
    }
}
