//! Idempotency keys: recent creations with their encrypted results, for retries.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::Definition;

pub(super) fn definition() -> Definition {
    let table = Table::create()
        .table("idempotency_keys")
        .col(string_len("id", 43).primary_key())
        .col(string_len("organization_id", 26))
        .col(string_len("fingerprint", 43))
        .col(boolean("repeated"))
        .col(string_len("credential_id", 26))
        .col(text("bounds"))
        .col(blob("encrypted_result"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(
            ForeignKey::create()
                .name("idempotency_keys_organization")
                .from("idempotency_keys", "organization_id")
                .to("organizations", "id"),
        )
        .take();
    // Deletion of expired rows.
    let by_age = Index::create()
        .name("idempotency_keys_by_age")
        .table("idempotency_keys")
        .col("created_at")
        .take();
    Definition { table, indexes: vec![by_age] }
}
