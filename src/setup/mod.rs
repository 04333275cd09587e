//! Puts the layers together: the only place that knows them all.
//!
//! - [`commands`]: the commands of the command line, where everything begins;
//! - [`configuration`]: from files and variables to checked values;
//! - the composition root: [`adapters`] behind the ports, [`services`] on them, [`use_cases`] on both. Look there for
//!   the adapter behind a port, or for the parts of a use case;
//! - the server: [`server`], its [`sockets`] and [`listener`], and the jobs beside it: [`upkeep`],
//!   [`metrics`], [`hash_costs`];
//! - the steps before it: [`authority`], [`logging`], [`database`], [`peppers`], [`operator_name`].
//!
//! A rule that would still hold with other wiring belongs in another layer.

mod adapters;
mod authority;
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
mod web_settings;

pub use commands::run;
