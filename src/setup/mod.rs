//! Where everything comes together: configuration, logging, the composition root, the server and the operational commands.
//! The only place that knows every layer.

mod adapters;
mod clock_watch;
mod commands;
pub mod configuration;
mod database;
mod listener;
mod logging;
mod metrics;
mod peppers;
mod server;
mod services;
mod upkeep;
mod use_cases;

pub use commands::run;
