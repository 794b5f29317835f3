//! A hung PostgreSQL: first its connections, then the whole server.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Statement};
use tokio::task::JoinSet;

use crate::http;
use crate::installation::Installation;
use crate::process::{Server, parent_of};
use crate::report::{Targets, print_line};
use crate::tokens;

/// The number of concurrent requests.
const REQUESTS: usize = 60;

/// The timeout of the recovery.
const RECOVERY_TIMEOUT: Duration = Duration::from_secs(60);

/// Freezes and thaws the processes of PostgreSQL on this machine.
pub async fn run(of: &Installation, targets: &mut Targets) {
    if of.app.db.is_sqlite() {
        print_line("\n(no faults: an embedded database does not hang by itself)");
        return;
    }
    let server = Server::start(&["serve"], &of.settings).await;
    tokens::warm_up(&server, &tokens::requests(of, of.cheap_client_ids())).await;
    let backends = backends(of).await;
    let postmaster = parent_of(&backends[0]).expect("the parent of a backend");
    print_line("\n### PostgreSQL hangs\n");
    print_line(
        "| | responses to 60 token requests | the slowest, s | `/readyz`, s | recovery, s |",
    );
    print_line("|---|---|---:|---:|---:|");
    let all = [vec![postmaster], backends.clone()].concat();
    measure("2: the connections", of, &server, Frozen::new(backends), false, targets).await;
    measure("2: the server", of, &server, Frozen::new(all), true, targets).await;
}

/// Measures one fault; prints a table row.
async fn measure(
    name: &str,
    of: &Installation,
    server: &Server,
    frozen: Frozen,
    thaw: bool,
    targets: &mut Targets,
) {
    let (responses, slowest) = send_concurrently(of, server).await;
    let began = Instant::now();
    let status = http::status(server.address, &http::request("GET", "/readyz", &[], "")).await;
    let ready = began.elapsed().as_secs_f64();
    let began = Instant::now();
    // New connections to a frozen server hang as well.
    if thaw {
        frozen.thaw();
    }
    let token = tokens::request(&of.cheap_client_ids()[0], of.secret.reveal());
    while http::status(server.address, &token).await != 200 {
        assert!(began.elapsed() < RECOVERY_TIMEOUT, "the server does not recover");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let recovery = began.elapsed().as_secs_f64();
    drop(frozen);
    print_line(&format!(
        "| {name} | {responses} | {slowest:.2} | {status} {ready:.2} | {recovery:.2} |"
    ));
    let slowest = format!("{slowest:.2} s");
    targets.add(&format!("{name}: the slowest of 60 responses"), "< 2 s", slowest);
    targets.add(&format!("{name}: recovery"), "seconds", format!("{recovery:.2} s"));
}

/// Sends many token requests at once; returns the number of each status, and the seconds until the
/// last response.
async fn send_concurrently(of: &Installation, server: &Server) -> (String, f64) {
    let (began, address) = (Instant::now(), server.address);
    let mut responses = JoinSet::new();
    for client_id in &of.cheap_client_ids()[..REQUESTS] {
        let request = tokens::request(client_id, of.secret.reveal());
        responses.spawn(async move { http::status(address, &request).await });
    }
    let mut statuses = BTreeMap::<u16, usize>::new();
    while let Some(status) = responses.join_next().await {
        *statuses.entry(status.expect("no panic")).or_default() += 1;
    }
    let counts = statuses.iter().map(|(status, count)| format!("{count} × {status}"));
    (counts.collect::<Vec<_>>().join(", "), began.elapsed().as_secs_f64())
}

/// The processes that serve connections to the database.
async fn backends(of: &Installation) -> Vec<String> {
    let db = of.app.db.reader();
    let sql = "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database()";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    let rows = rows.expect("a result");
    rows.iter().map(|row| row.try_get_by_index(0).expect("a process id")).collect()
}

/// Processes that are stopped until this is dropped.
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
    // The status says only whether all processes still exist.
    let status = Command::new("kill").arg(format!("-{name}")).args(processes).status();
    assert!(status.is_ok(), "kill");
}
