//! The database schema of Postern, for SQLite and PostgreSQL alike: one change a file.
//!
//! Two versions of the server run side by side during a rollout, and the older one may have to start
//! again beside the newer schema. So a change expands the schema first (tables, indexes, columns that
//! are nullable or have a default), and a later release contracts it, when no version that uses the
//! old part runs any more: such a change raises the marker in [`compatibility`]. A change names tables
//! by text and never uses the types of `entity`, which go on living.

pub mod compatibility;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m20261124_000001_create_organizations;
mod m20261124_000002_create_service_accounts;
mod m20261124_000003_index_service_accounts_of_tenant;
mod m20261124_000004_unique_service_accounts_in_tenant;
mod m20261124_000005_create_credentials;
mod m20261124_000006_index_credentials_of_service_account;
mod m20261124_000007_create_role_bindings;
mod m20261124_000008_index_role_bindings_of_tenant;
mod m20261124_000009_create_signing_keys;
mod m20261124_000010_create_audit_events;
mod m20261124_000011_index_audit_events_of_tenant;
mod m20261125_000012_create_idempotency_keys;
mod m20261125_000013_index_idempotency_keys_by_age;
mod m20261125_000014_leave_room_for_uses_of_credentials;
mod m20261125_000015_create_revoked_tokens;
mod m20261125_000016_index_revoked_tokens_of_credential;
mod m20261125_000017_index_revoked_tokens_by_end;
mod m20261125_000018_tell_when_service_accounts_were_disabled;
mod m20261125_000019_tell_who_disabled_service_accounts;
mod m20261125_000020_suspend_credentials;
mod m20261125_000021_count_changes_of_credentials;
mod m20261125_000022_tell_first_uses_of_credentials;
mod m20261125_000023_tell_sources_of_credentials;
mod m20261125_000024_tell_user_agents_of_credentials;
mod m20261125_000025_count_tokens_of_credentials;
mod m20261125_000026_let_credentials_expire;
mod m20261125_000027_tell_when_credentials_were_disabled;
mod m20261125_000028_tell_who_disabled_credentials;
mod m20261125_000029_tell_when_rotations_began;
mod m20261125_000030_let_credentials_retire;
mod m20261125_000031_tell_what_replaces_credentials;
mod m20261125_000032_count_tokens_before_rotations;
mod m20261125_000033_create_apis;
mod m20261125_000034_unique_apis_in_tenant;
mod m20261125_000035_index_apis_of_tenant;
mod m20261125_000036_create_api_grants;
mod m20261125_000037_index_api_grants_of_api;
mod m20261125_000038_restrict_credentials;
mod m20261125_000040_let_signing_keys_sign_from_an_instant;
mod m20261125_000050_let_credentials_be_public_keys;
mod m20261125_000051_create_used_assertions;
mod m20261125_000052_index_used_assertions_by_end;
mod m20261125_000060_create_identifier_prefixes;
mod m20261125_000061_index_identifier_prefixes_of_tenant;
mod m20261125_000062_create_reserved_identifiers;
mod m20261125_000063_reserve_identifiers_of_apis;
mod m20261127_000080_create_schema_compatibility;
mod m20261127_000081_index_audit_events_by_age;

/// All changes, in order.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261124_000001_create_organizations::Migration),
            Box::new(m20261124_000002_create_service_accounts::Migration),
            Box::new(m20261124_000003_index_service_accounts_of_tenant::Migration),
            Box::new(m20261124_000004_unique_service_accounts_in_tenant::Migration),
            Box::new(m20261124_000005_create_credentials::Migration),
            Box::new(m20261124_000006_index_credentials_of_service_account::Migration),
            Box::new(m20261124_000007_create_role_bindings::Migration),
            Box::new(m20261124_000008_index_role_bindings_of_tenant::Migration),
            Box::new(m20261124_000009_create_signing_keys::Migration),
            Box::new(m20261124_000010_create_audit_events::Migration),
            Box::new(m20261124_000011_index_audit_events_of_tenant::Migration),
            Box::new(m20261125_000012_create_idempotency_keys::Migration),
            Box::new(m20261125_000013_index_idempotency_keys_by_age::Migration),
            Box::new(m20261125_000014_leave_room_for_uses_of_credentials::Migration),
            Box::new(m20261125_000015_create_revoked_tokens::Migration),
            Box::new(m20261125_000016_index_revoked_tokens_of_credential::Migration),
            Box::new(m20261125_000017_index_revoked_tokens_by_end::Migration),
            Box::new(m20261125_000018_tell_when_service_accounts_were_disabled::Migration),
            Box::new(m20261125_000019_tell_who_disabled_service_accounts::Migration),
            Box::new(m20261125_000020_suspend_credentials::Migration),
            Box::new(m20261125_000021_count_changes_of_credentials::Migration),
            Box::new(m20261125_000022_tell_first_uses_of_credentials::Migration),
            Box::new(m20261125_000023_tell_sources_of_credentials::Migration),
            Box::new(m20261125_000024_tell_user_agents_of_credentials::Migration),
            Box::new(m20261125_000025_count_tokens_of_credentials::Migration),
            Box::new(m20261125_000026_let_credentials_expire::Migration),
            Box::new(m20261125_000027_tell_when_credentials_were_disabled::Migration),
            Box::new(m20261125_000028_tell_who_disabled_credentials::Migration),
            Box::new(m20261125_000029_tell_when_rotations_began::Migration),
            Box::new(m20261125_000030_let_credentials_retire::Migration),
            Box::new(m20261125_000031_tell_what_replaces_credentials::Migration),
            Box::new(m20261125_000032_count_tokens_before_rotations::Migration),
            Box::new(m20261125_000033_create_apis::Migration),
            Box::new(m20261125_000034_unique_apis_in_tenant::Migration),
            Box::new(m20261125_000035_index_apis_of_tenant::Migration),
            Box::new(m20261125_000036_create_api_grants::Migration),
            Box::new(m20261125_000037_index_api_grants_of_api::Migration),
            Box::new(m20261125_000038_restrict_credentials::Migration),
            Box::new(m20261125_000040_let_signing_keys_sign_from_an_instant::Migration),
            Box::new(m20261125_000050_let_credentials_be_public_keys::Migration),
            Box::new(m20261125_000051_create_used_assertions::Migration),
            Box::new(m20261125_000052_index_used_assertions_by_end::Migration),
            Box::new(m20261125_000060_create_identifier_prefixes::Migration),
            Box::new(m20261125_000061_index_identifier_prefixes_of_tenant::Migration),
            Box::new(m20261125_000062_create_reserved_identifiers::Migration),
            Box::new(m20261125_000063_reserve_identifiers_of_apis::Migration),
            Box::new(m20261127_000080_create_schema_compatibility::Migration),
            Box::new(m20261127_000081_index_audit_events_by_age::Migration),
        ]
    }
}
