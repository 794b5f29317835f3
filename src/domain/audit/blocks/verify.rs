//! Verification of the audit log against its chain of blocks.

mod block_keys;
mod chain;
mod report;

use chrono::{DateTime, TimeDelta, Utc};
use entity::organization;
use sea_orm::{ConnectionTrait, Statement};

use crate::authz::Actor;
use crate::context::OpContext;
use crate::domain::audit::log;
use crate::error::{Error, Result};
use crate::signing_keys;

use block_keys::BlockKeys;
pub use report::Report;

/// The time before which events may be deleted.
const HORIZON: &str = "SELECT delete_before FROM audit_horizon";

/// The maximum number of events outside of the log that are reported.
const MAX_OUTSIDE: usize = 100;

/// Verifies the audit log of one organization, by its label, or of all; `head` is the known hash of
/// a block that must be in the chain.
///
/// # Errors
/// `Unauthenticated` for an actor other than the operator; `NotFound`; the database does not
/// respond.
pub async fn verify(op: &OpContext, label: Option<&str>, head: Option<&str>) -> Result<Report> {
    if !matches!(op.actor, Actor::Operator) {
        return Err(Error::Unauthenticated);
    }
    let last = log::assigned(op).await?;
    let keys = BlockKeys::new(&signing_keys::all(op.db()).await?);
    let mut report = Report::new(last, horizon(op.db()).await?, keys, head);
    let organizations = match label {
        Some(label) => vec![log::organization(op, label).await?],
        None => organization::Entity::any_tenant().all(op.db()).await?,
    };
    for row in &organizations {
        chain::verify(op, &row.id, &row.label, &mut report).await?;
    }
    if label.is_none() {
        report.check_total();
        report_outside(op, &mut report).await?;
    }
    report.check_head();
    Ok(report)
}

async fn horizon(on: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>> {
    let statement = Statement::from_string(on.get_database_backend(), HORIZON);
    let row = on.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Reports events outside of the log, except recent ones: those of an older version, which are added to
/// the log within an hour.
async fn report_outside(op: &OpContext, report: &mut Report) -> Result<()> {
    let before = op.now() - TimeDelta::hours(2);
    let (mut found, mut page) = (0, Some(log::Page::first(DateTime::UNIX_EPOCH, before)));
    while let Some(current) = page {
        for id in current.outside(op.db()).await?.into_iter().take(MAX_OUTSIDE - found) {
            report.find(format!("event {id} is not in the log"));
            found += 1;
        }
        page = if found < MAX_OUTSIDE { current.next(op.db()).await? } else { None };
    }
    Ok(())
}
