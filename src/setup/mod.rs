//! Where everything comes together: the only place that knows every layer.
//!
//! - [`commands`]: what the command line asks for, which is where everything begins;
//! - [`configuration`]: from files and variables to checked values;
//! - the composition root: [`adapters`] behind the ports, [`services`] on them, [`use_cases`] on both. To find out what
//!   stands behind a port, or what a use case is given, look there;
//! - the server: [`server`], its [`sockets`] and [`listener`], and what runs beside it: [`upkeep`], [`metrics`],
//!   [`hash_costs`];
//! - what must be before: [`logging`], [`database`], [`peppers`], [`operator_name`].
//!
//! What is still true when it is wired otherwise belongs into another layer.

mod adapters;
mod commands;
pub mod configuration;
mod database;
mod expectation;
mod hash_costs;
mod listener;
mod logging;
mod metrics;
mod operator_name;
mod peppers;
mod server;
mod services;
mod sockets;
mod upkeep;
mod use_cases;

pub use commands::run;
