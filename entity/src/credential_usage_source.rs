//! Client addresses that requested tokens: a row per credential, day in UTC and address, up to a
//! number of addresses; further addresses of a day share a row.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::CredentialId;

/// The address of the row that further addresses share.
pub const OTHER: &str = "";

/// One row of `credential_usage_sources`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credential_usage_sources")]
pub struct Model {
    /// The credential.
    #[sea_orm(primary_key, auto_increment = false)]
    pub credential_id: CredentialId,
    /// The day in UTC, in days since 1970.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: i32,
    /// The client address, or [`OTHER`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub address: String,
    /// Time of its first token of the day.
    pub first_at: DateTime<Utc>,
    /// Time of its last token of the day, up to a minute late.
    pub last_at: DateTime<Utc>,
}

/// Relations to other tables.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
