//! A PostgreSQL of its own for a test that stops or freezes it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A private PostgreSQL; it is stopped when the test ends.
pub struct PrivatePostgres {
    folder: TempDir,
    pub url: String,
}

impl PrivatePostgres {
    /// Starts one; none where the suite runs on SQLite, or where PostgreSQL is on another machine.
    pub fn start() -> Option<Self> {
        std::env::var("POSTERN_TEST_POSTGRES_URL").ok()?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        // PostgreSQL does not run as root: another user must be able to enter.
        let everybody = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(), everybody).expect("permissions");
        let mut postgres = Self { folder, url: String::new() };
        match postgres.run("start") {
            Some(url) => postgres.url = url,
            None => {
                assert!(std::env::var("CI").is_err(), "PostgreSQL cannot be started");
                return None;
            }
        }
        Some(postgres)
    }

    /// Starts it again, after it was stopped.
    pub fn restart(&self) {
        self.run("start").expect("PostgreSQL starts again");
    }

    pub fn stop(&self) {
        self.run("stop").expect("PostgreSQL stops");
    }

    /// Sends a signal to all processes that serve connections, and to those that others depend on;
    /// with `all`, also to the one that accepts connections.
    pub fn signal(&self, signal: &str, all: bool) {
        let file = self.folder.path().join("postgres/data/postmaster.pid");
        let text = fs::read_to_string(file).expect("PostgreSQL runs");
        let parent = text.lines().next().expect("a process id");
        let mut targets = children_of(parent);
        targets.extend(all.then(|| parent.to_owned()));
        let sent = Command::new("kill").arg(signal).args(&targets).status();
        // One of them may have ended meanwhile, and those that remain got the signal.
        sent.expect("kill");
    }

    fn run(&self, verb: &str) -> Option<String> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/postgres");
        let output =
            Command::new(script).arg(verb).arg(self.folder.path().join("postgres")).output();
        let output = output.expect("a shell");
        let text = String::from_utf8(output.stdout).expect("text");
        output.status.success().then(|| text.trim().to_owned())
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        self.signal("-CONT", true);
        self.run("stop");
    }
}

fn children_of(parent: &str) -> Vec<String> {
    let output = Command::new("ps").args(["-o", "pid=", "--ppid", parent]).output().expect("ps");
    let text = String::from_utf8(output.stdout).expect("text");
    text.split_whitespace().map(str::to_owned).collect()
}
