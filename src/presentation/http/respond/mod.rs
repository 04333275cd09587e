//! Answers of success besides 200, which is paperclip's `Json`. Errors are answered by [`Failure`](super::failure::Failure).

mod created;
mod no_content;

pub use created::Created;
pub use no_content::NoContent;
