//! Identifier prefixes: the API identifiers that organizations may register.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::Definition;

pub(super) fn definition() -> Definition {
    let table = Table::create()
        .table("identifier_prefixes")
        .col(string_len("prefix", 255).primary_key())
        .col(string_len("organization_id", 26))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(
            ForeignKey::create()
                .name("identifier_prefixes_organization")
                .from("identifier_prefixes", "organization_id")
                .to("organizations", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take();
    // Lists, in alphabetical order.
    let by_prefix = Index::create()
        .name("identifier_prefixes_of_tenant")
        .table("identifier_prefixes")
        .col("organization_id")
        .col("prefix")
        .take();
    Definition { table, indexes: vec![by_prefix] }
}
