//! Error answers: problem documents (RFC 9457), and the codes by which programs tell them apart.

mod code;
mod document;

pub use code::ProblemCode;
pub use document::{FieldError, PROBLEM_JSON, Problem};
