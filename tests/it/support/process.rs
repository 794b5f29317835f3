//! The server in a process of its own, on the database of a world.

use std::process::{Child, Command, Stdio};

use super::{World, in_time};

pub struct Process {
    pub child: Child,
    pub base: String,
}

impl Process {
    /// Starts it with more settings, and waits until it is ready. `stderr` is where its logs go.
    pub async fn start(world: &World, settings: &[(&str, &str)], stderr: Stdio) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address").to_string();
        drop(free);
        let child = Command::new(env!("CARGO_BIN_EXE_postern"))
            .arg("serve")
            .envs(world.environment())
            .envs(settings.iter().map(|(name, value)| (format!("POSTERN_{name}"), value)))
            .env("POSTERN_LISTEN", &address)
            .stdout(Stdio::null())
            .stderr(stderr)
            .spawn()
            .expect("the server starts");
        let mut process = Self { child, base: format!("http://{address}") };
        let ready = format!("{}/readyz", process.base);
        in_time("the server is ready", async {
            while !reqwest::get(&ready).await.is_ok_and(|reply| reply.status().is_success()) {
                assert!(process.child.try_wait().expect("its state").is_none(), "it ended");
                tokio::task::yield_now().await;
            }
        })
        .await;
        process
    }

    /// Asks it to stop by SIGTERM, and waits until it has.
    pub fn stop(&mut self) {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().expect("kill");
        assert!(told.success());
        assert!(self.child.wait().expect("its end").success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already gone when the test came to its end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
