//! Extractors: what a controller can ask of a request. Each documents its own refusals.

mod anonymous;
mod authenticated;
mod body;
mod client;
mod client_address;
mod field_error;
mod no_input;
mod params;
mod path_param;

pub use self::{
    anonymous::Anonymous,
    authenticated::Authenticated,
    body::Body,
    client::Client,
    client_address::ClientAddress,
    no_input::NoInput,
    params::{Params, QueryParams},
    path_param::PathParam,
};
