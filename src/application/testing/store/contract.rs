//! Runs the contract tests of the storage ports on the fake store.

use std::sync::Arc;

use super::InMemoryStore;
use crate::application::ports::contract::{Storage, storage_contract};

async fn in_memory() -> Storage {
    let store = Arc::new(InMemoryStore::default());
    Storage {
        unit_of_work: store.clone(),
        users: store.clone(),
        identities: store.clone(),
        sessions: store.clone(),
        session_toucher: store.clone(),
        links: store.clone(),
        audit_events: store,
        guard: Box::new(()),
    }
}

storage_contract!(in_memory);
