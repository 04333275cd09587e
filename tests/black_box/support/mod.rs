//! What every black-box test starts with.

mod client;
mod server;

pub use client::{Answer, Client};
pub use server::{PASSWORD, Server};
