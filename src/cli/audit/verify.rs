//! `postern audit verify`.

use clap::Args as ClapArgs;

use super::super::{Failure, print};
use crate::clock;
use crate::context::OpContext;
use crate::domain::audit::blocks::{self, Report};
use crate::domain::text;

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Label of the organization; all organizations without it
    #[arg(long, value_parser = text::label)]
    organization: Option<String>,
    /// Hash of a block that was known before, such as the last one in the server's log: detects
    /// that the end of the log was removed
    #[arg(long, value_name = "HASH", value_parser = hash)]
    head: Option<String>,
}

/// Prints one line per finding, and a summary. Fails if there are findings.
pub async fn run(op: &OpContext, args: &Args) -> Result<(), Failure> {
    let (label, head) = (args.organization.as_deref(), args.head.as_deref());
    let report = blocks::verify(op, label, head).await?;
    print::result(&text_of(&report))?;
    match report.findings.len() as u64 + report.more_findings {
        0 => Ok(()),
        count => Err(Failure(format!("the audit log failed verification: {count} findings"))),
    }
}

fn text_of(report: &Report) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        text += &format!("finding  {finding}\n");
    }
    if report.more_findings > 0 {
        text += &format!("finding  {} more\n", report.more_findings);
    }
    for (label, number, hash) in &report.heads {
        text += &format!("head     {label}: block {number}, {hash}\n");
    }
    let Report { blocks, events, open_events, expired_blocks, .. } = report;
    text += &format!(
        "verified {events} events in {blocks} blocks; {open_events} later events are in no block yet\n"
    );
    if report.blocks_of_deleted_keys > 0 {
        let count = report.blocks_of_deleted_keys;
        text += &format!(
            "keys     {count} blocks are signed by keys that were deleted since: their public keys are known from the blocks alone\n"
        );
    }
    if let Some(horizon) = report.horizon {
        let horizon = clock::to_rfc3339(horizon);
        text += &format!(
            "expired  the events of {expired_blocks} blocks, from before {horizon}: their hashes were taken as given\n"
        );
    }
    text
}

/// A hash: 64 hexadecimal digits.
fn hash(text: &str) -> Result<String, &'static str> {
    let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| text.to_ascii_lowercase()).ok_or("must be 64 hexadecimal digits")
}
