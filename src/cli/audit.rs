//! `postern audit`.

mod export;
mod ocsf;
mod verify;

use clap::Subcommand;

use super::{Failure, open};
use crate::config::Config;
use crate::context::OpContext;
use crate::domain::audit::log;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print audit events in the order in which they were committed, one JSON object per line
    Export(export::Args),
    /// Verify the audit log: changed, deleted and inserted events, and the signatures of its blocks
    Verify(verify::Args),
}

pub async fn run(command: Command, config: Config) -> Result<(), Failure> {
    let app = open::app(config).await?;
    // Events that no server has assigned positions to, such as those of commands.
    log::assign_positions(&app).await?;
    let op = OpContext::operator(&app);
    match command {
        Command::Export(args) => export::run(&op, &args).await?,
        Command::Verify(args) => verify::run(&op, &args).await?,
    }
    app.db.clone().close().await.map_err(|error| crate::error::Error::from(error).into())
}
