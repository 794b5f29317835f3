//! Reserved identifiers: every API identifier that was ever registered.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::Definition;

pub(super) fn definition() -> Definition {
    // Without a foreign key: a reservation outlives its organization.
    let table = Table::create()
        .table("reserved_identifiers")
        .col(string_len("identifier", 255).primary_key())
        .col(string_len("organization_id", 26))
        .col(timestamp_with_time_zone("created_at"))
        .take();
    Definition { table, indexes: Vec::new() }
}
