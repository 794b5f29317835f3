//! Organizations: the tenants.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::Definition;

pub(super) fn definition() -> Definition {
    let table = Table::create()
        .table("organizations")
        .col(string_len("id", 26).primary_key())
        .col(string_len_uniq("label", 63))
        .col(string_len("name", 255))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .take();
    Definition { table, indexes: Vec::new() }
}
