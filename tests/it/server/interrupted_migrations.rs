//! Migrations that break off at any point: the next start completes them.

use std::pin::pin;
use std::task::Poll;

use postern::config::Config;
use postern::store::{self, ConnectMode, Db};
use sea_orm::{ConnectionTrait, Statement};

use crate::cli::KEY;
use crate::support::TestDatabase;

/// Tables with their columns, indexes and triggers.
const SQLITE: &str = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master \
    WHERE name NOT LIKE 'sqlite_%'";
const POSTGRES: &str = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' \
    UNION ALL SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal \
    UNION ALL SELECT conname::text FROM pg_constraint \
    UNION ALL SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) \
    FROM information_schema.columns WHERE table_schema = 'public'";

/// Migrates, and is dropped when it was polled so often; returns whether it was done before.
async fn migrate_until(database: &TestDatabase, polls: usize) -> bool {
    let db = connect(database).await;
    let mut migration = pin!(store::migrate(&db));
    let mut polled = 0;
    let applied = std::future::poll_fn(|context| {
        if polled == polls {
            return Poll::Ready(None);
        }
        polled += 1;
        migration.as_mut().poll(context).map(Some)
    });
    applied.await.is_some_and(|applied| applied.is_ok())
}

async fn connect(database: &TestDatabase) -> Db {
    let settings = [("DATABASE_URL", database.url.as_str()), ("MASTER_KEY", KEY)];
    let settings = settings.map(|(name, value)| (format!("POSTERN_{name}"), value.to_owned()));
    let config = Config::load(None, settings, &[]).expect("settings");
    Db::connect(&config.database, ConnectMode::Migrate).await.expect("a database")
}

async fn texts(db: &Db, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(db.writer().get_database_backend(), sql);
    let rows = db.writer().query_all_raw(statement).await.expect("rows");
    let mut texts: Vec<String> =
        rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect();
    texts.sort();
    texts
}

async fn schema(database: &TestDatabase) -> Vec<String> {
    let db = connect(database).await;
    store::migrate(&db).await.expect("migrated");
    assert_eq!(store::migrate(&db).await.expect("an answer"), Vec::<String>::new());
    let mut all = texts(&db, if db.is_sqlite() { SQLITE } else { POSTGRES }).await;
    let applied = "SELECT version FROM seaql_migrations";
    all.extend(texts(&db, applied).await);
    for table in ["audit_counter", "audit_cursor_key", "schema_compatibility"] {
        let count = format!("SELECT '{table} ' || count(*) FROM {table}");
        all.extend(texts(&db, &count).await);
    }
    db.close().await.expect("closed");
    all
}

#[tokio::test]
async fn migrations_that_broke_off_anywhere_are_completed_by_the_next_start() {
    let expected = schema(&TestDatabase::new().await).await;
    assert!(expected.len() > 100, "{expected:?}");
    let (mut polls, mut interrupted) = (1, 0);
    loop {
        let database = TestDatabase::new().await;
        if migrate_until(&database, polls).await {
            break;
        }
        interrupted += 1;
        assert_eq!(schema(&database).await, expected, "interrupted after {polls} polls");
        // Every point at the start, and points of all migrations.
        polls += 1 + polls / 8;
    }
    assert!(interrupted > 10, "{interrupted}");
}
