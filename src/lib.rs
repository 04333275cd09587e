//! Gatehouse, a user-management backend in Clean Architecture. This page is the guide to its code. The book,
//! `docs/architecture.md`, explains what the layers are for, and why.
//!
//! # The layers
//!
//! Each names only itself and those above it in this list. `infrastructure` and `presentation` do not name each other.
//!
//! - [`domain`]: users, roles, sessions and their rules, without I/O;
//! - [`application`]: the use cases, one in each file, and the ports that they need;
//! - [`infrastructure`]: the adapters behind the ports, such as database, hashing, tokens and clock;
//! - [`presentation`]: the entry points, HTTP, pages and the command line;
//! - [`setup`]: configuration, wiring and start. Only this module names all others.
//!
//! # Where to begin
//!
//! Follow one use case through all layers. A super admin makes a user an admin:
//!
//! 1. the controller, `grant_admin` in the `users` of [`http`](presentation::http), handles
//!    `PATCH /api/v1/users/grant`, which `routes` maps to it;
//! 2. the use case, [`GrantAdmin`](application::commands::users::GrantAdmin), authorizes the caller and defines what
//!    changes and what is rejected. It shares its steps with similar use cases in `manage_user`, and its transaction in
//!    [`Changes`](application::commands::Changes);
//! 3. the entity, [`User`](domain::user::User), checks its rules and changes itself;
//! 4. the port, [`UnitOfWork`](application::ports::UnitOfWork), is a trait. Behind it is the adapter
//!    [`Database`](infrastructure::persistence::Database), or in tests a fake;
//! 5. the composition root, `adapters` and `use_cases` in [`setup`], gives the use case its ports, and the controller
//!    its use case.
//!
//! A page for people calls the same use case: `grant_admin` in the `users` of [`pages`](presentation::pages).
//!
//! Then read any other [command](application::commands) or [query](application::queries): all have the same structure.
//!
//! # How to read these pages
//!
//! The page of a module describes what belongs there, what does not, and where that belongs instead. Many items are
//! private. To see them as well, run `cargo doc --no-deps --document-private-items --open`.
//!
//! The page of a folder is its `mod.rs`. A file contains one thing, which the module of the folder exports under the
//! name of that thing. Tests are at the end of the file or, if they are long, in `tests.rs` in a folder of its name.

pub mod application;
pub mod domain;
pub mod infrastructure;
pub mod presentation;
pub mod setup;
