//! A server in a process of its own.

use std::process::{Child, Command, Stdio};

use super::{World, eventually, free_address};

/// `postern serve` with these settings; it is killed when the test ends.
pub struct Process {
    pub child: Child,
    pub base: String,
}

impl Process {
    /// Starts it, whether or not it becomes ready.
    pub fn spawn(settings: &[(String, String)]) -> Self {
        Self::spawn_with_logs(settings, Stdio::null())
    }

    /// The same; its logs go to `stderr`.
    fn spawn_with_logs(settings: &[(String, String)], stderr: Stdio) -> Self {
        let address = free_address();
        let child = Command::new(env!("CARGO_BIN_EXE_postern"))
            .arg("serve")
            .envs(settings.iter().cloned())
            .env("POSTERN_LISTEN", &address)
            .stdout(Stdio::null())
            .stderr(stderr)
            .spawn()
            .expect("the server starts");
        Self { child, base: format!("http://{address}") }
    }

    /// Starts it, and waits until it is ready.
    pub async fn start(settings: &[(String, String)]) -> Self {
        let mut process = Self::spawn(settings);
        process.wait_until_ready().await;
        process
    }

    /// Starts it with more settings, and waits until it is ready; its logs are to be read.
    pub async fn start_with_logs(world: &World, settings: &[(&str, &str)]) -> Self {
        let mut all = world.environment();
        let named = |(name, value): &(&str, &str)| (format!("POSTERN_{name}"), (*value).to_owned());
        all.extend(settings.iter().map(named));
        let mut process = Self::spawn_with_logs(&all, Stdio::piped());
        process.wait_until_ready().await;
        process
    }

    /// Asks it to stop by SIGTERM, and waits until it has.
    pub fn stop(&mut self) {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().expect("kill");
        assert!(told.success());
        assert!(self.child.wait().expect("its end").success());
    }

    pub async fn wait_until_ready(&mut self) {
        let ready = format!("{}/readyz", self.base);
        eventually("the server is ready", async || {
            assert!(self.child.try_wait().expect("its state").is_none(), "the server ended");
            is_success(&ready).await
        })
        .await;
    }
}

/// Whether a GET is answered with success.
pub async fn is_success(url: &str) -> bool {
    reqwest::get(url).await.is_ok_and(|reply| reply.status().is_success())
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already gone when the test came to its end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
