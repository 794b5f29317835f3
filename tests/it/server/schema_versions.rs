//! Two versions side by side: this one on a database that a newer one has migrated.

use serde_json::Value;

use crate::cli::{KEY, Server, Shell};

const UP: &[&str] = &["migrate", "up"];
const SERVE: [(&str, &str); 1] = [("MASTER_KEY", KEY)];

/// What a migration of a newer version leaves behind.
async fn migrate_further(shell: &Shell, name: &str) {
    shell.sql("ALTER TABLE organizations ADD COLUMN newer varchar(26)").await;
    let applied =
        format!("INSERT INTO seaql_migrations (version, applied_at) VALUES ('{name}', 0)");
    shell.sql(&applied).await;
}

#[tokio::test]
async fn a_server_starts_on_a_database_that_a_newer_version_has_migrated() {
    let shell = Shell::new().await;
    shell.succeeds(UP);
    migrate_further(&shell, "m29990101_999999_newer").await;

    let nothing = "the database has migrations of a newer version, up to m29990101_999999_newer\n";
    assert_eq!(shell.succeeds(UP), nothing, "nothing is applied");
    let status = shell.succeeds(&["migrate", "status"]);
    assert_eq!(status, format!("newer m29990101_999999_newer\n{nothing}"));

    let made = shell.succeeds(&["bootstrap", "--organization", "acme", "--json"]);
    let made: Value = serde_json::from_str(&made).expect("one JSON object");
    let server = Server::start(&shell, &["serve"], &SERVE).await;
    assert_eq!(server.token(&made["client_id"], &made["client_secret"]).await.status, 200);
    server.stops_by_sigterm();
}

#[tokio::test]
async fn a_version_that_is_too_old_for_the_database_does_not_start() {
    let shell = Shell::new().await;
    shell.succeeds(UP);
    migrate_further(&shell, "m29990101_999999_newer").await;
    shell.sql("UPDATE schema_compatibility SET least_version = 999999").await;
    for command in [UP, &["serve"], &["keys", "list"], &["bootstrap", "--organization", "acme"]] {
        shell.fails(
            command,
            &SERVE,
            "needs schema version 999999, and this version of postern has",
        );
    }
    let doctor = shell.run(&["doctor"], &SERVE);
    let report = String::from_utf8(doctor.stdout).expect("text");
    assert_eq!(doctor.status.code(), Some(1), "{report}");
    assert!(report.contains("problem  migrations       the database needs schema"), "{report}");
}

#[tokio::test]
async fn a_database_with_migrations_of_something_else_is_rejected() {
    let shell = Shell::new().await;
    shell.succeeds(UP);
    migrate_further(&shell, "m20261124_000001_something_else").await;
    for command in [UP, &["serve"]] {
        shell.fails(command, &SERVE, "has the migration m20261124_000001_something_else");
    }
}

#[tokio::test]
async fn a_database_of_an_unreleased_version_is_refused_whatever_its_marker() {
    let shell = Shell::new().await;
    shell.succeeds(UP);
    migrate_further(&shell, "m20261124_000001_create_organizations").await;
    shell.sql("UPDATE schema_compatibility SET least_version = 80").await;
    for command in [UP, &["serve"]] {
        shell.fails(command, &SERVE, "which no released version of postern up to this one has");
    }
}

#[tokio::test]
async fn an_initial_migration_that_broke_off_continues() {
    let shell = Shell::new().await;
    shell.succeeds(UP);
    for sql in [
        "DELETE FROM seaql_migrations",
        "DELETE FROM schema_compatibility",
        "DROP TABLE signing_keys",
        "DROP INDEX audit_events_of_tenant",
    ] {
        shell.sql(sql).await;
    }
    shell.succeeds(UP);
    shell.sql("SELECT * FROM signing_keys").await;
    shell.sql("DROP INDEX audit_events_of_tenant").await;
    let made = shell.succeeds(&["bootstrap", "--organization", "acme", "--json"]);
    assert!(made.contains("client_id"), "{made}");
}

#[tokio::test]
async fn an_older_version_applies_nothing_to_a_newer_database() {
    let shell = Shell::new().await;
    shell.succeeds(UP);
    migrate_further(&shell, "m29990101_999999_newer").await;
    // As if this version had a migration that the newer one did not apply.
    shell.sql("DELETE FROM seaql_migrations WHERE version LIKE '%_initial_schema'").await;
    for command in [UP, &["serve"]] {
        shell.fails(command, &SERVE, "run `postern migrate up` of the newer version");
    }
}
