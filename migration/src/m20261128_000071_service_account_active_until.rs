//! When the last active credential of a service account ends, for the list of those without one.
//!
//! Triggers on the credentials maintain it, for old versions too, which run beside this one during an
//! upgrade. It is null before the first credential, and in an engine that does not support triggers;
//! a reader must then look at the credentials.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::optional;

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// The columns that decide.
const DECIDING: &str = "account_disabled, disabled_at, expires_at, retires_at";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (table, column) = ("service_accounts", "active_until");
        if !manager.has_column(table, column).await? {
            let column = timestamp_with_time_zone_null(column);
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        let (sqlite, connection) = (is_sqlite(manager), manager.get_connection());
        let statements = if sqlite { sqlite_triggers() } else { postgres_triggers() };
        if optional::create_triggers(manager, &statements).await? {
            let fill = update(sqlite, "service_accounts.organization_id", "service_accounts.id");
            let fill = format!("{fill} WHERE active_until IS NULL AND {}", has_credentials());
            connection.execute_unprepared(&fill).await?;
        }
        let index = format!(
            "CREATE INDEX IF NOT EXISTS service_accounts_ending ON service_accounts \
             (organization_id, created_at, id, active_until) \
             WHERE active_until IS DISTINCT FROM {}",
            instants(sqlite)[1]
        );
        connection.execute_unprepared(&index).await.map(drop)
    }
}

fn is_sqlite(manager: &SchemaManager<'_>) -> bool {
    manager.get_database_backend() == DbBackend::Sqlite
}

/// The instants that stand for "no active credential" and "does not end".
fn instants(sqlite: bool) -> [&'static str; 2] {
    if sqlite {
        ["'0001-01-01T00:00:00.000000+00:00'", "'9999-12-31T23:59:59.999999+00:00'"]
    } else {
        ["timestamptz '0001-01-01 00:00:00+00'", "timestamptz '9999-12-31 23:59:59.999999+00'"]
    }
}

fn has_credentials() -> &'static str {
    "EXISTS (SELECT 1 FROM credentials \
     WHERE credentials.organization_id = service_accounts.organization_id \
     AND credentials.service_account_id = service_accounts.id)"
}

/// The update of accounts by the credentials of one account; the caller adds the condition.
fn update(sqlite: bool, organization: &str, account: &str) -> String {
    format!("UPDATE service_accounts SET active_until = {}", until(sqlite, organization, account))
}

/// The end of the last active credential of an account, as a subquery.
fn until(sqlite: bool, organization: &str, account: &str) -> String {
    let [none, never] = instants(sqlite);
    let least = if sqlite { "min" } else { "least" };
    format!(
        "(SELECT coalesce(max({least}(coalesce(expires_at, {never}), coalesce(retires_at, {never}))), {none}) \
         FROM credentials WHERE credentials.organization_id = {organization} \
         AND credentials.service_account_id = {account} \
         AND NOT account_disabled AND credentials.disabled_at IS NULL)"
    )
}

/// A trigger for each event: SQLite has no trigger for several.
fn sqlite_triggers() -> Vec<String> {
    let update_of = format!("UPDATE OF {DECIDING}");
    let events =
        [("insert", "INSERT", "NEW"), ("update", &update_of, "NEW"), ("delete", "DELETE", "OLD")];
    let create = |(name, event, row): (&str, &str, &str)| {
        let account = format!("{row}.service_account_id");
        let update = update(true, &format!("{row}.organization_id"), &account);
        format!(
            "CREATE TRIGGER IF NOT EXISTS credentials_active_until_{name} AFTER {event} ON credentials \
             BEGIN {update} WHERE id = {account}; END"
        )
    };
    events.map(create).into()
}

fn postgres_triggers() -> Vec<String> {
    let function = "credentials_active_until";
    let until = until(false, "changed.organization_id", "changed.service_account_id");
    vec![
        format!(
            "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ \
             DECLARE changed credentials%ROWTYPE; ends timestamptz; BEGIN \
             IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF; \
             ends := {until}; \
             UPDATE service_accounts SET active_until = ends \
             WHERE id = changed.service_account_id AND active_until IS DISTINCT FROM ends; \
             RETURN NULL; END $$"
        ),
        format!("DROP TRIGGER IF EXISTS {function} ON credentials"),
        format!(
            "CREATE TRIGGER {function} AFTER INSERT OR DELETE OR UPDATE OF {DECIDING} ON credentials \
             FOR EACH ROW EXECUTE FUNCTION {function}()"
        ),
    ]
}
