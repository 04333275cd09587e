use actix_web::{
    Error, FromRequest, HttpRequest,
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    web,
};

use crate::presentation::http::{
    problem::{Problem, ProblemCode},
    settings::HttpSettings,
};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Rejects a request with an unsafe method that a browser sends for a page of another origin.
///
/// Browsers send the origin of the page in `Origin`, or its relation to the server in `Sec-Fetch-Site`. A page can
/// change neither of them. A client that sends neither is not a browser. If no origin is listed, this matches
/// `CrossOriginProtection` of Go's `net/http`.
pub(super) async fn reject_cross_site(request: &HttpRequest) -> Result<(), Error> {
    let settings = web::Data::<HttpSettings>::extract(request).await?;
    if request.method().is_safe() || is_allowed(request.headers(), &settings) {
        return Ok(());
    }
    let detail = "The page that has sent this request is of an origin that may change nothing here. If it should, list \
                  the origin in server.public_origins or server.cors_allowed_origins.";
    Err(Problem::with_detail(ProblemCode::CrossSiteRequest, detail).into())
}

fn is_allowed(headers: &HeaderMap, settings: &HttpSettings) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).peekable();
    if origins.peek().is_none() {
        return fetch_sites(headers).all(|site| site == "none" || site == "same-origin");
    }
    let HttpSettings {
        public_origins,
        cors_allowed_origins,
        ..
    } = settings;
    origins.all(|origin| {
        let mut listed = public_origins.iter().chain(cors_allowed_origins);
        listed.any(|listed| origin == listed.as_str()) || (public_origins.is_empty() && is_same_origin(origin, headers))
    })
}

/// Returns whether the page has the origin of this server, which is not configured.
///
/// Browsers from before 2023 send no `Sec-Fetch-Site`, and newer ones send it only over TLS or to the same machine.
/// Without it, the host is compared. That does not distinguish `http` from `https`, but HSTS does.
fn is_same_origin(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let mut sites = fetch_sites(headers).peekable();
    if sites.peek().is_some() {
        return origin != "null" && sites.all(|site| site == "same-origin");
    }
    let (origin, host) = (origin.as_bytes(), headers.get(header::HOST).map(HeaderValue::as_bytes));
    [("https://", ":443"), ("http://", ":80")].iter().any(|(scheme, port)| {
        match (origin.strip_prefix(scheme.as_bytes()), host) {
            (Some(origin), Some(host)) => without_port(port, origin) == without_port(port, host),
            _ => false,
        }
    })
}

/// Removes the default port of the scheme, which a browser omits and a proxy may add.
fn without_port<'a>(port: &str, host: &'a [u8]) -> &'a [u8] {
    host.strip_suffix(port.as_bytes()).unwrap_or(host)
}

fn fetch_sites(headers: &HeaderMap) -> impl Iterator<Item = &HeaderValue> {
    headers.get_all(SEC_FETCH_SITE)
}
