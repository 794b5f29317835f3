//! Tamper evidence: the audit log of each organization in closed blocks, once a minute. A block has
//! the digest of its events and the hash of the block before it, and is signed.

mod canonical;
mod close;
mod hash;
mod verify;

use entity::{OrganizationId, audit_block};

use crate::authz::Permission;
use crate::context::OpContext;
use crate::error::Result;

pub use close::{close_at_most, close_blocks};
pub use verify::{Report, verify};

/// The maximum number of events of a block.
const MAX_EVENTS: u64 = 1_000;

/// The last block of an organization; `None` before the first one.
///
/// # Errors
/// `NotFound`, `Forbidden`, or the database does not respond.
pub async fn head(
    op: &OpContext,
    organization: &OrganizationId,
) -> Result<Option<audit_block::Model>> {
    op.permit(Permission::AuditEventsList, organization)?;
    Ok(audit_block::Entity::last_in_org(organization).one(op.db()).await?)
}
