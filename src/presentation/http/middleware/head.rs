//! Supports HEAD wherever GET is supported.

use actix_web::{
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{ALLOW, HeaderValue},
    },
};

/// Routes HEAD as GET (RFC 9110, section 9.3.2). Actix, which saw the original method, omits the content.
pub fn route_as_get(request: &mut ServiceRequest) {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
}

/// Adds HEAD to an `Allow` header that lists GET.
pub fn allow_head<B>(response: &mut ServiceResponse<B>) {
    let allowed = response.headers().get(ALLOW).and_then(|value| value.to_str().ok());
    if let Some(allowed) = allowed.filter(|allowed| allowed.split(", ").any(|method| method == "GET"))
        && let Ok(with_head) = HeaderValue::try_from(format!("{allowed}, HEAD"))
    {
        response.headers_mut().insert(ALLOW, with_head);
    }
}
