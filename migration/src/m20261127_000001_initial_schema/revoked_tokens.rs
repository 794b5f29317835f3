//! Revoked tokens: a row per token until it expires.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::Definition;

pub(super) fn definition() -> Definition {
    let table = Table::create()
        .table("revoked_tokens")
        .col(string_len("jti", 26).primary_key())
        .col(string_len("organization_id", 26))
        .col(string_len("credential_id", 26))
        .col(timestamp_with_time_zone("expires_at"))
        .foreign_key(
            ForeignKey::create()
                .name("revoked_tokens_credential")
                .from("revoked_tokens", "credential_id")
                .to("credentials", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take();
    // Authentication by a token, and deletion with the credential.
    let by_credential = Index::create()
        .name("revoked_tokens_of_credential")
        .table("revoked_tokens")
        .col("credential_id")
        .col("jti")
        .take();
    // Deletion of expired rows.
    let by_expiry = Index::create()
        .name("revoked_tokens_by_end")
        .table("revoked_tokens")
        .col("expires_at")
        .take();
    Definition { table, indexes: vec![by_credential, by_expiry] }
}
