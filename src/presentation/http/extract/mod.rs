//! Extractors: what a controller can ask of a request. Each documents its own refusals, in prose and in the OpenAPI
//! document.
//!
//! Those that ask who calls take the rest as their input, so that the order of judgement is seen in the signature:
//! [`Authenticated<Body<T>>`](Authenticated). What holds for every request, whatever its controller, is a step of the
//! [`middleware`](super::middleware).

mod anonymous;
mod authenticated;
mod body;
mod caller;
mod client;
mod client_address;
mod cross_site;
mod field_error;
mod fields;
mod no_input;
mod params;
mod path_param;

pub use anonymous::Anonymous;
pub use authenticated::Authenticated;
pub use body::Body;
pub use client::Client;
pub use client_address::ClientAddress;
pub use params::{Params, QueryParams};
pub use path_param::PathParam;
