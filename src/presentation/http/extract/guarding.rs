use std::{
    future::{Ready, ready},
    sync::Arc,
};

use actix_web::{Error, FromRequest, HttpRequest, dev::Payload, web};
use paperclip::{
    actix::OperationModifier,
    v2::{models::DefaultOperationRaw, schema::Apiv2Schema},
};

use crate::presentation::http::{
    describe,
    forward_auth::ForwardAuth,
    problem::{Problem, ProblemCode},
    settings::HttpSettings,
};

/// Extracts the settings of forward-auth; 404 `route_not_found` while it is off.
pub struct Guarding(pub Arc<ForwardAuth>);

impl FromRequest for Guarding {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let settings = request.app_data::<web::Data<HttpSettings>>();
        let forward_auth = settings.and_then(|settings| settings.forward_auth.clone());
        ready(
            forward_auth
                .map(Self)
                .ok_or_else(|| Problem::new(ProblemCode::RouteNotFound).into()),
        )
    }
}

impl Apiv2Schema for Guarding {}

impl OperationModifier for Guarding {
    fn update_parameter(operation: &mut DefaultOperationRaw) {
        describe::add_problems(operation, &[ProblemCode::RouteNotFound]);
    }
}
