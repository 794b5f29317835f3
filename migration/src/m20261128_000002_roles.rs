//! Creates the roles that organizations define.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// The roles of organizations.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("roles")
            .if_not_exists()
            .col(string_len("id", 26).primary_key())
            .col(string_len("organization_id", 26))
            .col(string_len("label", 63))
            .col(string_len("name", 255))
            .col(string_len("description", 500))
            .col(text("permissions"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .foreign_key(
                ForeignKey::create()
                    .name("roles_organization")
                    .from("roles", "organization_id")
                    .to("organizations", "id"),
            )
            .take();
        manager.create_table(table).await?;
        // Role bindings refer to a role by its label, which never changes.
        let by_label = Index::create()
            .name("roles_by_label")
            .table("roles")
            .if_not_exists()
            .col("organization_id")
            .col("label")
            .unique()
            .take();
        manager.create_index(by_label).await
    }
}
