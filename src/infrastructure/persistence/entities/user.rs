use sea_orm::{
    Condition, UpdateMany,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait},
};

use crate::domain::user::Role;

/// A row of `users`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub username: String,
    pub username_key: String,
    /// Empty while the user is invited: [`Column::is_invited`].
    pub password_hash: String,
    pub credentials_generation: i64,
    pub role: RoleRank,
    pub is_active: bool,
    pub created_at: ChronoDateTimeUtc,
    pub updated_at: ChronoDateTimeUtc,
    pub last_seen_at: Option<ChronoDateTimeUtc>,
}

/// A role as it is stored: by a number, so that the database sorts by rank. The gaps are for new roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum RoleRank {
    User = 10,
    Admin = 20,
    SuperAdmin = 30,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::auth_session::Entity")]
    AuthSession,
}

impl Related<super::auth_session::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::AuthSession.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Updates when the user with this id was last seen, if that was before `time`.
    ///
    /// A transaction that changes sessions too does this first, because every transaction locks users before sessions.
    pub fn record_as_seen(id: Uuid, time: ChronoDateTimeUtc) -> UpdateMany<Self> {
        let is_later = Condition::any()
            .add(Column::LastSeenAt.is_null())
            .add(Column::LastSeenAt.lt(time));
        Self::update_many()
            .col_expr(Column::LastSeenAt, Expr::value(time))
            .filter(Column::Id.eq(id))
            .filter(is_later)
    }
}

impl Column {
    /// Matches users who have never set a password.
    ///
    /// An empty hash, because SQLite cannot make an existing column nullable, and no password fits it on a node of an
    /// earlier version. A constant, because a prepared statement numbers its parameters.
    pub fn is_invited() -> Expr {
        Self::PasswordHash.into_expr().eq(Expr::Constant("".into()))
    }
}

impl From<Role> for RoleRank {
    fn from(role: Role) -> Self {
        match role {
            Role::User => Self::User,
            Role::Admin => Self::Admin,
            Role::SuperAdmin => Self::SuperAdmin,
        }
    }
}

impl From<RoleRank> for Role {
    fn from(rank: RoleRank) -> Self {
        match rank {
            RoleRank::User => Self::User,
            RoleRank::Admin => Self::Admin,
            RoleRank::SuperAdmin => Self::SuperAdmin,
        }
    }
}
