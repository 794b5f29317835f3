//! An embedded database whose disk is full: clear errors, nothing by halves, and recovery.

use std::fs::File;
use std::process::{Child, Command, Stdio};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use serde_json::json;

use crate::support::{Caller, Reply, World, eventually, free_address, in_time, is_success};

const ACCOUNTS: &str = "/organizations/acme/service-accounts";

/// A connection of another process, as it were: it sees what was committed.
async fn apart(world: &World) -> DatabaseConnection {
    Database::connect(world.database_url()).await.expect("a database")
}

async fn number(db: &impl ConnectionTrait, sql: &str) -> i64 {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.expect(sql).expect("a row");
    row.try_get_by_index(0).expect("a number")
}

async fn is_sound(db: &DatabaseConnection) {
    let statement = Statement::from_string(db.get_database_backend(), "PRAGMA integrity_check");
    let row = db.query_one_raw(statement).await.expect("an answer").expect("a row");
    assert_eq!(row.try_get_by_index::<String>(0).expect("a text"), "ok");
}

async fn create(admin: &Caller) -> Reply {
    let text = "x".repeat(500);
    admin.post(ACCOUNTS, &json!({ "name": "Kept", "description": text })).await
}

/// There is space again: what is answered is committed, also after a transaction that was rolled
/// back.
async fn commits(world: &World, admin: &Caller) {
    let (db, stored) = (apart(world).await, "SELECT count(*) FROM service_accounts");
    let before = number(&db, stored).await;
    let own = world.first.service_account.id.as_str();
    admin.delete(&format!("{ACCOUNTS}/{own}")).await.is_conflict("LAST_ADMIN");
    for _ in 0..3 {
        create(admin).await.body(201);
    }
    assert_eq!(number(&db, stored).await, before + 3, "what was answered is committed");
    is_sound(&db).await;
}

#[tokio::test]
async fn a_write_on_a_full_disk_is_503_and_later_ones_are_committed() {
    let world = World::new().await;
    if !world.app.db.is_sqlite() {
        return;
    }
    let (admin, db) = (world.admin().await, apart(&world).await);
    let writer = world.app.db.writer();
    let most = number(writer, "PRAGMA page_count").await + 8;
    number(writer, &format!("PRAGMA max_page_count = {most}")).await;
    let mut created = 0;
    let refused = loop {
        let reply = create(&admin).await;
        if reply.status != 201 {
            break reply;
        }
        created += 1;
        assert!(created < 1_000, "the disk is not full");
    };
    refused.is_error(503, "UNAVAILABLE");
    assert!(refused.header("retry-after").is_some(), "{refused:?}");
    let stored = "SELECT count(*) FROM service_accounts";
    let recorded = "SELECT count(*) FROM audit_events WHERE action = 'service_account.create'";
    for sql in [stored, recorded] {
        assert_eq!(number(&db, sql).await, created + 1, "{sql}: nothing by halves");
    }
    assert_eq!(admin.get(ACCOUNTS).await.status, 200, "reading goes on");

    number(writer, "PRAGMA max_page_count = 1073741823").await;
    commits(&world, &admin).await;
}

/// A server that may not write files beyond a size, which stands for a disk that is full.
struct Confined {
    child: Child,
    base: String,
}

impl Confined {
    async fn start(world: &World, log: &str) -> Self {
        let address = free_address();
        let script = r#"trap '' XFSZ; ulimit -S -f 2048; exec "$0" serve"#;
        let child = Command::new("sh")
            .args(["-c", script, env!("CARGO_BIN_EXE_postern")])
            .envs(world.environment())
            .env("POSTERN_LISTEN", &address)
            .stdout(Stdio::null())
            .stderr(File::create(log).expect("a log"))
            .spawn()
            .expect("the server starts");
        let server = Self { child, base: format!("http://{address}") };
        let ready = format!("{}/readyz", server.base);
        eventually("the server is ready", async || is_success(&ready).await).await;
        server
    }

    /// Lets it write as much as it likes.
    fn free(&self) {
        let id = self.child.id().to_string();
        let done = Command::new("prlimit").args(["--pid", &id, "--fsize=unlimited"]).status();
        assert!(done.expect("prlimit").success());
    }
}

impl Drop for Confined {
    fn drop(&mut self) {
        // Already gone when the test came to its end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn a_server_with_a_failing_disk_is_not_ready_and_recovers() {
    let world = World::new().await;
    if !world.app.db.is_sqlite() || Command::new("prlimit").arg("--version").output().is_err() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log").display().to_string();
    let server = Confined::start(&world, &log).await;
    let (account, at) = (world.admin_account(), world.anonymous().at(&server.base));
    let token = at.ask_token(&account.form()).await.json()["access_token"].clone();
    let admin = at.with_token(token.as_str().expect("a token"));
    let refused = in_time("the disk is full", async {
        loop {
            let reply = at.ask_token(&account.form()).await;
            if reply.status != 200 {
                break reply;
            }
        }
    })
    .await;
    refused.is_oauth_error(503, "temporarily_unavailable");
    assert!(refused.header("retry-after").is_some(), "{refused:?}");
    for _ in 0..3 {
        create(&admin).await.is_error(503, "UNAVAILABLE");
    }
    for path in ["/healthz", "/.well-known/jwks.json"] {
        assert_eq!(at.get(path).await.status, 200, "{path}: reading goes on");
    }
    let lines = std::fs::read_to_string(&log).expect("the log");
    let line = lines.lines().find(|line| line.contains("ERROR")).expect("a line for the operator");
    assert!(line.contains("check the disk and its quota"), "{line}");

    server.free();
    let issued = async || at.ask_token(&account.form()).await.status == 200;
    eventually("tokens are issued again", issued).await;
    commits(&world, &admin).await;
    let tokens = "SELECT sum(token_count) FROM credentials";
    let db = apart(&world).await;
    let before = number(&db, tokens).await;
    at.ask_token(&account.form()).await.body(200);
    drop(server);
    assert_eq!(number(&db, tokens).await, before + 1, "what was answered survives the server");
    is_sound(&db).await;
}
