//! Extractors: the inputs of controllers. Each documents its own errors, in prose and in the OpenAPI document.
//!
//! Extractors that authenticate take the rest as their input, so that the signature shows the order of the checks:
//! [`Authenticated<Body<T>>`](Authenticated). A check of every request, regardless of its controller, is a step of the
//! [`middleware`](super::middleware).

mod anonymous;
mod authenticated;
mod body;
mod caller;
mod client;
mod client_address;
mod content;
mod cross_site;
mod everyone;
mod field_error;
mod fields;
mod guarded_request;
mod guarding;
mod link_origin;
mod no_input;
mod params;
mod path_param;

pub use anonymous::Anonymous;
pub use authenticated::Authenticated;
pub use body::Body;
pub use caller::caller;
pub use client::Client;
pub use client_address::client_address;
pub use content::receive;
pub use everyone::Everyone;
pub use fields::read_fields;
pub use guarded_request::GuardedRequest;
pub use guarding::Guarding;
pub use link_origin::LinkOrigin;
pub use no_input::NoInput;
pub use params::{Params, QueryParams};
pub use path_param::PathParam;
