//! The database schema of Postern, for SQLite and PostgreSQL alike.
//!
//! Rules for changes:
//! - **Up only.** No migration is undone or edited once it is released.
//! - **One change per file**, so that one that breaks off leaves nothing half done. The initial schema
//!   is the exception: it skips what exists, so running it again continues.
//! - **Expand, then contract.** Two versions of the server run side by side during a rollout, and the
//!   older one may have to start again beside the newer schema. A release first adds tables, indexes,
//!   and columns that are nullable or have a default. A later release removes the old parts, when no
//!   version that uses them runs any more.
//! - **Only a contracting change raises the least compatible version** ([`compatibility`]).
//! - A migration names tables and columns by text. It never uses the types of `entity`, which change.

pub mod compatibility;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m20261127_000001_initial_schema;
mod m20261128_000010_credential_last_used_day;
mod m20261128_000011_list_indexes;
mod m20261128_000020_service_account_external_id;
mod m20261128_000021_service_account_external_id_unique;
mod m20261128_000022_credential_replaced_by_index;

/// All migrations, in order.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261127_000001_initial_schema::Migration),
            Box::new(m20261128_000010_credential_last_used_day::Migration),
            Box::new(m20261128_000011_list_indexes::Migration),
            Box::new(m20261128_000020_service_account_external_id::Migration),
            Box::new(m20261128_000021_service_account_external_id_unique::Migration),
            Box::new(m20261128_000022_credential_replaced_by_index::Migration),
        ]
    }
}
