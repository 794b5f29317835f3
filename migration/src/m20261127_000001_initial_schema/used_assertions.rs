//! Used client assertions: a row per assertion until it expires, against replays.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::Definition;

pub(super) fn definition() -> Definition {
    let table = Table::create()
        .table("used_assertions")
        .col(string_len("credential_id", 26))
        .col(string_len("jti_digest", 43))
        .col(string_len("organization_id", 26))
        .col(timestamp_with_time_zone("expires_at"))
        .primary_key(Index::create().col("credential_id").col("jti_digest"))
        .foreign_key(
            ForeignKey::create()
                .name("used_assertions_credential")
                .from("used_assertions", "credential_id")
                .to("credentials", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take();
    // Deletion of expired rows.
    let by_expiry = Index::create()
        .name("used_assertions_by_end")
        .table("used_assertions")
        .col("expires_at")
        .take();
    Definition { table, indexes: vec![by_expiry] }
}
