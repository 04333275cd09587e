//! The OpenAPI document, and Swagger UI to read and try it.

use std::{
    error::Error,
    io::{self, Read},
    sync::Arc,
};

use actix_web::{
    HttpRequest, HttpResponse, Resource,
    http::header::{self, AcceptEncoding, ContentEncoding, Encoding, Header as _, HeaderName},
    middleware::DefaultHeaders,
    web::{self, Bytes, Redirect, ServiceConfig},
};
use flate2::read::GzDecoder;
use utoipa_swagger_ui::Config;

use crate::presentation::http::problem::{Problem, ProblemCode};

const DOCUMENT: &str = "/api/openapi.json";
const PAGE: &str = "/docs/";

/// Lets the page load nothing but its own files. The hash is that of the one style that its script puts in.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
     style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Nothing of this is secret, but it may be another one after an upgrade.
const REVALIDATED: (HeaderName, &str) = (header::CACHE_CONTROL, "no-cache");

/// Serves the OpenAPI document and the page that shows it; `/` leads there.
pub fn docs(document: Bytes) -> impl FnOnce(&mut ServiceConfig) {
    // By default the page would ask a public server to validate the document.
    let config = web::Data::new(Config::from(DOCUMENT).validator_url("none"));
    move |server| {
        server
            .service(redirect_to_page("/"))
            .service(redirect_to_page("/docs"))
            // `route` of an app, other than that of a resource, would answer 404 to any other method.
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

fn redirect_to_page(from: &str) -> Resource {
    web::resource(from).route(web::get().to(async || Redirect::to(PAGE)))
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
    let file = utoipa_swagger_ui::serve(&path, Arc::clone(&config)).map_err(|error| unmakeable(&*error))?;
    let file = file.ok_or_else(|| Problem::new(ProblemCode::RouteNotFound))?;
    // It names the type of a text, but not that it is UTF-8.
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
            content = inflated(&content).map_err(|error| unmakeable(&error))?;
        }
    }
    Ok(answer.body(content))
}

fn inflated(gzipped: &[u8]) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    GzDecoder::new(gzipped).read_to_end(&mut content)?;
    Ok(content)
}

fn unmakeable(error: &dyn Error) -> Problem {
    log::error!("a file of Swagger UI cannot be made: {error}");
    Problem::new(ProblemCode::InternalError)
}

/// Whether the client asks for gzip, and prefers nothing else that it could have (RFC 9110, section 12.5.3).
fn accepts_gzip(request: &HttpRequest) -> bool {
    let encodings = [Encoding::gzip(), Encoding::identity()];
    let accepted = AcceptEncoding::parse(request).ok();
    accepted.and_then(|accepted| accepted.negotiate(encodings.iter())) == Some(Encoding::gzip())
}
