//! In-memory fakes of the [`ports`](super::ports), and a [`World`] of them to test use cases in. The fake store fulfils
//! the same contract as the real databases, by the same tests.
//!
//! What only one use case's tests need stands with them.

mod fakes;
mod store;
mod use_cases;
mod world;

pub(crate) use fakes::{FakeAccessTokens, hash_of, rotated_hash_of};
pub(crate) use store::InMemoryStore;
pub(crate) use world::{PASSWORD, TestSession, World, actor, provenance, user};
