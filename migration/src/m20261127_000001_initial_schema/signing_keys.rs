//! Signing keys of access tokens; they belong to the installation.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::Definition;

pub(super) fn definition() -> Definition {
    let table = Table::create()
        .table("signing_keys")
        .col(string_len("id", 26).primary_key())
        .col(string_len("algorithm", 16))
        .col(text("public_jwk"))
        .col(blob("encrypted_private_key"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("activates_at"))
        .take();
    Definition { table, indexes: Vec::new() }
}
