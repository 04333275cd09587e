//! The pages for people under `/console/`, over HTTP. How they look and work in a browser is tested in
//! `tests/browser`.

mod access;
mod errors;
mod forms;
mod injection;
mod lists;
mod log_in;
mod settings;
mod welcome;
