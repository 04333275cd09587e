use sea_orm::entity::prelude::*;

/// A row of `audit_events`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub occurred_at: ChronoDateTimeUtc,
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    pub action: String,
    pub target_id: Option<Uuid>,
    pub refusal: Option<String>,
    pub count: i64,
    pub address: Option<String>,
    pub request_id: Option<String>,
    pub session_id: Option<Uuid>,
    pub operator_name: Option<String>,
}

/// The users of an event, for joins alone: an event outlives its users.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::user::Entity",
        from = "Column::ActorId",
        to = "super::user::Column::Id"
    )]
    Actor,
    #[sea_orm(
        belongs_to = "super::user::Entity",
        from = "Column::TargetId",
        to = "super::user::Column::Id"
    )]
    Target,
}

impl ActiveModelBehavior for ActiveModel {}
