//! Copying all data from one database to another.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, ModelTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use thiserror::Error;

use super::{
    Database,
    entities::{audit_event, auth_session, erased_username, one_time_link, user},
};

/// The number of rows to read and write at a time.
const BATCH: u64 = 500;

/// The progress of a copy, in rows of one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyProgress {
    /// `users`, `auth_sessions`, `one_time_links`, `audit_events` or `erased_usernames`.
    pub table: &'static str,
    /// Rows copied so far.
    pub copied: u64,
    /// Rows to copy.
    pub total: u64,
}

/// The numbers of rows in the copied tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// Users.
    pub users: u64,
    /// Sessions.
    pub sessions: u64,
    /// One-time links.
    pub links: u64,
    /// Events of the audit trail.
    pub audit_events: u64,
    /// Usernames of erased users.
    pub erased_usernames: u64,
}

/// Why nothing was copied.
#[derive(Debug, Error)]
pub enum CopyError {
    /// The target has data already.
    #[error(
        "the target is not empty, a copy needs one that is; users in it: {}, sessions: {}, links: {}, \
        audit events: {}, erased usernames: {}",
        .0.users, .0.sessions, .0.links, .0.audit_events, .0.erased_usernames
    )]
    TargetNotEmpty(RowCounts),
    /// The target does not have the rows that were written to it.
    #[error("{table} has {total} rows, of which {found} arrived")]
    CountsDiffer {
        /// The table.
        table: &'static str,
        /// The rows of the source.
        total: u64,
        /// The rows of the target.
        found: u64,
    },
    /// One of the databases failed.
    #[error("the copy failed: {0}")]
    Failed(DbErr),
}

impl From<DbErr> for CopyError {
    // The text includes the source.
    fn from(error: DbErr) -> Self {
        Self::Failed(error)
    }
}

/// Copies all users, sessions, one-time links, events of the audit trail and erased usernames, or none of them, to a
/// database of any kind.
///
/// Both must have the schema of this program, and `target` no data. Rows written to `source` meanwhile are not copied,
/// nor are counts of failed attempts.
///
/// # Errors
/// [`CopyError`] if nothing was copied, or if `target` did not answer the commit.
pub async fn copy(
    source: &Database,
    target: &Database,
    mut progress: impl FnMut(CopyProgress),
) -> Result<RowCounts, CopyError> {
    let source = source.begin_snapshot().await?;
    let target = target.begin_migration().await?;
    let found = RowCounts {
        users: user::Entity::find().count(&target).await?,
        sessions: auth_session::Entity::find().count(&target).await?,
        links: one_time_link::Entity::find().count(&target).await?,
        audit_events: audit_event::Entity::find().count(&target).await?,
        erased_usernames: erased_username::Entity::find().count(&target).await?,
    };
    if found != RowCounts::default() {
        return Err(CopyError::TargetNotEmpty(found));
    }
    let (from, to, progress) = (&source, &target, &mut progress);
    let copied = RowCounts {
        users: copy_table::<user::Entity>(from, to, user::Column::Id, progress).await?,
        sessions: copy_table::<auth_session::Entity>(from, to, auth_session::Column::Id, progress).await?,
        links: copy_table::<one_time_link::Entity>(from, to, one_time_link::Column::UserId, progress).await?,
        audit_events: copy_table::<audit_event::Entity>(from, to, audit_event::Column::Id, progress).await?,
        erased_usernames: copy_table::<erased_username::Entity>(from, to, erased_username::Column::Key, progress)
            .await?,
    };
    target.commit().await?;
    Ok(copied)
}

