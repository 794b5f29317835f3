//! Service accounts: the machine identities of an organization.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::Definition;

pub(super) fn definition() -> Definition {
    let table = Table::create()
        .table("service_accounts")
        .col(string_len("id", 26).primary_key())
        .col(string_len("organization_id", 26))
        .col(string_len("name", 255))
        .col(string_len_null("description", 500))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(timestamp_with_time_zone_null("disabled_at"))
        .col(string_len_null("disabled_by", 26))
        .col(timestamp_with_time_zone_null("not_before"))
        .foreign_key(
            ForeignKey::create()
                .name("service_accounts_organization")
                .from("service_accounts", "organization_id")
                .to("organizations", "id"),
        )
        .take();
    // Lists, in order of creation.
    let by_creation = Index::create()
        .name("service_accounts_of_tenant")
        .table("service_accounts")
        .col("organization_id")
        .col("created_at")
        .col("id")
        .take();
    // Foreign keys to a service account include its organization.
    let in_organization = Index::create()
        .name("service_accounts_in_tenant")
        .table("service_accounts")
        .col("id")
        .col("organization_id")
        .unique()
        .take();
    Definition { table, indexes: vec![by_creation, in_organization] }
}
