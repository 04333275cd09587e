//! Receives the body of a request.

use std::sync::Arc;

use actix_web::{
    Error, FromRequest, HttpMessage, HttpRequest,
    body::{self, BodyStream},
    dev::Payload,
    http::header::{self, HeaderValue},
    web::{self, Bytes},
};
use mime::Mime;

use crate::presentation::http::{
    connection::Activity,
    problem::{Problem, ProblemCode},
    request::BodyWanted,
    settings::HttpSettings,
};

/// Receives the body of `request`, declared as `media_type` in UTF-8.
///
/// # Errors
/// In the order of the checks:
///
/// - 415: the body is not declared as `media_type` in UTF-8, or has a content coding;
/// - 413: it is larger than [`HttpSettings::body_limit`];
/// - 408: it does not arrive in time;
/// - 400: it does not arrive as announced.
pub async fn receive(request: &HttpRequest, payload: Payload, media_type: &Mime) -> Result<Bytes, Error> {
    let settings = web::Data::<HttpSettings>::extract(request).await?;
    require_media_type(request, media_type)?;
    require_no_coding(request)?;
    Ok(read(request, payload, &settings).await?)
}

fn require_media_type(request: &HttpRequest, required: &Mime) -> Result<(), Error> {
    let declared = request.mime_type().ok().flatten().is_some_and(|media_type| {
        media_type.essence_str() == required.essence_str()
            && media_type
                .get_param(mime::CHARSET)
                .is_none_or(|charset| charset == mime::UTF_8)
    });
    if declared {
        return Ok(());
    }
    let detail = format!("The body is not declared as `{required}` in UTF-8. Send it with `Content-Type: {required}`.");
    let problem = Problem::with_detail(ProblemCode::UnsupportedMediaType, detail);
    let accepted = HeaderValue::from_str(required.as_ref()).ok();
    Err(match accepted {
        Some(accepted) => problem.with_header(header::ACCEPT, accepted),
        None => problem,
    }
    .into())
}

/// Rejects a compressed body, which is not supported (RFC 9110, section 15.5.16).
fn require_no_coding(request: &HttpRequest) -> Result<(), Error> {
    let values = request.headers().get_all(header::CONTENT_ENCODING);
    let mut codings = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    if codings.all(|coding| matches!(&*coding.trim_ascii().to_ascii_lowercase(), b"" | b"identity")) {
        return Ok(());
    }
    let detail = "The body has a content coding, and none is supported. Send it without `Content-Encoding`.";
    let problem = Problem::with_detail(ProblemCode::UnsupportedMediaType, detail);
    Err(problem
        .with_header(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"))
        .into())
}

async fn read(request: &HttpRequest, payload: Payload, settings: &HttpSettings) -> Result<Bytes, Problem> {
    let too_large = || {
        let detail = format!("The body is larger than {} bytes.", settings.body_limit);
        Problem::with_detail(ProblemCode::PayloadTooLarge, detail)
    };
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > settings.body_limit as u64) {
        return Err(too_large());
    }
    BodyWanted::ask(request).await;
    let received = body::to_bytes_limited(BodyStream::new(payload), settings.body_limit);
    let bytes = tokio::time::timeout(settings.body_timeout, received)
        .await
        .map_err(|_| Problem::new(ProblemCode::RequestTimeout))?
        .map_err(|_| too_large())?
        .map_err(|_| Problem::with_detail(ProblemCode::BadRequest, "The body did not arrive as announced."))?;
    if let Some(activity) = request.conn_data::<Arc<Activity>>() {
        activity.end_body();
    }
    Ok(bytes)
}
