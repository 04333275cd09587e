//! What extractors, responders and controllers tell the OpenAPI document.
//!
//! Extractors and responders say by [`refuses`] and [`answers`] what they do to every operation that uses them. What an
//! operation says of itself alone are its [`Details`], which stand beside its controller.

mod details;
mod operation;
pub mod samples;

pub use details::Details;
pub use operation::{SESSION, answers, asks_for_session, line, refuses};
