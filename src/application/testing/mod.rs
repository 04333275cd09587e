//! In-memory fakes of the [`ports`](super::ports), and a [`World`] of them for the tests of use cases. The fake store
//! passes the same contract tests as the real databases.
//!
//! Helpers for the tests of a single use case are defined beside them.

mod fakes;
mod store;
mod use_cases;
mod world;

pub(crate) use fakes::{FakeAccessTokens, FakePassTokens, hash_of, rotated_hash_of};
pub(crate) use store::InMemoryStore;
pub(crate) use world::{PASSWORD, TestSession, World, actor, invited, log_in_request, provenance, user};
