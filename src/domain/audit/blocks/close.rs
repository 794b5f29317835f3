//! Closing of blocks: all events since the last block, once a minute per organization.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{OrganizationId, audit_block, audit_position};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Statement};

use super::super::log::{self, PositionedEvent};
use super::{MAX_EVENTS, hash};
use crate::app::App;
use crate::error::{Error, Result};
use crate::random;
use crate::store::{self, in_transaction};

/// The least time between two blocks of an organization, unless the first of them is full. A little
/// less than the interval of the maintenance.
const INTERVAL: TimeDelta = TimeDelta::seconds(55);

/// The maximum number of blocks per run; the next run closes the rest.
const BLOCKS: usize = 500;

/// The length of a nonce: 256 random bits.
const NONCE: usize = 43;

/// The organizations with events after their last block; first those whose last block is the oldest.
const DUE: &str = "SELECT id FROM organizations AS organization WHERE EXISTS \
    (SELECT 1 FROM audit_positions AS at WHERE at.organization_id = organization.id \
    AND at.position > coalesce((SELECT block.last_position FROM audit_blocks AS block \
    WHERE block.organization_id = organization.id ORDER BY block.number DESC LIMIT 1), 0)) \
    ORDER BY coalesce((SELECT block.created_at FROM audit_blocks AS block \
    WHERE block.organization_id = organization.id ORDER BY block.number DESC LIMIT 1), \
    organization.created_at)";

/// Closes the blocks that are due. All replicas may run it at the same time.
///
/// # Errors
/// The database does not respond, or there is no signing key.
pub async fn close_blocks(app: &App) -> Result<()> {
    close_at_most(app, BLOCKS).await
}

/// Closes at most `blocks` of the blocks that are due; the next run closes others first.
///
/// # Errors
/// The database does not respond, or there is no signing key.
pub async fn close_at_most(app: &App, blocks: usize) -> Result<()> {
    let mut closed = 0;
    for organization in due(app.db.reader()).await? {
        while closed < blocks {
            let block = in_transaction!(app.db, transaction => {
                store::advisory_lock(transaction, log::LOCK).await?;
                close_next(app, transaction, &organization).await
            })?;
            let Some(block) = block else { break };
            closed += 1;
            // The head of the chain, also outside of the database.
            tracing::info!(
                organization.id = %organization,
                block.number = block.number,
                block.hash = block.hash,
                events = block.event_count,
                "audit block closed"
            );
            // The next block is due once this one is full or old.
            if i64::from(block.event_count) < MAX_EVENTS.cast_signed() {
                break;
            }
        }
    }
    Ok(())
}

async fn due(on: &impl ConnectionTrait) -> Result<Vec<OrganizationId>> {
    let rows = on.query_all_raw(Statement::from_string(on.get_database_backend(), DUE)).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Closes the next block of an organization, if it has events and the last block is old or full.
async fn close_next(
    app: &App,
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
) -> Result<Option<audit_block::Model>> {
    let now = app.clock.now();
    let last = audit_block::Entity::last_in_org(organization).one(on).await?;
    let is_recent = |last: &audit_block::Model| {
        i64::from(last.event_count) < MAX_EVENTS.cast_signed() && last.created_at > now - INTERVAL
    };
    if last.as_ref().is_some_and(is_recent) {
        return Ok(None);
    }
    let position = last.as_ref().map_or(0, |last| last.last_position);
    let rows = audit_position::Entity::in_org_after(organization, position, MAX_EVENTS);
    let entries = log::existing(rows.all(on).await?);
    let Some(block) = sign(app, organization, last, &entries, now)? else { return Ok(None) };
    let row = block.clone().into_active_model().reset_all();
    audit_block::Entity::insert(row).exec_without_returning(on).await?;
    Ok(Some(block))
}

/// The signed block of these events; `None` without events.
fn sign(
    app: &App,
    organization: &OrganizationId,
    last: Option<audit_block::Model>,
    entries: &[PositionedEvent],
    now: DateTime<Utc>,
) -> Result<Option<audit_block::Model>> {
    let ([first, ..], [.., end]) = (entries, entries) else { return Ok(None) };
    let latest = entries.iter().map(|entry| entry.event.created_at).max();
    let mut block = audit_block::Model {
        organization_id: organization.clone(),
        number: last.as_ref().map_or(1, |last| last.number + 1),
        first_position: first.position,
        last_position: end.position,
        event_count: i32::try_from(entries.len()).map_err(Error::internal)?,
        last_event_at: latest.unwrap_or(now),
        events_digest: hash::events_digest(entries)?,
        previous_hash: last.map_or_else(|| hash::NONE.to_owned(), |last| last.hash),
        hash: String::new(),
        signature: String::new(),
        signing_key_id: String::new(),
        public_jwk: String::new(),
        created_at: now,
        events_deleted_at: None,
        nonce: Some(random::base62(NONCE)),
    };
    block.hash = hash::block_hash(&block)?;
    let signed = app.keys.sign_statement(hash::JWS_TYPE, &hash::Claims::of(&block), now)?;
    block.signature = signed.jws;
    block.signing_key_id = signed.signing_key_id;
    block.public_jwk = signed.public_jwk;
    Ok(Some(block))
}