/// Copies a table in the order of its primary key. Returns the number of its rows.
async fn copy_table<E>(
    source: &impl ConnectionTrait,
    target: &impl ConnectionTrait,
    id: E::Column,
    progress: &mut impl FnMut(CopyProgress),
) -> Result<u64, CopyError>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel> + Send + Sync,
    E::ActiveModel: Send,
{
    let total = E::find().count(source).await?;
    let table = E::default().table_name();
    let mut copied = 0;
    let mut last = None;
    loop {
        let mut query = E::find().order_by_asc(id).limit(BATCH);
        if let Some(last) = last {
            query = query.filter(id.gt(last));
        }
        let rows = query.all(source).await?;
        let Some(row) = rows.last() else { break };
        last = Some(row.get(id));
        copied += rows.len() as u64;
        let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
        E::insert_many(rows).exec_without_returning(target).await?;
        progress(CopyProgress { table, copied, total });
    }
    let found = E::find().count(target).await?;
    if (copied, found) != (total, total) {
        return Err(CopyError::CountsDiffer { table, total, found });
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use test_database::{DatabaseKind, apply, needs_postgres, on_every_database};

    use super::*;
    use crate::infrastructure::persistence::testing::TestDatabase;

    /// More than fit into one batch.
    const USERS: u64 = 2 * BATCH + 1;

    async fn with_users(kind: DatabaseKind) -> TestDatabase {
        let database = TestDatabase::migrated(kind).await;
        let now = chrono::DateTime::from_timestamp(1_500_000_000, 123_456_000).unwrap();
        let users = (0..USERS).map(|number| user::Model {
            id: uuid::Uuid::from_u128(number.into()),
            username: format!("User{number}"),
            username_key: format!("user{number}"),
            password_hash: "hash".to_owned(),
            role: user::RoleRank::Admin,
            is_active: number % 2 == 0,
            credentials_generation: 3,
            created_at: now,
            updated_at: now,
            last_seen_at: Some(now),
        });
        let sessions = users.clone().map(|user| auth_session::Model {
            id: user.id,
            user_id: user.id,
            secret_digest: user.id.as_bytes().repeat(2),
            created_at: now,
            expires_at: now,
            last_seen_at: now,
            address: Some("2001:db8::1".to_owned()),
            user_agent: None,
        });
        let links = users.clone().map(|user| one_time_link::Model {
            user_id: user.id,
            secret_digest: user.id.as_bytes().repeat(2),
            kind: "recovery".to_owned(),
            created_at: now,
            expires_at: now,
        });
        let events = users.clone().map(|user| audit_event::Model {
            id: user.id,
            occurred_at: now,
            actor_kind: "user".to_owned(),
            actor_id: Some(user.id),
            action: "log_in".to_owned(),
            target_id: Some(user.id),
            refusal: None,
            count: 1,
            address: None,
            request_id: None,
            session_id: Some(user.id),
            operator_name: None,
        });
        let erased = users.clone().map(|user| erased_username::Model {
            key: user.id.as_bytes().repeat(2),
        });
        insert::<user::Entity>(&database, users).await;
        insert::<auth_session::Entity>(&database, sessions).await;
        insert::<one_time_link::Entity>(&database, links).await;
        insert::<audit_event::Entity>(&database, events).await;
        insert::<erased_username::Entity>(&database, erased).await;
        database
    }

    async fn insert<E: EntityTrait>(database: &Database, rows: impl Iterator<Item = E::Model>)
    where
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: Send,
    {
        let rows = rows.map(|row| row.into_active_model().reset_all());
        let insert = E::insert_many(rows).exec_without_returning(database.writer());
        insert.await.unwrap();
    }

    async fn rows<E: EntityTrait>(database: &Database, id: E::Column) -> Vec<E::Model> {
        E::find().order_by_asc(id).all(database.writer()).await.unwrap()
    }

    async fn assert_copies(source: DatabaseKind, target: DatabaseKind) {
        let (source, target) = (with_users(source).await, TestDatabase::migrated(target).await);
        let mut steps = Vec::new();

        let copied = copy(&source, &target, |step| {
            steps.push((step.table, step.copied, step.total))
        })
        .await;

        let expected = RowCounts {
            users: USERS,
            sessions: USERS,
            links: USERS,
            audit_events: USERS,
            erased_usernames: USERS,
        };
        assert_eq!(copied.unwrap(), expected);
        let of = |table| [BATCH, 2 * BATCH, USERS].map(|copied| (table, copied, USERS));
        let tables = [
            "users",
            "auth_sessions",
            "one_time_links",
            "audit_events",
            "erased_usernames",
        ];
        assert_eq!(steps, tables.map(of).concat());
        assert_eq!(
            rows::<user::Entity>(&source, user::Column::Id).await,
            rows::<user::Entity>(&target, user::Column::Id).await
        );
        assert_eq!(
            rows::<auth_session::Entity>(&source, auth_session::Column::Id).await,
            rows::<auth_session::Entity>(&target, auth_session::Column::Id).await
        );
        assert_eq!(
            rows::<one_time_link::Entity>(&source, one_time_link::Column::UserId).await,
            rows::<one_time_link::Entity>(&target, one_time_link::Column::UserId).await
        );
        assert_eq!(
            rows::<audit_event::Entity>(&source, audit_event::Column::Id).await,
            rows::<audit_event::Entity>(&target, audit_event::Column::Id).await
        );
        assert_eq!(
            rows::<erased_username::Entity>(&source, erased_username::Column::Key).await,
            rows::<erased_username::Entity>(&target, erased_username::Column::Key).await
        );
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn a_sqlite_database_is_copied_row_by_row(target: DatabaseKind) {
        assert_copies(DatabaseKind::Sqlite, target).await;
    }

    #[apply(needs_postgres)]
    #[tokio::test]
    async fn a_postgresql_database_is_copied_row_by_row() {
        assert_copies(DatabaseKind::Postgres, DatabaseKind::Sqlite).await;
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn a_database_that_has_data_is_left_as_it_is(kind: DatabaseKind) {
        let (source, target) = (with_users(DatabaseKind::Sqlite).await, with_users(kind).await);
        let before = rows::<user::Entity>(&target, user::Column::Id).await;
        let refusal = copy(&source, &target, |_| ()).await;
        assert!(matches!(
            refusal,
            Err(CopyError::TargetNotEmpty(RowCounts { users: USERS, .. }))
        ));
        assert_eq!(rows::<user::Entity>(&target, user::Column::Id).await, before);

        user::Entity::delete_many().exec(target.writer()).await.unwrap();
        let refusal = copy(&source, &target, |_| ()).await;
        let without_users = RowCounts {
            audit_events: USERS,
            erased_usernames: USERS,
            ..RowCounts::default()
        };
        assert!(matches!(refusal, Err(CopyError::TargetNotEmpty(found)) if found == without_users));
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn a_copy_that_fails_leaves_nothing_behind(kind: DatabaseKind) {
        let (source, target) = (
            with_users(DatabaseKind::Sqlite).await,
            TestDatabase::migrated(kind).await,
        );
        let obstacle = "DROP TABLE auth_sessions";
        target.writer().execute_unprepared(obstacle).await.unwrap();
        assert!(matches!(
            copy(&source, &target, |_| ()).await,
            Err(CopyError::Failed(_))
        ));
        assert_eq!(user::Entity::find().count(target.writer()).await.unwrap(), 0);
    }
}
