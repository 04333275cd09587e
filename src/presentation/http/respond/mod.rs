//! Successful answers other than 200, for which paperclip has `Json`. Errors are a
//! [`Failure`](super::failure::Failure).

mod created;
mod no_content;

pub use created::Created;
pub use no_content::NoContent;
