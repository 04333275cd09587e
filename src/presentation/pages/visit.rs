use std::{
    future::{Ready, ready},
    time::Duration,
};

use actix_web::{
    Error, FromRequest, HttpRequest, HttpResponse,
    cookie::Cookie,
    dev::Payload,
    http::{StatusCode, header},
    web::Data,
};
use askama::Template;
use chrono::{DateTime, Utc};

use super::{
    assets::STYLE, form::Rejection, html::html, moment::Moment, notice::Notice, return_to::ReturnTo,
    settings::PagesSettings,
};
use crate::{
    application::access::{Actor, Permission, authorize},
    presentation::http::{
        cookies::{CookieSettings, ReceivedCookies},
        failure::{Failure, Refusal},
    },
};

/// The lifetime of a notice.
const NOTICE_TTL: Duration = Duration::from_secs(60);

/// How long a second arrival counts as a loop.
const LED_TO_TTL: Duration = Duration::from_secs(10);

/// What the notice cookie begins with if it remembers where a page led to.
const LED_TO: &str = "led_to-";

/// How many services are remembered: browsers open several at once when they start.
const MAX_LED_TO: usize = 8;

/// What every page needs besides its own content.
pub struct Visit {
    settings: Data<PagesSettings>,
    cookies: Data<CookieSettings>,
    notice: Option<Notice>,
    /// The [fingerprints](ReturnTo::fingerprint) of the services to which log-ins have just led.
    led_to: Vec<String>,
}

/// What every page shows around its own content.
pub struct Shell {
    /// The name of the service.
    pub title: String,
    /// The address of the style sheet.
    pub style: &'static str,
    /// The person who sees the page, if logged in.
    pub viewer: Option<Viewer>,
    /// Whether there is a session to log out of.
    pub offers_log_out: bool,
    /// What the page confirms.
    pub notice: Option<&'static str>,
    now: DateTime<Utc>,
}

/// The person who sees a page.
pub struct Viewer {
    /// The username.
    pub username: String,
    /// Whether the role may see users.
    pub reads_users: bool,
    /// Whether the role may see the audit trail.
    pub reads_audit_events: bool,
}

impl Visit {
    /// Returns the settings of the pages.
    pub fn settings(&self) -> &PagesSettings {
        &self.settings
    }

    /// Returns the shell of a page that `actor` sees.
    pub fn shell(&self, actor: &Actor) -> Shell {
        let is_permitted = |permission| authorize(actor, permission).is_ok();
        Shell {
            viewer: Some(Viewer {
                username: actor.user.username.clone(),
                reads_users: is_permitted(Permission::ReadUsers),
                reads_audit_events: is_permitted(Permission::ReadAuditEvents),
            }),
            offers_log_out: true,
            notice: self.notice.map(Notice::text),
            ..Shell::new(&self.settings)
        }
    }

    /// Returns the shell of a page for everyone.
    pub fn public_shell(&self) -> Shell {
        Shell {
            notice: self.notice.map(Notice::text),
            ..Shell::new(&self.settings)
        }
    }

    /// Answers with a page. If it shows a notice, the next page does not show it again.
    pub fn page(&self, page: &impl Template) -> HttpResponse {
        self.page_with(StatusCode::OK, page)
    }

    fn page_with(&self, status: StatusCode, page: &impl Template) -> HttpResponse {
        let mut response = html(status, page);
        if self.notice.is_some() {
            add_cookie(&mut response, &self.cookies.notice_removal());
        }
        response
    }

    /// Shows a form again that a rule of the page rejects.
    pub fn page_again(&self, page: &impl Template) -> HttpResponse {
        self.page_with(StatusCode::UNPROCESSABLE_ENTITY, page)
    }

    /// Shows a form again that a use case rejected.
    ///
    /// # Errors
    /// The problem, if the form cannot be corrected.
    pub fn rejected<E: Refusal, T: Template>(
        &self,
        error: E,
        form: impl FnOnce(Rejection) -> T,
    ) -> Result<HttpResponse, Error> {
        let problem = Failure::from(error).to_problem();
        let Some(rejection) = Rejection::of(&problem) else {
            return Err(problem.into());
        };
        let mut response = self.page_with(problem.code().status(), &form(rejection));
        for (name, value) in problem.headers() {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        Ok(response)
    }

    /// Leads to another page (303), which confirms the change.
    pub fn redirect(&self, path: &str, notice: Notice) -> HttpResponse {
        redirect(&self.cookies, path, notice)
    }

    /// Answers with a page that leads on, and remembers for seconds where to.
    pub fn leading_to(&self, return_to: &ReturnTo, page: &impl Template) -> HttpResponse {
        let mut response = self.page(page);
        let earlier = self.led_to.iter().rev().take(MAX_LED_TO - 1).rev().cloned();
        let led_to = Vec::from_iter(earlier.chain([return_to.fingerprint()]));
        let led_to = format!("{LED_TO}{}", led_to.join("."));
        add_cookie(&mut response, &self.cookies.notice_cookie(&led_to, LED_TO_TTL));
        response
    }

    /// Returns whether a page has led there seconds ago.
    pub fn has_led_to(&self, return_to: &ReturnTo) -> bool {
        self.led_to.contains(&return_to.fingerprint())
    }
}

/// Leads to another page by GET (RFC 9110, section 15.4.4).
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path))
        .finish()
}

/// Leads to another page by GET, which shows a notice.
pub fn redirect(cookies: &CookieSettings, path: &str, notice: Notice) -> HttpResponse {
    let mut response = see_other(path);
    add_cookie(&mut response, &cookies.notice_cookie(notice.name(), NOTICE_TTL));
    response
}

fn add_cookie(response: &mut HttpResponse, cookie: &Cookie<'_>) {
    if let Err(error) = response.add_cookie(cookie) {
        // Unreachable: the names of notices are valid in a header.
        log::error!("the notice cookie cannot be set: {error}");
    }
}

impl Shell {
    /// Returns the shell of a page for everyone, without a notice.
    pub fn new(settings: &PagesSettings) -> Self {
        Self {
            title: settings.title.clone(),
            style: STYLE.address(),
            viewer: None,
            offers_log_out: false,
            notice: None,
            now: settings.clock.now(),
        }
    }

    /// Returns whether the viewer may see the audit trail.
    pub fn reads_audit_events(&self) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.reads_audit_events)
    }

    /// Returns `at` as the page shows it.
    pub fn moment(&self, at: &DateTime<Utc>) -> Moment {
        Moment { at: *at, now: self.now }
    }
}

impl FromRequest for Visit {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let settings = Data::<PagesSettings>::from_request(request, payload).into_inner();
        let cookies = Data::<CookieSettings>::from_request(request, payload).into_inner();
        ready(settings.and_then(|settings| {
            let cookies = cookies?;
            let received = ReceivedCookies::of(request);
            let notices = || received.values(&cookies.notice_name);
            let notice = notices().find_map(Notice::named);
            let led_to = notices().find_map(|value| str::from_utf8(value).ok()?.strip_prefix(LED_TO));
            let led_to = led_to.map_or_else(Vec::new, |led_to| led_to.split('.').map(str::to_owned).collect());
            Ok(Self {
                settings,
                notice,
                led_to,
                cookies,
            })
        }))
    }
}
