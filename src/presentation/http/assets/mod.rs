//! Files in the binary that browsers load.

mod docs;

pub use docs::docs;
