//! The contract of the storage ports, on every database.

use std::sync::Arc;

use test_database::{DatabaseKind, apply, needs_postgres};

use super::{
    SeaOrmAuditEventReader, SeaOrmIdentityReader, SeaOrmLastSeenRecorder, SeaOrmSessionReader, SeaOrmUnitOfWork,
    SeaOrmUserReader, testing::TestDatabase,
};
use crate::application::ports::contract::{Storage, storage_contract};

async fn storage(kind: DatabaseKind) -> Storage {
    let database = TestDatabase::migrated(kind).await;
    Storage {
        unit_of_work: Arc::new(SeaOrmUnitOfWork::new(&database)),
        users: Arc::new(SeaOrmUserReader::new(&database)),
        identities: Arc::new(SeaOrmIdentityReader::new(&database)),
        sessions: Arc::new(SeaOrmSessionReader::new(&database)),
        audit_events: Arc::new(SeaOrmAuditEventReader::new(&database)),
        last_seen: Arc::new(SeaOrmLastSeenRecorder::new(&database)),
        guard: Box::new(database),
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
