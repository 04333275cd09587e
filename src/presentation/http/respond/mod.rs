//! Answers of success besides 200, which is paperclip's `Json`.

mod created;
mod no_content;

pub use self::{created::Created, no_content::NoContent};
