//! The contract of the storage ports, on every database.

use std::sync::Arc;

use test_database::{DatabaseKind, apply, needs_postgres};

use super::{Database, SeaOrmIdentityReader, SeaOrmSessionToucher, testing::TestDatabase};
use crate::application::ports::contract::{Storage, storage_contract};

async fn storage(kind: DatabaseKind) -> Storage {
    let guard = TestDatabase::migrated(kind).await;
    let database = Arc::new(Database::clone(&guard));
    Storage {
        unit_of_work: database.clone(),
        users: database.clone(),
        identities: Arc::new(SeaOrmIdentityReader::new(&database)),
        sessions: database.clone(),
        session_toucher: Arc::new(SeaOrmSessionToucher::new(&database)),
        links: database.clone(),
        audit_events: database,
        guard: Box::new(guard),
    }
}

mod sqlite {
    use super::*;

    async fn sqlite() -> Storage {
        storage(DatabaseKind::Sqlite).await
    }

    storage_contract!(sqlite);
}

mod postgres {
    use super::*;

    async fn postgres() -> Storage {
        storage(DatabaseKind::Postgres).await
    }

    storage_contract!(
        #[apply(needs_postgres)]
        postgres
    );
}
