//! Role bindings: the roles that service accounts hold.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::Definition;

pub(super) fn definition() -> Definition {
    let table = Table::create()
        .table("role_bindings")
        .col(string_len("service_account_id", 26))
        .col(string_len("role", 63))
        .col(string_len("organization_id", 26))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("service_account_id").col("role"))
        .foreign_key(
            ForeignKey::create()
                .name("role_bindings_service_account")
                .from("role_bindings", ("service_account_id", "organization_id"))
                .to("service_accounts", ("id", "organization_id"))
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take();
    // Counts of the holders of a role.
    let by_role = Index::create()
        .name("role_bindings_of_tenant")
        .table("role_bindings")
        .col("organization_id")
        .col("role")
        .take();
    Definition { table, indexes: vec![by_role] }
}
