//! What every black-box test starts with.

pub mod bodies;
mod client;
pub mod forger;
mod operations;
mod raw;
mod server;
mod views;

pub use client::{Answer, Client};
pub use operations::{OpenTo, Operation, operations};
pub use raw::exchange;
pub use server::{PASSWORD, Server};
pub use views::{assert_current_user, assert_user_view, blamed, time};
