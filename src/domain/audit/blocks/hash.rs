//! Digests and hashes, in hexadecimal.

use aws_lc_rs::digest::{Context, SHA256, digest};
use entity::audit_block;
use serde::{Deserialize, Serialize};

use super::super::log::PositionedEvent;
use super::canonical;
use crate::clock;
use crate::error::{Error, Result};

/// The hash before the first block.
pub const NONE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The type of the JWS of a block (RFC 7515, section 4.1.9), so that none passes for a token.
pub const JWS_TYPE: &str = "postern-audit-block";

/// The claims of the JWS of a block. The hash covers the rest of the block.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The hash of the block.
    pub hash: String,
    /// The number of the block.
    pub number: i64,
    /// The id of the organization.
    pub organization_id: String,
}

impl Claims {
    /// The claims that belong to a block.
    pub fn of(block: &audit_block::Model) -> Self {
        let organization_id = block.organization_id.to_string();
        Self { hash: block.hash.clone(), number: block.number, organization_id }
    }
}

/// The digest of events: SHA-256 of their canonical lines.
///
/// # Errors
/// `Internal`: an event has no canonical form.
pub fn events_digest(entries: &[PositionedEvent]) -> Result<String> {
    let mut context = Context::new(&SHA256);
    for entry in entries {
        context.update(canonical::line(entry)?.as_bytes());
    }
    Ok(hex(context.finish().as_ref()))
}

/// The hash of a block: SHA-256 of its members as JSON, sorted by name.
///
/// # Errors
/// `Internal`: it cannot be serialized.
pub fn block_hash(block: &audit_block::Model) -> Result<String> {
    let members = Members {
        created_at: clock::to_rfc3339(block.created_at),
        event_count: block.event_count,
        events_digest: &block.events_digest,
        first_position: block.first_position,
        last_event_at: clock::to_rfc3339(block.last_event_at),
        last_position: block.last_position,
        nonce: block.nonce.as_deref(),
        number: block.number,
        organization_id: block.organization_id.as_str(),
        previous_hash: &block.previous_hash,
    };
    let json = serde_json::to_vec(&members).map_err(Error::internal)?;
    Ok(hex(digest(&SHA256, &json).as_ref()))
}

/// The members of a block that its hash covers, sorted by name.
#[derive(Serialize)]
struct Members<'a> {
    created_at: String,
    event_count: i32,
    events_digest: &'a str,
    first_position: i64,
    last_event_at: String,
    last_position: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    number: i64,
    organization_id: &'a str,
    previous_hash: &'a str,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
