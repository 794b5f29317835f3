//! Audit events: who did what, when.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::Definition;

pub(super) fn definition() -> Definition {
    let table = Table::create()
        .table("audit_events")
        .col(string_len("id", 26).primary_key())
        .col(string_len("organization_id", 26))
        .col(timestamp_with_time_zone("created_at"))
        // Actor.
        .col(string_len("actor_kind", 31))
        .col(string_len_null("actor_id", 26))
        .col(string_len_null("actor_name", 255))
        .col(string_len_null("credential_id", 26))
        .col(string_len_null("client_address", 45))
        // Action and target.
        .col(string_len("action", 63))
        .col(string_len("target_kind", 31))
        .col(string_len("target_id", 26))
        .col(string_len_null("target_name", 255))
        .col(string_len_null("detail", 255))
        .col(text_null("changes"))
        .col(string_len("request_id", 128))
        .foreign_key(
            ForeignKey::create()
                .name("audit_events_organization")
                .from("audit_events", "organization_id")
                .to("organizations", "id"),
        )
        .take();
    // Lists, in order of time.
    let by_creation = Index::create()
        .name("audit_events_of_tenant")
        .table("audit_events")
        .col("organization_id")
        .col("created_at")
        .col("id")
        .take();
    // Deletion after the retention, across organizations.
    let by_age =
        Index::create().name("audit_events_by_age").table("audit_events").col("created_at").take();
    Definition { table, indexes: vec![by_creation, by_age] }
}
