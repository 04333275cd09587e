//! Serves the OpenAPI document, and Swagger UI to read and try it.

use std::{
    error::Error,
    io::{self, Read},
    sync::Arc,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, AcceptEncoding, ContentEncoding, Encoding, Header as _, HeaderName},
    middleware::DefaultHeaders,
    web::{self, Bytes, Redirect, ServiceConfig},
};
use flate2::read::GzDecoder;
use utoipa_swagger_ui::Config;

use crate::presentation::http::problem::{Problem, ProblemCode};

const DOCUMENT: &str = "/api/openapi.json";
/// The path of the page.
pub const DOCS_PAGE: &str = "/docs/";

/// Allows the page to load only its own files. The hash is of the only style that its script inserts.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
     style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Allows caches to keep files that are public, but may change with an upgrade.
const REVALIDATED: (HeaderName, &str) = (header::CACHE_CONTROL, "no-cache");

/// Serves the OpenAPI document and the page that shows it.
pub fn docs(document: Bytes) -> impl FnOnce(&mut ServiceConfig) {
    // By default the page sends the document to a public server for validation.
    let config = web::Data::new(Config::from(DOCUMENT).validator_url("none"));
    move |server| {
        server
            .service(web::resource("/docs").route(web::get().to(async || Redirect::to(DOCS_PAGE))))
            // Unlike a resource, `App::route` would answer 404 to any other method.
            .service(web::resource(DOCUMENT).route(web::get().to(move || {
                let document = document.clone();
                async move {
                    HttpResponse::Ok()
                        .content_type(mime::APPLICATION_JSON)
                        .insert_header(REVALIDATED)
                        .body(document)
                }
            })))
            .service(
                web::resource("/docs/{file:.*}")
                    .app_data(config)
                    .wrap(headers())
                    .route(web::get().to(file)),
            );
    }
}

fn headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .add(REVALIDATED)
}

async fn file(
    request: HttpRequest,
    path: web::Path<String>,
    config: web::Data<Config<'static>>,
) -> Result<HttpResponse, Problem> {
    let file = utoipa_swagger_ui::serve(&path, Arc::clone(&config)).map_err(|error| internal_error(&*error))?;
    let file = file.ok_or_else(|| Problem::new(ProblemCode::RouteNotFound))?;
    // The crate omits the charset.
    let content_type = match file.content_type.as_str() {
        text if text.starts_with("text/") && !text.contains("charset") => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    };
    let mut answer = HttpResponse::Ok();
    answer.content_type(content_type);
    let mut content = file.bytes.into_owned();
    if file.gzpipped {
        answer.insert_header((header::VARY, "Accept-Encoding"));
        if accepts_gzip(&request) {
            answer.insert_header(ContentEncoding::Gzip);
        } else {
            content = decompress(&content).map_err(|error| internal_error(&error))?;
        }
    }
    Ok(answer.body(content))
}

fn decompress(gzipped: &[u8]) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    GzDecoder::new(gzipped).read_to_end(&mut content)?;
    Ok(content)
}

fn internal_error(error: &dyn Error) -> Problem {
    log::error!("a file of Swagger UI cannot be made: {error}");
    Problem::new(ProblemCode::InternalError)
}

/// Returns whether the client prefers gzip to no compression (RFC 9110, section 12.5.3).
fn accepts_gzip(request: &HttpRequest) -> bool {
    let encodings = [Encoding::gzip(), Encoding::identity()];
    let accepted = AcceptEncoding::parse(request).ok();
    accepted.and_then(|accepted| accepted.negotiate(encodings.iter())) == Some(Encoding::gzip())
}
