//! `postern migrate`.

use clap::Subcommand;

use super::{Failure, open, print};
use crate::config::Config;
use crate::store::{self, Purpose};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Applies what is pending; any number of replicas may do so at once.
    Up,
    /// Tells what is pending.
    Status,
}

pub async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let purpose = match command {
        Command::Up => Purpose::Migrate,
        Command::Status => Purpose::Serve,
    };
    let db = open::database(config, purpose).await?;
    let (names, what) = match command {
        Command::Up => (store::migrate(&db).await?, "applied"),
        Command::Status => (store::pending(db.reader()).await?, "pending"),
    };
    db.close().await.map_err(crate::error::Error::from)?;
    if names.is_empty() {
        return print::result("the database is up to date\n");
    }
    print::result(&names.iter().map(|name| format!("{what} {name}\n")).collect::<String>())
}
