//! Gatehouse, a user-management backend in Clean Architecture. This is the guide to its code; what the layers are for,
//! and why, is in the book, `docs/architecture.md`.
//!
//! # The layers
//!
//! Each names only itself and those above it in this list; `infrastructure` and `presentation` do not name each other:
//!
//! - [`domain`]: what it is about. Users, roles, sessions and their rules, without I/O;
//! - [`application`]: what it does. One use case a file, and the ports that they need;
//! - [`infrastructure`]: what it stands on. The adapters behind the ports: database, hashing, tokens, clock;
//! - [`presentation`]: how it is reached. HTTP and the command line;
//! - [`setup`]: how it comes together. Configuration, wiring and start; the only one that knows all.
//!
//! # Where to begin
//!
//! With one use case through all layers. A super admin makes somebody an admin:
//!
//! 1. the controller, `grant_admin` in the `users` of [`http`](presentation::http), takes `PATCH /api/v1/users/grant`,
//!    which `routes` leads to it;
//! 2. the use case, [`GrantAdmin`](application::commands::users::GrantAdmin), says who may, what changes and what is
//!    refused. The steps that it shares with its siblings are in
//!    [`ManageUser`](application::commands::users::ManageUser);
//! 3. the entity, [`User`](domain::user::User), changes itself or refuses to;
//! 4. the port, [`UnitOfWork`](application::ports::UnitOfWork), is a trait. Behind it is the adapter
//!    [`Database`](infrastructure::persistence::Database), or in tests a fake;
//! 5. the composition root, `adapters` and `use_cases` in [`setup`], gives the use case its ports, and the controller
//!    its use case.
//!
//! Then any other [command](application::commands) or [query](application::queries): all are built alike.
//!
//! # How to read these pages
//!
//! The page of a module says what belongs there, what does not, and where that goes instead. Much is private, and a
//! guide to the code shows that as well: `cargo doc --no-deps --document-private-items --open`.
//!
//! A folder has its page in `mod.rs`. A file holds one thing, which the module of the folder offers under the name of
//! that thing. Tests are at the end of the file or, where they are long, in `tests.rs` in a folder of its name.

pub mod application;
pub mod domain;
pub mod infrastructure;
pub mod presentation;
pub mod setup;
