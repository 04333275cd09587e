use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::from_fn,
    web::{self, Bytes, ServiceConfig},
};

use super::{
    connection::at_work,
    cors::cors,
    docs::docs,
    middleware::{
        access_log::access_log, cors_headers::cors_headers, dead_cookie::dead_cookie, head::head_as_get,
        head_limits::head_limits, panics::panics, problems::problems, request_id::request_id,
        reseal_cookie::reseal_cookie, security_headers::security_headers,
    },
    routes::routes,
    settings::HttpSettings,
};

/// Everything that answers HTTP: the routes, their documentation, and the layers around them.
///
/// `use_cases` registers every use case that a controller names, each as `web::Data`. `document` is
/// [`document`](super::document) of the same settings; it is made once, this function runs once per worker.
pub fn app(
    settings: web::Data<HttpSettings>,
    document: Bytes,
    use_cases: impl FnOnce(&mut ServiceConfig),
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let session = settings.cookie.middleware();
    let cors = cors(&settings.cors_allowed_origins);
    let docs_enabled = settings.docs_enabled;
    App::new()
        .app_data(settings)
        .configure(use_cases)
        .configure(|server| routes(&mut server.into()))
        .configure(|server| {
            if docs_enabled {
                docs(document)(server);
            }
        })
        // The last layer is the outermost.
        .wrap(session)
        .wrap(from_fn(reseal_cookie))
        .wrap(from_fn(dead_cookie))
        .wrap(from_fn(head_as_get))
        .wrap(from_fn(head_limits))
        .wrap(from_fn(panics))
        // Around all that may fail, so that front ends of other origins can read why, and within what explains its refusals.
        .wrap(cors)
        .wrap(from_fn(cors_headers))
        .wrap(from_fn(problems))
        .wrap(from_fn(security_headers))
        .wrap(from_fn(access_log))
        .wrap(from_fn(request_id))
        .wrap(from_fn(at_work))
}
