//! `Expect: 100-continue`: a waiting client is asked for its body only if the app reads it.

use std::{cell::OnceCell, fmt, pin::Pin, rc::Rc};

use actix_http::{HttpMessage, Request, Response};
use actix_service::{Service, ServiceFactory, fn_factory, fn_service};
use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
};

use crate::presentation::http::BodyWanted;

/// Response to a request whose body was not asked for.
pub struct Answered(Response<BoxBody>);

impl From<Answered> for Response<BoxBody> {
    fn from(answered: Answered) -> Self {
        answered.0
    }
}

/// Future of a request whose body was asked for.
struct InFlight<F>(Pin<Box<F>>);

/// Makes an app ask for a body only when it reads the body, instead of at once (RFC 9110, section 10.1.1).
///
/// Actix calls the first service for a request with `Expect: 100-continue`, then sends `100 Continue` and calls the
/// second one. Here the first lets the app begin. If the app answers without reading the body, that is the answer, and
/// the client keeps the body. If it reads the body, the second service goes on where the first one stopped.
#[expect(
    clippy::type_complexity,
    reason = "two services, which Actix wants apart and whose types have no name"
)]
pub fn ask_for_bodies_late<F, S, B>(
    app: F,
) -> (
    impl ServiceFactory<Request, Config = (), Response = Request, Error = Answered, InitError = (), Future: 'static>,
    impl ServiceFactory<
        Request,
        Config = (),
        Response = F::Response,
        Error = Error,
        InitError = F::InitError,
        Future: 'static,
        Service: Service<Request, Response = F::Response, Error = Error, Future: 'static>,
    >,
)
where
    F: ServiceFactory<Request, Config = (), Error = Error, Service = S, InitError: fmt::Debug, Future: 'static>,
    F::Response: Into<Response<B>> + 'static,
    S: Service<Request, Response = F::Response, Error = Error, Future: 'static> + 'static,
    B: MessageBody + 'static,
{
    let started = Rc::new(OnceCell::<Rc<S>>::new());

    let app_of_expect = Rc::clone(&started);
    let expect = fn_service(move |request: Request| {
        let wanted = BodyWanted::default();
        request.extensions_mut().insert(wanted.clone());
        let app = app_of_expect.get().cloned();
        async move {
            // The second service is made before any request comes.
            let Some(app) = app else { return Ok(request) };
            let mut answer = Box::pin(app.call(request));
            tokio::select! {
                biased;
                answer = &mut answer => Err(Answered(match answer {
                    Ok(response) => response.into().map_into_boxed_body(),
                    Err(error) => error.into(),
                })),
                () = wanted.asked() => {
                    let request = Request::new();
                    request.extensions_mut().insert(InFlight(answer));
                    Ok(request)
                }
            }
        }
    });

    let app = fn_factory(move || {
        let (app, started) = (app.new_service(()), Rc::clone(&started));
        async move {
            let app = Rc::new(app.await?);
            let app = Rc::clone(started.get_or_init(|| app));
            Ok(fn_service::<_, _, _, _, _, ()>(move |request: Request| {
                let begun = request.extensions_mut().remove::<InFlight<S::Future>>();
                match begun {
                    Some(InFlight(answer)) => answer,
                    None => Box::pin(app.call(request)),
                }
            }))
        }
    });
    (expect, app)
}
