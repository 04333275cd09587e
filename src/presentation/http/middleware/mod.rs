//! What happens to every request, whatever it asks for: a step in each file, put together in two layers, [`outer`] and
//! [`inner`]. A layer of its own for each step would cost more than the step.
//!
//! What depends on the operation, such as who may call, is an [extractor](super::extract).

pub mod access_log;
pub mod cors;
pub mod cors_headers;
pub mod dead_cookie;
pub mod head;
pub mod head_limits;
pub mod inner;
pub mod outer;
pub mod own_cookies;
pub mod panics;
pub mod plain_path;
pub mod problems;
pub mod security_headers;
pub mod unlisted_proxy;
