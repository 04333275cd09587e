//! Error answers: problem documents (RFC 9457), and the codes that programs go by.

mod code;
mod document;

pub use code::ProblemCode;
pub use document::{FieldError, PROBLEM_JSON, Problem};
