//! `postern migrate`.

use clap::Subcommand;

use super::{Failure, open, print};
use crate::config::Config;
use crate::store::{self, ConnectMode, SchemaStatus};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Apply pending migrations; several replicas may do so at the same time
    Up,
    /// List pending migrations
    Status,
}

pub async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let mode = match command {
        Command::Up => ConnectMode::Migrate,
        Command::Status => ConnectMode::Serve,
    };
    let db = open::database(config, mode).await?;
    let text = match command {
        Command::Up => {
            let applied = store::migrate(&db).await?;
            lines(&applied, "applied") + &state(&store::schema_status(db.reader()).await?)
        }
        Command::Status => {
            let schema = store::schema_status(db.reader()).await?;
            let lines = lines(&schema.pending, "pending") + &lines(&schema.newer, "newer");
            lines + &state(&schema)
        }
    };
    db.close().await.map_err(crate::error::Error::from)?;
    print::result(&text)
}

fn lines(names: &[String], what: &str) -> String {
    names.iter().map(|name| format!("{what} {name}\n")).collect()
}

/// The schema of the database, compared with that of this version.
fn state(schema: &SchemaStatus) -> String {
    if let Some(conflict) = schema.conflict() {
        return format!("{conflict}\n");
    }
    if !schema.pending.is_empty() {
        return format!("pending migrations: {}\n", schema.pending.len());
    }
    match schema.newer.last() {
        Some(last) => format!("the database has migrations of a newer version, up to {last}\n"),
        None => "the database is up to date\n".to_owned(),
    }
}
