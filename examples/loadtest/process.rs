//! Server processes under load, and their resources.

mod cpu;

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

pub use cpu::{database_cpu, parent_of};

use crate::http;

/// The settings of a server, without the prefix of their names.
pub type Settings = Vec<(String, String)>;

/// The timeout of the start of a server.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A server in a process of its own, which is killed when this is dropped.
pub struct Server {
    child: Child,
    /// The address of the server.
    pub address: SocketAddr,
}

impl Server {
    /// Starts this program as a server, and waits until it is ready.
    pub async fn start(arguments: &[&str], settings: &Settings) -> Self {
        Self::start_with_logs(arguments, settings, Stdio::null()).await
    }

    /// Starts a server whose logs go to `stderr`.
    pub async fn start_with_logs(arguments: &[&str], settings: &Settings, stderr: Stdio) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
        let address = free.expect("a free port");
        let child = command(arguments, settings)
            .env("POSTERN_LISTEN", address.to_string())
            .stdin(Stdio::null())
            .stderr(stderr)
            .spawn()
            .expect("a process");
        let mut server = Self { child, address };
        server.wait_until_ready().await;
        server
    }

    async fn wait_until_ready(&mut self) {
        let (began, ready) = (Instant::now(), http::request("GET", "/readyz", &[], ""));
        loop {
            let ended = self.child.try_wait().expect("the state of the process");
            assert!(ended.is_none(), "the server ended: {ended:?}");
            if let Ok(mut stream) = TcpStream::connect(self.address).await
                && http::exchange(&mut stream, &ready, &mut Vec::new()).await != 503
            {
                return;
            }
            assert!(began.elapsed() < START_TIMEOUT, "the server does not become ready");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends SIGTERM.
    pub fn stop(&self) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-TERM", &id]).status().expect("kill");
        assert!(status.success(), "the server ended before");
    }

    /// Waits for the end of the process; returns whether it was successful.
    pub async fn wait(mut self) -> bool {
        loop {
            if let Some(status) = self.child.try_wait().expect("the state of the process") {
                return status.success();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The CPU time so far.
    pub fn cpu(&self) -> Duration {
        cpu::cpu_of(self.child.id()).unwrap_or_default()
    }

    /// The peak resident memory, in MiB.
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = peak.and_then(|it| it.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kib.unwrap_or_default() / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process may have ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The output of this program as a command of Postern.
pub async fn output(arguments: &[&str], settings: &Settings) -> String {
    let mut command = command(arguments, settings);
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.expect("no panic").expect("a process");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

fn command(arguments: &[&str], settings: &Settings) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(arguments);
    command.envs(settings.iter().map(|(name, value)| (format!("POSTERN_{name}"), value)));
    command
}
