//! A server in a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::Shell;
use crate::support::{free_address, in_time};

/// A server in a process of its own.
pub struct Server {
    child: std::process::Child,
    pub address: String,
    out: BufReader<std::process::ChildStdout>,
}

impl Server {
    pub async fn start(shell: &Shell, arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut server = Self::spawn(shell, arguments, settings);
        server.wait_until_ready().await;
        server
    }

    /// A server that may not be ready yet.
    pub fn spawn(shell: &Shell, arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        Self::launch(shell.command(arguments, settings))
    }

    /// A server that can have only so many files open.
    pub async fn start_with_open_files(shell: &Shell, limit: usize, arguments: &[&str]) -> Self {
        let mut command = Command::new("sh");
        let script = format!(r#"ulimit -n {limit} && exec "$0" "$@""#);
        command.args(["-c", &script, env!("CARGO_BIN_EXE_postern")]).args(arguments);
        command.current_dir(shell.folder.path()).env("POSTERN_DATABASE_URL", &shell.database.url);
        let mut server = Self::launch(command);
        server.wait_until_ready().await;
        server
    }

    pub fn launch(mut command: Command) -> Self {
        let address = free_address();
        command.env("POSTERN_LISTEN", &address).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the server starts");
        let out = BufReader::new(child.stdout.take().expect("its output"));
        Self { child, address, out }
    }

    pub async fn wait_until_ready(&mut self) {
        let url = format!("http://{}/readyz", self.address);
        in_time("the server is ready", async {
            while !reqwest::get(&url).await.is_ok_and(|reply| reply.status().is_success()) {
                let ended = self.child.try_wait().expect("its state");
                assert!(ended.is_none(), "the server ended: {ended:?}");
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    pub fn printed_until(&mut self, part: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for line in (&mut self.out).lines() {
            lines.push(line.expect("text"));
            if lines.last().is_some_and(|line| line.contains(part)) {
                return lines;
            }
        }
        panic!("no {part}: {lines:?}")
    }

    pub async fn token(
        &self,
        id: &serde_json::Value,
        secret: &serde_json::Value,
    ) -> crate::support::Reply {
        let (id, secret) = (id.as_str().expect("an id"), secret.as_str().expect("a secret"));
        let request = reqwest::Client::new().post(format!("http://{}/oauth/token", self.address));
        let request = request.basic_auth(id, Some(secret));
        crate::support::Reply::of(request.form(&[("grant_type", "client_credentials")])).await
    }

    /// Sends a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args([&format!("-{name}"), &id]).status().expect("kill");
        assert!(told.success());
    }

    /// Waits for the end of the process, and how it ended.
    pub async fn end(mut self) -> std::process::ExitStatus {
        tokio::task::spawn_blocking(move || self.child.wait().expect("its end")).await.expect("it")
    }

    pub fn stops_by_sigterm(mut self) {
        self.signal("TERM");
        assert!(self.child.wait().expect("its end").success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already gone when the test came to its end.
        let _ = self.child.kill();
    }
}
