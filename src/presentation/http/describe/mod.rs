//! Building blocks of the OpenAPI document for extractors, responders and controllers.
//!
//! Extractors and responders document their answers with [`add_problems`] and [`add_success`] in every operation that
//! uses them. The [`Details`] of a single operation are in the file of its controller.

mod details;
mod operation;
pub mod samples;

pub use details::Details;
pub use operation::{PASS, SESSION, add_problems, add_success, line, require_session, require_session_or_pass};
