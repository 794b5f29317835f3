//! Credentials: what service accounts authenticate with.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DbBackend;

use super::Definition;

pub(super) fn definition() -> Definition {
    let table = Table::create()
        .table("credentials")
        .col(string_len("id", 26).primary_key())
        .col(string_len("organization_id", 26))
        .col(string_len("service_account_id", 26))
        .col(string_len_uniq("client_id", 21))
        // Either a client secret or a public key.
        .col(string_null("secret_hash"))
        .col(text_null("public_key"))
        .col(string_len("name", 255))
        .col(string_len_null("description", 500))
        .col(text_null("restrictions"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(integer("revision").default(0))
        // Status.
        .col(boolean("account_disabled").default(false))
        .col(timestamp_with_time_zone_null("disabled_at"))
        .col(string_len_null("disabled_by", 26))
        .col(timestamp_with_time_zone_null("expires_at"))
        // Rotation.
        .col(timestamp_with_time_zone_null("rotation_began_at"))
        .col(timestamp_with_time_zone_null("retires_at"))
        .col(string_len_null("replaced_by", 26))
        .col(big_integer_null("tokens_before_rotation"))
        // Revocation of its tokens.
        .col(timestamp_with_time_zone_null("not_before"))
        .col(integer("token_generation"))
        // Usage.
        .col(timestamp_with_time_zone_null("first_used_at"))
        .col(timestamp_with_time_zone_null("last_used_at"))
        .col(string_len_null("last_source_address", 45))
        .col(string_len_null("last_user_agent", 255))
        .col(big_integer("token_count").default(0))
        .foreign_key(
            ForeignKey::create()
                .name("credentials_service_account")
                .from("credentials", ("service_account_id", "organization_id"))
                .to("service_accounts", ("id", "organization_id"))
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take();
    // Lists, in order of creation.
    let by_creation = Index::create()
        .name("credentials_of_service_account")
        .table("credentials")
        .col("service_account_id")
        .col("created_at")
        .col("id")
        .take();
    Definition { table, indexes: vec![by_creation] }
}

/// Leaves room on the pages of PostgreSQL, so that recorded usage stays on the page of its row and
/// touches no index. SQLite writes rows in place.
pub(super) async fn leave_room_for_usage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite {
        return Ok(());
    }
    let sql = r#"ALTER TABLE "credentials" SET (fillfactor = 70)"#;
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}
