//! A database of its own for each test: a file, or one in the PostgreSQL that is named by
//! `POSTERN_TEST_POSTGRES_URL`. Both are gone when the test ends.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;

use super::template;

pub struct TestDatabase {
    pub url: String,
    place: Place,
}

enum Place {
    File { _folder: TempDir },
    Server { url: String, name: String },
}

impl TestDatabase {
    /// An empty one.
    pub async fn new() -> Self {
        match server() {
            Some(server) => Self::in_postgres(server, "template1").await,
            None => Self::in_file(None),
        }
    }

    /// One with all migrations applied.
    pub async fn migrated() -> Self {
        match server() {
            Some(server) => {
                let template = template::database(&server).await;
                Self::in_postgres(server, template).await
            }
            None => Self::in_file(Some(template::file().await)),
        }
    }

    fn in_file(template: Option<&[u8]>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("test.db");
        if let Some(template) = template {
            fs::write(&file, template).expect("a copy");
            // As Postern creates it.
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("permissions");
        }
        let url = format!("sqlite://{}", file.display());
        Self { url, place: Place::File { _folder: folder } }
    }

    async fn in_postgres(server: String, template: &str) -> Self {
        let name = format!("postern_test_{}", postern::random::nonce());
        run(&server, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        let mut url = url::Url::parse(&server).expect("POSTERN_TEST_POSTGRES_URL is a URL");
        url.set_path(&name);
        Self { url: url.into(), place: Place::Server { url: server, name } }
    }

    /// Every row of every table, in a stable order; without what a server writes by itself.
    pub async fn dump(&self) -> Vec<String> {
        let db = Database::connect(&self.url).await.expect("the database answers");
        let tables = if self.is_sqlite() {
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        } else {
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
        };
        let mut rows = Vec::new();
        let own = ["locks", "audit_pending", "audit_positions", "audit_counter", "audit_blocks"];
        let mut tables = texts(&db, tables).await;
        tables.retain(|table| !own.contains(&table.as_str()));
        for table in tables {
            let select = if self.is_sqlite() {
                let columns =
                    format!("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('{table}')");
                let columns = texts(&db, &columns).await.join(" || ',' || ");
                format!("SELECT {columns} FROM \"{table}\"")
            } else {
                format!("SELECT row_to_json(it)::text FROM \"{table}\" it")
            };
            // Rejected attempts are recorded, and later than their response.
            let filter = if table == "audit_events" { " WHERE outcome = 'success'" } else { "" };
            let select = format!("{select}{filter}");
            rows.extend(texts(&db, &select).await.into_iter().map(|row| format!("{table}: {row}")));
        }
        db.close().await.expect("closed");
        rows.sort();
        rows
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self.place, Place::File { .. })
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Place::Server { url, name } = &self.place else { return };
        let (url, sql) = (url.clone(), format!("DROP DATABASE {name} WITH (FORCE)"));
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(run(&url, &sql));
        });
        dropped.join().expect("the test database is dropped");
    }
}

/// The PostgreSQL to test on; none where the suite runs on SQLite.
fn server() -> Option<String> {
    std::env::var("POSTERN_TEST_POSTGRES_URL").ok()
}

/// The first column of each row of a query.
pub async fn texts(db: &impl ConnectionTrait, sql: &str) -> Vec<String> {
    let statement = sea_orm::Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.expect(sql);
    rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
}

pub async fn run(server: &str, sql: &str) {
    let db = Database::connect(server).await.expect("PostgreSQL answers");
    db.execute_unprepared(sql).await.expect(sql);
    db.close().await.expect("closed");
}
