//! API grants: the scopes of an API that a service account holds.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::Definition;

pub(super) fn definition() -> Definition {
    let table = Table::create()
        .table("api_grants")
        .col(string_len("service_account_id", 26))
        .col(string_len("api_id", 26))
        .col(string_len("organization_id", 26))
        .col(text("scopes"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("service_account_id").col("api_id"))
        .foreign_key(
            ForeignKey::create()
                .name("api_grants_service_account")
                .from("api_grants", ("service_account_id", "organization_id"))
                .to("service_accounts", ("id", "organization_id"))
                .on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(
            ForeignKey::create()
                .name("api_grants_api")
                .from("api_grants", ("api_id", "organization_id"))
                .to("apis", ("id", "organization_id"))
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take();
    // Deletion with the API.
    let by_api = Index::create()
        .name("api_grants_of_api")
        .table("api_grants")
        .col("api_id")
        .col("organization_id")
        .take();
    Definition { table, indexes: vec![by_api] }
}
