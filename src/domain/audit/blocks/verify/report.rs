//! The result of a verification.

use chrono::{DateTime, Utc};
use entity::audit_block;

use super::block_keys::BlockKeys;

/// The maximum number of findings that are listed.
const MAX_FINDINGS: usize = 1_000;

/// The result of a verification.
#[derive(Debug)]
pub struct Report {
    /// The findings, one line each, the first thousand of them.
    pub findings: Vec<String>,
    /// The number of findings beyond those that are listed.
    pub more_findings: u64,
    /// The number of blocks.
    pub blocks: u64,
    /// The number of blocks whose events the retention has deleted: their hashes are taken as given.
    pub expired_blocks: u64,
    /// The number of blocks whose signing key was deleted: it is known from the block alone.
    pub blocks_of_deleted_keys: u64,
    /// The number of events in blocks.
    pub events: u64,
    /// The number of events that are in no block yet.
    pub open_events: u64,
    /// The last block of each organization: label, number and hash.
    pub heads: Vec<(String, i64, String)>,
    /// The time before which the retention may have deleted events, if it has.
    pub horizon: Option<DateTime<Utc>>,
    /// The last position when the verification started.
    pub(super) last: i64,
    /// The number of positions up to the last one that were found.
    pub(super) positions: i64,
    /// The signing keys of this installation.
    pub(super) keys: BlockKeys,
    head: Option<String>,
    is_head_found: bool,
}

impl Report {
    pub(super) fn new(
        last: i64,
        horizon: Option<DateTime<Utc>>,
        keys: BlockKeys,
        head: Option<&str>,
    ) -> Self {
        Self {
            findings: Vec::new(),
            more_findings: 0,
            blocks: 0,
            expired_blocks: 0,
            blocks_of_deleted_keys: 0,
            events: 0,
            open_events: 0,
            heads: Vec::new(),
            horizon,
            last,
            positions: 0,
            keys,
            head: head.map(str::to_owned),
            is_head_found: false,
        }
    }

    /// Adds a finding.
    pub(super) fn find(&mut self, finding: String) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        } else {
            self.more_findings += 1;
        }
    }

    /// Counts a block.
    pub(super) fn visit(&mut self, block: &audit_block::Model) {
        self.blocks += 1;
        self.blocks_of_deleted_keys += u64::from(!self.keys.has(block));
        self.is_head_found |= self.head.as_ref() == Some(&block.hash);
    }

    /// Finds positions that are missing everywhere.
    pub(super) fn check_total(&mut self) {
        let missing = self.last - self.positions;
        if missing != 0 {
            let last = self.last;
            self.find(format!(
                "{missing} of {last} assigned positions are missing: events or blocks were deleted"
            ));
        }
    }

    /// Finds a known head that is in no chain.
    pub(super) fn check_head(&mut self) {
        if let Some(head) = &self.head
            && !self.is_head_found
        {
            let finding = format!("no block has the hash {head}: blocks were removed or rewritten");
            self.find(finding);
        }
    }
}
