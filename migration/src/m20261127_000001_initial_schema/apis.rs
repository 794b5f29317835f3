//! APIs: the audiences of an organization's tokens, beside Postern itself.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::Definition;

pub(super) fn definition() -> Definition {
    let table = Table::create()
        .table("apis")
        .col(string_len("id", 26).primary_key())
        .col(string_len("organization_id", 26))
        .col(string_len_uniq("identifier", 255))
        .col(string_len("name", 255))
        .col(text("scopes"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .foreign_key(
            ForeignKey::create()
                .name("apis_organization")
                .from("apis", "organization_id")
                .to("organizations", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take();
    // Foreign keys to an API include its organization.
    let in_organization = Index::create()
        .name("apis_in_tenant")
        .table("apis")
        .col("id")
        .col("organization_id")
        .unique()
        .take();
    // Lists, in order of creation.
    let by_creation = Index::create()
        .name("apis_of_tenant")
        .table("apis")
        .col("organization_id")
        .col("created_at")
        .col("id")
        .take();
    Definition { table, indexes: vec![in_organization, by_creation] }
}
