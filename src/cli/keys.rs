//! `postern keys`.

use clap::Subcommand;

use super::{Failure, open, print};
use crate::config::Config;
use crate::domain::signing_keys;
use crate::store::Purpose;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lists the signing keys, the newest first: id, algorithm, and when it was made.
    List,
}

pub async fn run(command: &Command, config: &Config) -> Result<(), Failure> {
    let Command::List = command;
    let db = open::database(config, Purpose::Serve).await?;
    let keys = signing_keys::all(db.reader()).await?;
    db.close().await.map_err(crate::error::Error::from)?;
    let lines = keys.iter().map(|key| {
        let made = key.created_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        format!("{}  {:<5}  {made}\n", key.id, key.algorithm)
    });
    print::result(&lines.collect::<String>())
}
