//! Files for browsers that are embedded in the binary.

mod docs;

pub use docs::{DOCS_PAGE, docs};
