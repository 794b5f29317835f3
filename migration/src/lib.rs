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

mod append_only;
pub mod compatibility;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m20261127_000001_initial_schema;
mod m20261128_000002_roles;
mod m20261128_000003_role_binding_targets;
mod m20261128_000010_credential_last_used_day;
mod m20261128_000011_list_indexes;
mod m20261128_000012_audit_event_indexes;
mod m20261128_000020_service_account_external_id;
mod m20261128_000021_service_account_external_id_unique;
mod m20261128_000022_credential_replaced_by_index;
mod m20261128_000030_credential_usage_days;
mod m20261128_000031_credential_usage_sources;
mod m20261128_000040_audit_event_outcome;
mod m20261128_000041_audit_event_reason;
mod m20261128_000042_audit_event_count;
mod m20261128_000043_audit_events_by_action;
mod m20261128_000044_audit_events_by_actor;
mod m20261128_000045_audit_events_by_target;
mod m20261128_000046_audit_events_by_outcome;
mod m20261128_000050_audit_pending;
mod m20261128_000051_audit_positions;
mod m20261128_000052_audit_positions_of_tenant;
mod m20261128_000053_audit_counter;
mod m20261128_000054_positions_of_existing_audit_events;
mod m20261128_000055_audit_horizon;
mod m20261128_000056_audit_blocks;
mod m20261128_000057_audit_blocks_by_age;
mod m20261128_000058_append_only_audit_events;
mod m20261128_000059_append_only_audit_positions;
mod m20261128_000060_no_replacement_of_audit_events;
mod m20261128_000061_no_replacement_of_audit_positions;
mod m20261128_000062_audit_block_nonce;
mod m20261128_000063_append_only_audit_blocks;
mod m20261128_000064_audit_cursor_key;
mod m20261128_000070_drop_credentials_of_service_account;
mod m20261128_000071_service_account_active_until;
mod m20261128_000072_service_accounts_by_text;
mod m20261128_000080_growing_audit_counter;
mod m20261128_000081_append_only_audit_pending;
mod m20261128_000082_append_only_audit_cursor_key;
mod m20261128_000083_service_account_usage;
mod m20261128_000084_service_account_names;
mod m20261128_000085_audit_events_of_all;
mod m20261128_000086_service_accounts_by_used_day;
mod m20261128_000087_merged_service_account_names;
mod optional;

/// All migrations, in order.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261127_000001_initial_schema::Migration),
            Box::new(m20261128_000002_roles::Migration),
            Box::new(m20261128_000003_role_binding_targets::Migration),
            Box::new(m20261128_000010_credential_last_used_day::Migration),
            Box::new(m20261128_000011_list_indexes::Migration),
            Box::new(m20261128_000012_audit_event_indexes::Migration),
            Box::new(m20261128_000020_service_account_external_id::Migration),
            Box::new(m20261128_000021_service_account_external_id_unique::Migration),
            Box::new(m20261128_000022_credential_replaced_by_index::Migration),
            Box::new(m20261128_000030_credential_usage_days::Migration),
            Box::new(m20261128_000031_credential_usage_sources::Migration),
            Box::new(m20261128_000040_audit_event_outcome::Migration),
            Box::new(m20261128_000041_audit_event_reason::Migration),
            Box::new(m20261128_000042_audit_event_count::Migration),
            Box::new(m20261128_000043_audit_events_by_action::Migration),
            Box::new(m20261128_000044_audit_events_by_actor::Migration),
            Box::new(m20261128_000045_audit_events_by_target::Migration),
            Box::new(m20261128_000046_audit_events_by_outcome::Migration),
            Box::new(m20261128_000050_audit_pending::Migration),
            Box::new(m20261128_000051_audit_positions::Migration),
            Box::new(m20261128_000052_audit_positions_of_tenant::Migration),
            Box::new(m20261128_000053_audit_counter::Migration),
            Box::new(m20261128_000054_positions_of_existing_audit_events::Migration),
            Box::new(m20261128_000055_audit_horizon::Migration),
            Box::new(m20261128_000056_audit_blocks::Migration),
            Box::new(m20261128_000057_audit_blocks_by_age::Migration),
            Box::new(m20261128_000058_append_only_audit_events::Migration),
            Box::new(m20261128_000059_append_only_audit_positions::Migration),
            Box::new(m20261128_000060_no_replacement_of_audit_events::Migration),
            Box::new(m20261128_000061_no_replacement_of_audit_positions::Migration),
            Box::new(m20261128_000062_audit_block_nonce::Migration),
            Box::new(m20261128_000063_append_only_audit_blocks::Migration),
            Box::new(m20261128_000064_audit_cursor_key::Migration),
            Box::new(m20261128_000070_drop_credentials_of_service_account::Migration),
            Box::new(m20261128_000071_service_account_active_until::Migration),
            Box::new(m20261128_000072_service_accounts_by_text::Migration),
            Box::new(m20261128_000080_growing_audit_counter::Migration),
            Box::new(m20261128_000081_append_only_audit_pending::Migration),
            Box::new(m20261128_000082_append_only_audit_cursor_key::Migration),
            Box::new(m20261128_000083_service_account_usage::Migration),
            Box::new(m20261128_000084_service_account_names::Migration),
            Box::new(m20261128_000085_audit_events_of_all::Migration),
            Box::new(m20261128_000086_service_accounts_by_used_day::Migration),
            Box::new(m20261128_000087_merged_service_account_names::Migration),
        ]
    }
}
