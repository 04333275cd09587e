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

/// Refuses a request that may change something, if the page of another origin has made the visitor's browser send it.
///
/// Browsers say in `Origin` whose page asks, or in `Sec-Fetch-Site` how that relates to what it asks, and no page can change
/// either. Whoever sends neither is no browser. As long as no origin is listed, `CrossOriginProtection` of Go's `net/http`
/// decides alike.
pub async fn refuse_cross_site(request: &HttpRequest) -> Result<(), Error> {
    let settings = web::Data::<HttpSettings>::extract(request).await?;
    if request.method().is_safe() || is_let_in(request.headers(), &settings) {
        return Ok(());
    }
    let detail = "The page that has sent this request is of an origin that may change nothing here. If it should, list the \
                  origin in server.public_origins or server.cors_allowed_origins.";
    Err(Problem::with_detail(ProblemCode::CrossSiteRequest, detail).into())
}

fn is_let_in(headers: &HeaderMap, settings: &HttpSettings) -> bool {
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

/// Whether the page is of the origin that is asked, as far as that can be told by those who do not know their own.
///
/// To a server without TLS, other than on the same machine, browsers say nothing in `Sec-Fetch-Site`; neither do those from
/// before 2023. What is left is the host. It does not tell `http` from `https`, which HSTS keeps apart.
fn is_same_origin(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let mut sites = fetch_sites(headers).peekable();
    if sites.peek().is_some() {
        return origin != "null" && sites.all(|site| site == "same-origin");
    }
    let (origin, host) = (origin.as_bytes(), headers.get(header::HOST).map(HeaderValue::as_bytes));
    [("https://", ":443"), ("http://", ":80")].iter().any(|(scheme, port)| {
        match (origin.strip_prefix(scheme.as_bytes()), host) {
            (Some(origin), Some(host)) => without(port, origin) == without(port, host),
            _ => false,
        }
    })
}

/// The host without the default port of its scheme, which a browser leaves out and a proxy may add.
fn without<'a>(port: &str, host: &'a [u8]) -> &'a [u8] {
    host.strip_suffix(port.as_bytes()).unwrap_or(host)
}

fn fetch_sites(headers: &HeaderMap) -> impl Iterator<Item = &HeaderValue> {
    headers.get_all(SEC_FETCH_SITE)
}
