//! Days on which tokens were issued to credentials: a row per credential and day in UTC.
//!
//! A row is written with the first token of its day. It does not count: the tokens of a day are the
//! difference between its `tokens_before` and that of the next row, or the credential's count.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, LockBehavior, LockType, Query};
use sea_orm::{DeleteMany, ExprTrait};

use crate::CredentialId;

/// One row of `credential_usage_days`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credential_usage_days")]
pub struct Model {
    /// The credential.
    #[sea_orm(primary_key, auto_increment = false)]
    pub credential_id: CredentialId,
    /// The day in UTC, in days since 1970.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: i32,
    /// Number of tokens issued to the credential before this day.
    pub tokens_before: i64,
}

/// Relations to other tables.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Deletes up to `limit` rows of all tenants with a day before `end`, with their addresses.
    pub fn delete_any_tenant_before(end: i32, limit: u64) -> DeleteMany<Self> {
        let key = [Column::CredentialId, Column::Day];
        let expired = Query::select()
            .columns(key)
            .from(Entity)
            .and_where(Column::Day.lt(end))
            .order_by(Column::Day, sea_orm::Order::Asc)
            .limit(limit)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .take();
        let key = Expr::tuple(key.map(Expr::col));
        Self::delete_many().filter(key.in_subquery(expired))
    }
}
