//! The program, run in a folder and with a database of its own.

use std::path::PathBuf;
use std::process::{Command, Output};

use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;

use crate::support::TestDatabase;

pub const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// No time to wait for an unreachable database.
pub const NO_WAIT: (&str, &str) = ("DATABASE_WAIT_SECONDS", "0");

pub struct Shell {
    pub folder: TempDir,
    pub database: TestDatabase,
}

impl Shell {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, database: TestDatabase::new().await }
    }

    pub fn command(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
        command.args(arguments).current_dir(self.folder.path());
        command.env("POSTERN_DATABASE_URL", &self.database.url);
        // Any free port: several of them run at once.
        command.env("POSTERN_LISTEN", "127.0.0.1:0");
        command.envs(settings.iter().map(|(name, value)| (format!("POSTERN_{name}"), value)));
        command
    }

    /// Executes a statement in the database.
    pub async fn sql(&self, statement: &str) {
        let db = Database::connect(&self.database.url).await.expect("a database");
        db.execute_unprepared(statement).await.expect(statement);
        db.close().await.expect("closed");
    }

    /// The file of the database; none with PostgreSQL.
    pub fn database_file(&self) -> Option<PathBuf> {
        self.database.url.strip_prefix("sqlite://").map(PathBuf::from)
    }

    pub fn run(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
        self.command(arguments, settings).output().expect("the command runs")
    }

    pub fn succeeds(&self, arguments: &[&str]) -> String {
        self.succeeds_with(arguments, &[])
    }

    pub fn succeeds_with(&self, arguments: &[&str], settings: &[(&str, &str)]) -> String {
        let output = self.run(arguments, settings);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// Exit code 1, nothing on stdout, and one line on stderr that holds `part`.
    pub fn fails(&self, arguments: &[&str], settings: &[(&str, &str)], part: &str) {
        let output = self.run(arguments, settings);
        let told = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
        assert!(output.stdout.is_empty() && told.lines().count() == 1, "{told}");
        assert!(told.starts_with("postern: ") && told.contains(part), "{told}");
    }
}
