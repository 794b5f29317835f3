//! A database with all migrations applied, made once for all tests of the process: a copy of it
//! takes a fraction of the time of the migrations.

use postern::config::Config;
use postern::store::{self, ConnectMode, Db};
use sea_orm::{ConnectionTrait, Database, DatabaseTransaction, TransactionTrait};
use tokio::sync::{OnceCell, oneshot};

use super::database::{run, texts};
use crate::cli::KEY;

/// The file of an embedded database.
pub async fn file() -> &'static [u8] {
    static FILE: OnceCell<Vec<u8>> = OnceCell::const_new();
    FILE.get_or_init(async || {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("template.db");
        migrate(&format!("sqlite://{}", path.display())).await;
        let log = path.with_extension("db-wal");
        assert!(!log.exists(), "the file alone is the whole database");
        std::fs::read(path).expect("the file of the template")
    })
    .await
}

/// The name of a database in PostgreSQL. It stays when the process ends, as nothing runs after the
/// last test; the next process drops it.
pub async fn database(server: &str) -> &'static str {
    static NAME: OnceCell<String> = OnceCell::const_new();
    NAME.get_or_init(async || {
        let (sender, name) = oneshot::channel();
        let server = server.to_owned();
        // On a thread that ends with the process, not with the test that comes first.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let (name, _hold) = create(&server).await;
                sender.send(name).expect("a test waits for the template");
                std::future::pending::<()>().await;
            });
        });
        name.await.expect("a template")
    })
    .await
}

/// Creates a template with a lock on its name, and drops the templates whose names nobody locks.
async fn create(server: &str) -> (String, DatabaseTransaction) {
    let name = format!("postern_template_{}", postern::random::nonce());
    let db = Database::connect(server).await.expect("PostgreSQL answers");
    // The connection of an open transaction never returns to its pool, which might close it.
    let hold = db.begin().await.expect("a transaction");
    let lock = format!("SELECT pg_advisory_xact_lock(hashtext('{name}'))");
    hold.execute_unprepared(&lock).await.expect("a lock");
    let abandoned = r"SELECT datname::text FROM pg_database
        WHERE datname LIKE 'postern\_template\_%' AND pg_try_advisory_xact_lock(hashtext(datname))";
    for abandoned in texts(&hold, abandoned).await {
        run(server, &format!("DROP DATABASE IF EXISTS {abandoned} WITH (FORCE)")).await;
    }
    run(server, &format!("CREATE DATABASE {name}")).await;
    let mut url = url::Url::parse(server).expect("POSTERN_TEST_POSTGRES_URL is a URL");
    url.set_path(&name);
    migrate(url.as_str()).await;
    (name, hold)
}

async fn migrate(url: &str) {
    let settings = [("DATABASE_URL", url), ("MASTER_KEY", KEY)];
    let settings = settings.map(|(name, value)| (format!("POSTERN_{name}"), value.to_owned()));
    let config = Config::load(None, settings, &[]).expect("settings");
    let db = Db::connect(&config.database, ConnectMode::Migrate).await.expect("a database");
    store::migrate(&db).await.expect("migrated");
    db.close().await.expect("closed");
}
