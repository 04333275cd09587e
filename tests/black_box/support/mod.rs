//! What every black-box test starts with.

pub mod bodies;
mod client;
mod exposition;
pub mod forger;
mod guide;
mod operations;
mod page;
mod program;
mod raw;
mod rsa;
mod server;
mod small_disk;
mod views;

pub use client::{Answer, Client};
pub use exposition::Exposition;
pub use guide::{shell_blocks, shell_lines, type_in};
pub use operations::{GUARDING, LISTED_IN, OpenTo, Operation, operations};
pub use page::{MADE, Page, files};
pub use program::{Outcome, Program};
pub use raw::{exchange, exchange_in_parts};
pub use rsa::write_rsa_keys;
pub use server::{PASSWORD, Server};
pub use small_disk::SmallDisk;
pub use views::{
    assert_current_user, assert_listed_user, assert_session_view, assert_user_view, blamed, time, user_of,
};

/// How long the program may take to start, answer or stop before a test gives up.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);
