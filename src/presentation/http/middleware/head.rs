//! HEAD is answered wherever GET is.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{ALLOW, HeaderValue},
    },
    middleware::Next,
};

/// Routes HEAD as GET (RFC 9110, section 9.3.2), and names it beside GET where another method is refused. The content is left
/// out by the server, which saw the original method.
pub async fn head_as_get<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let mut response = next.call(request).await?;
    let allowed = response.headers().get(ALLOW).and_then(|value| value.to_str().ok());
    if let Some(allowed) = allowed.filter(|allowed| allowed.split(", ").any(|method| method == "GET"))
        && let Ok(with_head) = HeaderValue::try_from(format!("{allowed}, HEAD"))
    {
        response.headers_mut().insert(ALLOW, with_head);
    }
    Ok(response)
}
