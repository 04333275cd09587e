//! Gatehouse from the outside: the real program, in a directory of its own, over HTTP and the command line.
//!
//! A file for each subject. The program, its clients and what they are held to are in [`support`]. What can be seen
//! from the inside only, such as what happens between two lines of a use case, is tested beside the code.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod support;

mod account;
mod api_guide;
mod audit;
mod audit_trail_lists;
mod bad_input;
mod body_transfer;
mod browser;
mod client_address;
mod clients;
mod clock_steps;
mod command_line;
mod compose;
mod concurrency;
mod config;
mod connections;
mod console;
mod cookbook;
mod cors;
mod cross_site;
mod database_address;
mod database_outage;
mod db_copy;
mod deployment_guide;
mod disk_faults;
mod documentation;
mod durability;
mod erasure;
mod failover;
mod fair_hashing;
mod floods;
mod foreign_cookies;
mod forged_tokens;
mod forward_auth;
mod full_output;
mod gate;
mod guides;
mod health;
mod healthcheck;
mod help;
mod indexes;
mod known_devices;
mod links;
mod list_users;
mod log_in;
mod log_in_times;
mod logs;
mod metrics;
mod migrate;
mod minimal_answers;
mod moving_accounts;
mod new_passwords;
mod order_of_judgement;
mod overload;
mod pages;
mod papers;
mod peppers;
mod problems;
mod production;
mod raw_http;
mod rbac;
mod read_replica;
mod readme;
mod rolling_restart;
mod rotation;
mod routes;
mod runbooks;
mod schemathesis;
mod security_headers;
mod session_endpoints;
mod sessions;
mod shutdown;
mod slow_clients;
mod starts;
mod throttling;
mod two_nodes;
mod user_pages;
mod users;
