//! A database of a version without the audit log, whose events get their positions.

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, TransactionTrait};
use serde_json::Value;

use crate::cli::{KEY, Server, Shell};
use crate::support::Caller;

const SERVE: [(&str, &str); 1] = [("MASTER_KEY", KEY)];

/// The first migration of the audit log.
const FIRST: &str = "m20261128_000050_audit_pending";

/// The migrations before that of existing events: the tables are there, the positions are not.
const POSITIONS: &str = "m20261128_000054_positions_of_existing_audit_events";

async fn migrate_before(db: &DatabaseConnection, name: &str) {
    let migrations = Migrator::migrations();
    let before = migrations.iter().position(|it| it.name() == name).expect("a migration");
    let applied = Migrator::get_applied_migrations(db).await.map_or(0, |all| all.len());
    let steps = u32::try_from(before - applied).expect("a number");
    Migrator::up(db, Some(steps)).await.expect("migrated");
}

/// Events of two organizations: of each second one, and pairs of one time.
async fn insert_events(db: &DatabaseConnection, range: std::ops::Range<usize>) {
    let transaction = db.begin().await.expect("a transaction");
    for nth in range {
        let (organization, second) = (nth % 2, nth / 4);
        // Ids in another order than times.
        let id = (nth * 7_919) % 10_007;
        let insert = format!(
            "INSERT INTO audit_events (id, organization_id, created_at, actor_kind, action, \
             target_kind, target_id, request_id, detail) VALUES ('a{id:025}', 'o{organization:025}', \
             '2026-11-27T10:{:02}:{:02}+00:00', 'operator', 'organization.update', 'organization', \
             'o{organization:025}', 'r', '{nth}')",
            second / 60,
            second % 60,
        );
        transaction.execute_unprepared(&insert).await.expect("inserted");
    }
    transaction.commit().await.expect("committed");
}

async fn older_database(shell: &Shell, events: usize) {
    let create = if shell.database.is_sqlite() { "?mode=rwc" } else { "" };
    let url = format!("{}{create}", shell.database.url);
    let db = Database::connect(url).await.expect("a database");
    migrate_before(&db, FIRST).await;
    for (organization, label) in [(0, "acme"), (1, "globex")] {
        let insert = format!(
            "INSERT INTO organizations (id, label, name, created_at, updated_at) VALUES \
             ('o{organization:025}', '{label}', '{label}', '2026-11-27T09:00:00+00:00', \
             '2026-11-27T09:00:00+00:00')"
        );
        db.execute_unprepared(&insert).await.expect("inserted");
    }
    insert_events(&db, 0..events).await;
    migrate_before(&db, POSITIONS).await;
    // By an older version that still runs.
    insert_events(&db, events..events + 6).await;
    db.close().await.expect("closed");
}

/// The details of the older events in lines of an export, in their order.
fn details(lines: &str) -> Vec<usize> {
    let lines = lines.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    let detail = |line: Value| line["detail"].as_str().and_then(|it| it.parse().ok());
    lines.filter_map(detail).collect()
}

#[tokio::test]
async fn the_events_of_an_older_database_are_complete_and_in_order_after_the_upgrade() {
    let shell = Shell::new().await;
    let (events, all) = (1_100, 1_106);
    older_database(&shell, events).await;
    shell.succeeds(&["migrate", "up"]);

    for (organization, label) in [(0, "acme"), (1, "globex")] {
        let lines = shell.succeeds_with(&["audit", "export", "--organization", label], &SERVE);
        let mut found = details(&lines);
        // In order of time; those of one time by id.
        assert!(found.is_sorted_by_key(|nth| nth / 4), "{found:?}");
        found.sort_unstable();
        let expected: Vec<_> = (0..all).filter(|nth| nth % 2 == organization).collect();
        assert_eq!(found, expected, "{label}");
    }
    assert_eq!(details(&shell.succeeds_with(&["audit", "export"], &SERVE)).len(), all);

    let made = shell.succeeds_with(&["bootstrap", "--organization", "acme", "--json"], &SERVE);
    let made: Value = serde_json::from_str(&made).expect("one JSON object");
    let server = Server::start(&shell, &["serve"], &SERVE).await;
    let token = server.token(&made["client_id"], &made["client_secret"]).await.body(200);
    let caller = Caller::anonymous(&format!("http://{}", server.address));
    let caller = caller.with_token(token["access_token"].as_str().expect("a token"));
    let (mut listed, mut path) =
        (Vec::new(), "/organizations/acme/audit-events?limit=100".to_owned());
    loop {
        let page = caller.get(&path).await.body(200);
        let items = page["items"].as_array().expect("items").iter();
        listed.extend(items.filter_map(|it| it["detail"].as_str()?.parse::<usize>().ok()));
        if page["page_info"]["has_next_page"] != true {
            break;
        }
        let cursor = page["page_info"]["end_cursor"].as_str().expect("a cursor");
        path = format!("/organizations/acme/audit-events?limit=100&after={cursor}");
    }
    assert!(listed.is_sorted_by_key(|nth| nth / 4), "{listed:?}");
    assert_eq!(listed.len(), all / 2);
    server.stops_by_sigterm();

    let verified = shell.succeeds_with(&["audit", "verify"], &SERVE);
    assert!(!verified.contains("finding"), "{verified}");
}
