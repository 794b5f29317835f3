//! The servers under load, each a process of its own, and what they take from the machine.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use postern::store::Pool;
use sea_orm::{ConnectionTrait, Statement};

use tokio::io::AsyncWriteExt;

use crate::drive;

/// Settings of a server.
pub type Settings = Vec<(String, String)>;

/// A server in a process of its own; it ends with this.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts this program again as a server, and waits until it is ready.
    pub async fn start(arguments: &[&str], settings: &Settings) -> Self {
        Self::start_with_logs(arguments, settings, Stdio::null()).await
    }

    /// The same; its logs go to `stderr`.
    pub async fn start_with_logs(arguments: &[&str], settings: &Settings, stderr: Stdio) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
        let address = free.expect("a free port");
        let child = Command::new(std::env::current_exe().expect("this program"))
            .args(arguments)
            .envs(settings.iter().map(|(name, value)| (format!("POSTERN_{name}"), value)))
            .env("POSTERN_LISTEN", address.to_string())
            .stdin(Stdio::null())
            .stderr(stderr)
            .spawn()
            .expect("a process");
        let mut server = Self { child, address };
        server.until_ready().await;
        server
    }

    async fn until_ready(&mut self) {
        let (began, ready) = (Instant::now(), drive::request("GET", "/readyz", &[], ""));
        loop {
            let ended = self.child.try_wait().expect("the state of the process");
            assert!(ended.is_none(), "the server ended: {ended:?}");
            if let Ok(mut stream) = tokio::net::TcpStream::connect(self.address).await {
                stream.write_all(&ready).await.expect("the server reads");
                // A peer that is compared has no such path.
                if drive::answer(&mut stream, &mut Vec::new()).await != 503 {
                    return;
                }
            }
            assert!(began.elapsed() < Duration::from_secs(60), "the server does not get ready");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Asks it to stop by SIGTERM.
    pub fn stop(&self) {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().expect("kill");
        assert!(told.success(), "the server is there");
    }

    /// Waits until it has ended: whether by itself and with success.
    pub async fn end(mut self) -> bool {
        loop {
            if let Some(status) = self.child.try_wait().expect("the state of the process") {
                return status.success();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The processor time that it took so far.
    pub fn cpu(&self) -> Duration {
        cpu_of(self.child.id()).unwrap_or_default()
    }

    /// The most memory that was resident so far, in MiB.
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = peak.and_then(|it| it.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kib.unwrap_or_default() / 1024
    }
}

/// What this program prints as a command of Postern.
pub async fn output(arguments: &[&str], settings: &Settings) -> String {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(arguments);
    command.envs(settings.iter().map(|(name, value)| (format!("POSTERN_{name}"), value)));
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.expect("no panic").expect("a process");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The processor time of a database server on this machine; none, where it is embedded or far.
pub async fn cpu_of_database(db: &Pool) -> Option<Duration> {
    if db.get_database_backend() != sea_orm::DbBackend::Postgres {
        return None;
    }
    let statement = Statement::from_string(db.get_database_backend(), "SELECT pg_backend_pid()");
    let row = db.query_one_raw(statement).await.ok()??;
    let backend: i32 = row.try_get_by_index(0).ok()?;
    let parent = parent_of(backend.to_string().as_str())?;
    let processes = fs::read_dir("/proc").ok()?.flatten();
    // Of its processes that have ended, the parent knows.
    let ended = stat(&parent).and_then(|stat| ticks(&stat, [13, 14])).unwrap_or_default();
    let names = processes.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let of_parent =
        names.filter(|name| *name == parent || parent_of(name).as_ref() == Some(&parent));
    Some(ended + of_parent.filter_map(|name| cpu_of(name.parse().ok()?)).sum::<Duration>())
}

fn stat(process: &str) -> Option<Vec<String>> {
    process.parse::<u32>().ok()?;
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let after_name = stat.rsplit_once(") ")?.1;
    Some(after_name.split(' ').map(str::to_owned).collect())
}

/// The parent of a process.
pub fn parent_of(process: &str) -> Option<String> {
    stat(process)?.get(1).cloned()
}

/// User and system time (proc(5): fields 14 and 15).
fn cpu_of(process: u32) -> Option<Duration> {
    ticks(&stat(&process.to_string())?, [11, 12])
}

/// The sum of two times, which are told in hundredths of a second.
fn ticks(stat: &[String], fields: [usize; 2]) -> Option<Duration> {
    let ticks = |field: usize| stat.get(field)?.parse::<u64>().ok();
    Some(Duration::from_millis((ticks(fields[0])? + ticks(fields[1])?) * 10))
}
