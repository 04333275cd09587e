use async_trait::async_trait;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, RelationTrait, Statement,
    sea_query::{Alias, Expr},
};

use super::{
    Database,
    entities::{
        audit_event::{Column, Entity, Model, Relation},
        user,
    },
    inline_values::inline_values,
};
use crate::application::{
    audit_trail::{AuditEvent, AuditEventId},
    paging::{AuditEventFilter, AuditEventPage, AuditEventPageRequest},
    ports::{AuditEventReader, StorageError},
    views::AuditEventView,
};

#[derive(FromQueryResult)]
struct AuditEventViewRow {
    #[sea_orm(nested)]
    event: Model,
    actor_username: Option<String>,
    target_username: Option<String>,
}

#[async_trait]
impl AuditEventReader for Database {
    async fn list(
        &self,
        filter: &AuditEventFilter,
        page: &AuditEventPageRequest,
    ) -> Result<AuditEventPage, StorageError> {
        let statement = select_page(filter, page, self.reader().get_database_backend());
        let rows = AuditEventViewRow::find_by_statement(statement)
            .all(self.reader())
            .await?;
        let views = rows.into_iter().map(AuditEventView::try_from);
        Ok(AuditEventPage::of(views.collect::<Result<_, _>>()?, page.limit))
    }
}

/// Selects the events of a page and the next one.
///
/// PostgreSQL plans it for its values. One plan for all actors could read the whole trail for an actor with few events.
fn select_page(filter: &AuditEventFilter, page: &AuditEventPageRequest, backend: DbBackend) -> Statement {
    let [actor, target] = ["actor", "target"].map(Alias::new);
    let events = Entity::find()
        .join_as(JoinType::LeftJoin, Relation::Actor.def(), actor.clone())
        .join_as(JoinType::LeftJoin, Relation::Target.def(), target.clone())
        .column_as(Expr::col((actor, user::Column::Username)), "actor_username")
        .column_as(Expr::col((target, user::Column::Username)), "target_username")
        .filter(condition(filter, page.after))
        .order_by_desc(Column::Id)
        .limit(u64::from(page.limit.get()) + 1);
    inline_values(events.build(backend))
}

/// Selects by ids instead of times, because ids begin with the time and have an index.
fn condition(filter: &AuditEventFilter, after: Option<AuditEventId>) -> Condition {
    let at = |time| AuditEventId::first_at(time).as_uuid();
    let refused = |is_refused| match is_refused {
        true => Column::Refusal.is_not_null(),
        false => Column::Refusal.is_null(),
    };
    Condition::all()
        .add_option(filter.actor_kind.map(|kind| Column::ActorKind.eq(kind.name())))
        .add_option(filter.actor_id.map(|id| Column::ActorId.eq(id.as_uuid())))
        .add_option(filter.target_id.map(|id| Column::TargetId.eq(id.as_uuid())))
        .add_option(filter.action.map(|action| Column::Action.eq(action.name())))
        .add_option(filter.is_refused.map(refused))
        .add_option(filter.since.map(|time| Column::Id.gte(at(time))))
        .add_option(filter.until.map(|time| Column::Id.lt(at(time))))
        .add_option(after.map(|id| Column::Id.lt(id.as_uuid())))
}

impl TryFrom<AuditEventViewRow> for AuditEventView {
    type Error = StorageError;

    fn try_from(row: AuditEventViewRow) -> Result<Self, Self::Error> {
        Ok(Self {
            event: AuditEvent::try_from(row.event)?,
            actor_username: row.actor_username,
            target_username: row.target_username,
        })
    }
}

#[cfg(test)]
mod tests {
    use test_database::{DatabaseKind, apply, needs_postgres};

    use super::*;
    use crate::{domain::user::UserId, infrastructure::persistence::testing::TestDatabase};

    #[apply(needs_postgres)]
    #[tokio::test]
    async fn the_index_finds_users_with_few_events_among_users_with_many() {
        let database = TestDatabase::migrated(DatabaseKind::Postgres).await;
        let transaction = database.begin().await.unwrap();
        let many = "INSERT INTO audit_events (id, occurred_at, actor_kind, actor_id, action, count) \
            SELECT lpad(n::text, 32, '0')::uuid, now(), 'user', lpad((n % 2)::text, 32, '0')::uuid, 'log_in', 1 \
            FROM generate_series(1, 5000) AS n; ANALYZE audit_events";
        transaction.inner.execute_unprepared(many).await.unwrap();
        transaction.commit().await.unwrap();

        let nobody = UserId::new(chrono::DateTime::UNIX_EPOCH, [1; 10]);
        for filter in [
            AuditEventFilter {
                actor_id: Some(nobody),
                ..AuditEventFilter::default()
            },
            AuditEventFilter {
                target_id: Some(nobody),
                ..AuditEventFilter::default()
            },
        ] {
            let page = AuditEventPageRequest::default();
            let plan = database.plan(|backend| select_page(&filter, &page, backend)).await;
            assert!(plan.contains("_id_id"), "{plan}");
        }
    }
}
