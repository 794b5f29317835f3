//! `postern audit export`.

use std::io::ErrorKind;

use clap::{Args as ClapArgs, ValueEnum};
use entity::OrganizationId;

use super::super::{Failure, print};
use super::ocsf;
use crate::context::OpContext;
use crate::domain::audit::log::{self, Entry};
use crate::domain::text;
use crate::error::{Error, Result};
use crate::rest::AuditLogLine;

/// The number of events per statement.
const BATCH_SIZE: u64 = 500;

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Label of the organization; all organizations without it
    #[arg(long, value_parser = text::label)]
    organization: Option<String>,
    /// Cursor of the last line that was read: the export continues after it. Cursors of an
    /// organization and of all organizations differ
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    after: Option<String>,
    /// Format of the lines
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// The events as in the REST API, each with its `cursor`
    Jsonl,
    /// Events of the Open Cybersecurity Schema Framework 1.6, each with its cursor in `unmapped.cursor`
    Ocsf,
}

/// Prints the events up to the last one that is committed. A closed pipe ends it without an error.
pub async fn run(op: &OpContext, args: &Args) -> Result<(), Failure> {
    let organization = match &args.organization {
        Some(label) => Some(log::organization(op, label).await?.id),
        None => None,
    };
    let mut position = match &args.after {
        None => 0,
        Some(cursor) => log::position_of(op, organization.as_ref(), cursor).await?,
    };
    loop {
        let entries = read(op, organization.as_ref(), position).await?;
        let Some(last) = entries.last() else { return Ok(()) };
        position = last.position;
        let lines = entries.into_iter().map(|entry| line(args.format, entry));
        let lines = lines.collect::<Result<String>>()?;
        match print::write(&lines) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
            printed => printed?,
        }
    }
}

async fn read(
    op: &OpContext,
    organization: Option<&OrganizationId>,
    position: i64,
) -> Result<Vec<Entry>> {
    match organization {
        Some(id) => log::after(op, id, position, BATCH_SIZE).await,
        None => log::after_in_all(op, position, BATCH_SIZE).await,
    }
}

fn line(format: Format, entry: Entry) -> Result<String> {
    let json = match format {
        Format::Jsonl => serde_json::to_string(&AuditLogLine::of(entry)?),
        Format::Ocsf => serde_json::to_string(&ocsf::event(&entry)),
    };
    Ok(json.map_err(Error::internal)? + "\n")
}
