//! Verification of the chain of one organization.

use entity::{OrganizationId, TenantScoped, audit_block, audit_position};
use sea_orm::{ColumnTrait, QueryFilter};

use super::super::super::log::{self, PositionedEvent};
use super::super::{MAX_EVENTS, hash};
use super::report::Report;
use crate::context::OpContext;
use crate::error::Result;
use crate::signing_keys;

/// The number of blocks per statement.
const BLOCKS: u64 = 100;

/// The end of the chain so far.
struct Link {
    number: i64,
    hash: String,
    position: i64,
}

/// Verifies all blocks of an organization, then counts the events after them.
pub async fn verify(
    op: &OpContext,
    organization: &OrganizationId,
    label: &str,
    report: &mut Report,
) -> Result<()> {
    // Before every position, also those that Postern does not assign.
    let mut link = Link { number: 0, hash: hash::NONE.to_owned(), position: i64::MIN };
    loop {
        let page = audit_block::Entity::in_org_after(organization, link.number, BLOCKS);
        let page = page.all(op.db()).await?;
        if page.is_empty() {
            break;
        }
        for block in page {
            report.visit(&block);
            for finding in row_findings(&block, &link, report)? {
                report.find(format!("{label}: block {}: {finding}", block.number));
            }
            if let Some(finding) = verify_events(op, &block, link.position, report).await? {
                report.find(format!("{label}: block {}: {finding}", block.number));
            }
            link = Link { number: block.number, hash: block.hash, position: block.last_position };
        }
    }
    if link.number > 0 {
        report.heads.push((label.to_owned(), link.number, link.hash));
    }
    count_open(op, organization, label, link.position, report).await
}

/// Findings in the row of a block: its place in the chain, its hash, its signature.
fn row_findings(
    block: &audit_block::Model,
    previous: &Link,
    report: &Report,
) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    if block.number != previous.number + 1 {
        let missing = block.number - previous.number - 1;
        findings.push(format!("{missing} blocks before it are missing"));
    }
    if block.previous_hash != previous.hash {
        findings.push("it does not continue the block before it".to_owned());
    }
    if block.hash != hash::block_hash(block)? {
        findings.push("it was changed: its hash differs".to_owned());
    }
    if !report.keys.is_of_block(block) {
        findings.push("its public key is not that of its signing key".to_owned());
    }
    let claims = signing_keys::verified_claims::<hash::Claims>(
        hash::JWS_TYPE,
        &block.signature,
        &block.public_jwk,
    );
    if claims != Some(hash::Claims::of(block)) {
        findings.push("its signature is invalid".to_owned());
    }
    Ok(findings)
}

/// Compares the events since the last block with the digest; returns what differs.
async fn verify_events(
    op: &OpContext,
    block: &audit_block::Model,
    after: i64,
    report: &mut Report,
) -> Result<Option<String>> {
    let entries = entries_of(op, block, after).await?;
    // Read again: the retention may have deleted the events since.
    let deleted_at = match entries.len() {
        0 => reread(op, block).await?.and_then(|block| block.events_deleted_at),
        _ => block.events_deleted_at,
    };
    let expected = i64::from(block.event_count);
    let found = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    if deleted_at.is_some() && found == 0 {
        report.expired_blocks += 1;
        report.positions += expected.min((report.last - block.first_position + 1).max(0));
        return Ok(retention_finding(block, report));
    }
    report.events += entries.len() as u64;
    let last = report.last;
    report.positions += count(entries.iter().filter(|entry| entry.position <= last));
    let (first, end) = (block.first_position, block.last_position);
    let place = format!(
        "positions {first} to {end}, before {}",
        crate::clock::to_rfc3339(block.created_at)
    );
    Ok(match found - expected {
        0 if hash::events_digest(&entries)? == block.events_digest => None,
        0 => Some(format!("an event was changed or moved ({place})")),
        more @ 1.. => Some(format!("{more} events were inserted ({place})")),
        fewer => Some(format!("{} events were deleted ({place})", -fewer)),
    })
}

/// The events after the block before, up to the last one of this block, and one too many at most.
async fn entries_of(
    op: &OpContext,
    block: &audit_block::Model,
    after: i64,
) -> Result<Vec<PositionedEvent>> {
    let (organization, last) = (&block.organization_id, block.last_position);
    let rows = audit_position::Entity::in_org_between(organization, after, last, MAX_EVENTS + 1);
    Ok(log::existing(rows.all(op.db()).await?))
}

async fn reread(op: &OpContext, block: &audit_block::Model) -> Result<Option<audit_block::Model>> {
    let same = audit_block::Entity::in_org(&block.organization_id)
        .filter(audit_block::Column::Number.eq(block.number));
    Ok(same.one(op.db()).await?)
}

/// Events that were deleted although they are not from before the horizon of the retention.
fn retention_finding(block: &audit_block::Model, report: &Report) -> Option<String> {
    let is_expired = report.horizon.is_some_and(|horizon| block.last_event_at < horizon);
    let last = crate::clock::to_rfc3339(block.last_event_at);
    (!is_expired).then(|| format!("its events, up to {last}, were deleted before their retention"))
}

/// Counts the events after the last block, and finds positions without an event.
async fn count_open(
    op: &OpContext,
    organization: &OrganizationId,
    label: &str,
    mut position: i64,
    report: &mut Report,
) -> Result<()> {
    loop {
        let rows = audit_position::Entity::in_org_after(organization, position, log::MAX_ENTRIES);
        let rows = rows.all(op.db()).await?;
        let Some((last, _)) = rows.last() else { return Ok(()) };
        position = last.position;
        for (at, event) in rows {
            if event.is_none() {
                report.find(format!("{label}: the event at position {} is missing", at.position));
                continue;
            }
            report.open_events += 1;
            report.positions += i64::from(at.position <= report.last);
        }
    }
}

fn count<'a>(entries: impl Iterator<Item = &'a PositionedEvent>) -> i64 {
    i64::try_from(entries.count()).unwrap_or(i64::MAX)
}
