//! Gatehouse, a user-management backend in Clean Architecture.
//!
//! This is the guide to its code. The book, `docs/architecture.md`, explains the layers and their reasons.
//!
//! # The layers
//!
//! Each names only itself and those above it in this list; `infrastructure` and `presentation` do not name each other:
//!
//! - [`domain`]: what it is about. Users, roles, sessions and their rules, without I/O.
//! - [`application`]: what it does. The use cases, one in each file, and the ports that they need.
//! - [`infrastructure`]: what it runs on. The adapters behind the ports: database, hashing, tokens, clock.
//! - [`presentation`]: how clients reach it. HTTP and the command line.
//! - [`setup`]: how it comes together. Configuration, wiring and start; the only layer that knows all.
//!
//! # Where to begin
//!
//! Follow one use case through all layers. A super admin makes a user an admin:
//!
//! 1. `routes` in [`http`](presentation::http) sends `PATCH /api/v1/users/grant` to the controller, `grant_admin`.
//! 2. The use case, [`GrantAdmin`](application::commands::users::GrantAdmin), says who may run it, what changes and what
//!    it rejects. It shares its steps with others: `manage_user` beside it, and
//!    [`Changes`](application::commands::Changes).
//! 3. The entity, [`User`](domain::user::User), changes itself or returns an error.
//! 4. The port, [`UnitOfWork`](application::ports::UnitOfWork), is a trait. Its adapter is
//!    [`Database`](infrastructure::persistence::Database), or a fake in tests.
//! 5. The composition root, `adapters` and `use_cases` in [`setup`], gives the use case its ports, and the controller
//!    its use case.
//!
//! Every other [command](application::commands) or [query](application::queries) is built in the same way.
//!
//! # How to read these pages
//!
//! The page of a module says what belongs there, what does not, and where that goes instead. To see private items as
//! well, run `cargo doc --no-deps --document-private-items --open`.
//!
//! The page of a folder is in its `mod.rs`. A file has one item, which the module of the folder re-exports. Tests are at
//! the end of the file or, if they are long, in `tests.rs` in a folder with its name.

pub mod application;
pub mod domain;
pub mod infrastructure;
pub mod presentation;
pub mod setup;
