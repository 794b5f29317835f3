//! A PostgreSQL that hangs: first the connections that there are, then all of it.

use std::process::Command;
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Statement};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::drive;
use crate::installation::{HEAVY, Installation};
use crate::process::{Server, parent_of};
use crate::report::{Goals, say};
use crate::tokens;

/// How many requests come at once.
const REQUESTS: usize = 60;

/// Freezes the processes of PostgreSQL on this machine, and thaws them.
pub async fn run(of: &Installation, goals: &mut Goals) {
    if of.app.db.is_sqlite() {
        say("\n(an embedded database does not hang by itself)");
        return;
    }
    let server = Server::start(&["serve"], &of.settings).await;
    tokens::warm(&server, &tokens::requests(of, &of.client_ids[HEAVY..])).await;
    let backends = backends(of).await;
    let postmaster = parent_of(&backends[0]).expect("the parent of a backend");
    say("\n### PostgreSQL hangs\n");
    say("| | answers to 60 token requests | the slowest, s | `/readyz`, s | tokens again, s |");
    say("|---|---|---:|---:|---:|");
    for (name, frozen) in [
        ("2: the connections that there are", backends.clone()),
        ("2: all of it", [vec![postmaster], backends.clone()].concat()),
    ] {
        let frozen = Frozen::new(frozen);
        let (answers, slowest) = crowd(of, &server).await;
        let ready = Instant::now();
        let status = once(&server, &drive::request("GET", "/readyz", &[], "")).await;
        let ready = ready.elapsed().as_secs_f64();
        let began = Instant::now();
        if name.ends_with("of it") {
            frozen.thaw();
        }
        let token = tokens::request(&of.client_ids[HEAVY], of.secret.reveal());
        while once(&server, &token).await != 200 {
            assert!(began.elapsed() < Duration::from_secs(60), "no token for a minute");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let again = began.elapsed().as_secs_f64();
        drop(frozen);
        say(&format!("| {name} | {answers} | {slowest:.2} | {status} {ready:.2} | {again:.2} |"));
        goals.add(
            &format!("{name}: the slowest of 60 answers"),
            "< 2 s",
            format!("{slowest:.2} s"),
        );
        goals.add(&format!("{name}: tokens again after"), "seconds", format!("{again:.2} s"));
    }
}

/// Many token requests at once: how many were answered how, and after how many seconds all were.
async fn crowd(of: &Installation, server: &Server) -> (String, f64) {
    let (began, address) = (Instant::now(), server.address);
    let mut asking = JoinSet::new();
    for client_id in &of.client_ids[HEAVY..HEAVY + REQUESTS] {
        let request = tokens::request(client_id, of.secret.reveal());
        asking.spawn(async move { send(address, &request).await });
    }
    let mut statuses = std::collections::BTreeMap::<u16, usize>::new();
    while let Some(status) = asking.join_next().await {
        *statuses.entry(status.expect("an answer")).or_default() += 1;
    }
    let told = statuses.iter().map(|(status, count)| format!("{count} × {status}"));
    (told.collect::<Vec<_>>().join(", "), began.elapsed().as_secs_f64())
}

async fn once(server: &Server, request: &[u8]) -> u16 {
    send(server.address, request).await
}

async fn send(address: std::net::SocketAddr, request: &[u8]) -> u16 {
    let mut stream = TcpStream::connect(address).await.expect("the server takes connections");
    stream.write_all(request).await.expect("the server reads");
    drive::answer(&mut stream, &mut Vec::new()).await
}

/// The processes that serve connections to the database.
async fn backends(of: &Installation) -> Vec<String> {
    let db = of.app.db.reader();
    let sql = "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database()";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    let rows = rows.expect("PostgreSQL answers");
    rows.iter().map(|row| row.try_get_by_index(0).expect("a process")).collect()
}

/// Processes that stand still until this is dropped.
struct Frozen(Vec<String>);

impl Frozen {
    fn new(processes: Vec<String>) -> Self {
        signal("STOP", &processes);
        Self(processes)
    }

    fn thaw(&self) {
        signal("CONT", &self.0);
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        self.thaw();
    }
}

fn signal(name: &str, processes: &[String]) {
    let told = Command::new("kill").arg(format!("-{name}")).args(processes).status();
    // Some may have ended meanwhile.
    assert!(told.is_ok(), "kill");
}
