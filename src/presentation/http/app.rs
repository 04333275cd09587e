use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::from_fn,
    web::{self, Bytes, Redirect, ServiceConfig},
};

use super::{
    assets::docs,
    middleware::{cors::cors, inner::inner, outer::outer},
    routes::routes,
    settings::HttpSettings,
};

/// Builds the HTTP application: the routes, their documentation, and the layers around them.
///
/// `extension` registers every use case that a controller requires, each as `web::Data`, and may add routes. `document`
/// is the OpenAPI [`document`](super::document::document) of the same settings; it is generated once, while this
/// function runs once per worker.
pub fn app(
    settings: web::Data<HttpSettings>,
    document: Bytes,
    extension: impl FnOnce(&mut ServiceConfig),
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let cors = cors(&settings.cors_allowed_origins);
    // An extractor would cost each request another box for its future.
    let [of_inner, of_outer] = [(); 2].map(|()| settings.clone());
    let (docs_enabled, home) = (settings.docs_enabled, settings.home);
    App::new()
        .configure(|server| routes(|| settings.cookie.middleware())(&mut server.into()))
        .app_data(web::Data::from(settings.cookie.clone()))
        .app_data(settings)
        .configure(extension)
        .configure(|server| {
            if docs_enabled {
                docs(document)(server);
            }
            if let Some(home) = home {
                server.service(web::resource("/").route(web::get().to(move || async move { Redirect::to(home) })));
            }
        })
        // The last layer is the outermost.
        .wrap(from_fn(move |request, next| inner(of_inner.clone(), request, next)))
        // Around `inner`, so that front ends of other origins can read errors; within `outer`, which turns the errors
        // of CORS into problems.
        .wrap(cors)
        .wrap(from_fn(move |request, next| outer(of_outer.clone(), request, next)))
}
