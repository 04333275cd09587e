//! The query of whoever has a one-time link.

mod read_link;

pub use read_link::{ReadLink, ReadLinkError};
