//! Usage of credentials by day: tokens, and the client addresses that requested them.

mod delete;
mod read;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Days, NaiveDate, Utc};
use entity::{CredentialId, OrganizationId, ServiceAccountId, credential};
use sea_orm::QueryFilter;

pub use delete::delete_expired;

use crate::authz::Permission;
use crate::context::OpContext;
use crate::error::{Error, Result};
use crate::store::in_list;

/// The maximum number of days of a range.
pub const MAX_DAYS: u64 = 90;

/// The maximum number of client addresses of a day; all others of the day are one.
pub const MAX_SOURCES: usize = 20;

/// Days from a first to a last one, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DayRange {
    from: NaiveDate,
    to: NaiveDate,
}

/// A day on which tokens were issued to a credential.
#[derive(Clone, Debug)]
pub struct UsageDay {
    /// The day in UTC.
    pub date: NaiveDate,
    /// The number of tokens issued on this day.
    pub token_count: i64,
}

/// The usage of a credential by day.
#[derive(Clone, Debug)]
pub struct CredentialUsage {
    /// The credential.
    pub credential: credential::Model,
    /// The days on which tokens were issued to it, in ascending order.
    pub days: Vec<UsageDay>,
}

/// A client address that requested tokens on a day.
#[derive(Clone, Debug)]
pub struct Source {
    /// The client address.
    pub address: String,
    /// Time of its first token of the day.
    pub first_used_at: DateTime<Utc>,
    /// Time of its last token of the day, up to a minute late.
    pub last_used_at: DateTime<Utc>,
}

/// The client addresses of a day.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The first addresses of the day, in order of their first token.
    pub listed: Vec<Source>,
    /// Time of the last token of any other address; `None` if all are listed.
    pub others_last_used_at: Option<DateTime<Utc>>,
}

/// The client addresses of a credential by day.
pub type SourcesByDay = BTreeMap<NaiveDate, Sources>;

impl DayRange {
    /// The range of days; without a `to` until today, without a `from` as long as possible.
    ///
    /// # Errors
    /// `Invalid`: the range is inverted or too long.
    pub fn new(op: &OpContext, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Self> {
        let to = to.unwrap_or_else(|| op.now().date_naive());
        let earliest = to.checked_sub_days(Days::new(MAX_DAYS - 1)).unwrap_or(NaiveDate::MIN);
        let from = from.unwrap_or(earliest);
        if from > to {
            return Err(Error::invalid("from", "must not be later than to, by default today"));
        }
        if from < earliest {
            let message = format!("must be at most {} days before to", MAX_DAYS - 1);
            return Err(Error::invalid("from", message));
        }
        Ok(Self { from, to })
    }
}

/// The usage of each of `ids` that the caller may read.
///
/// # Errors
/// The outer error: the database does not respond. The inner errors: `NotFound`, `Forbidden`.
pub async fn days(
    op: &OpContext,
    organization: &OrganizationId,
    ids: &[CredentialId],
    range: DayRange,
) -> Result<HashMap<CredentialId, Result<CredentialUsage>>> {
    let rows = permitted(op, organization, ids).await?;
    let readable: Vec<_> = rows.iter().filter_map(|(id, row)| row.is_ok().then_some(id)).collect();
    let mut found = read::days(op.db(), organization, &readable, range).await?;
    let mut usage = |credential: credential::Model| {
        let days = found.remove(&credential.id).unwrap_or_default();
        CredentialUsage { credential, days }
    };
    Ok(rows.into_iter().map(|(id, row)| (id, row.map(&mut usage))).collect())
}

/// The client addresses of each of these credentials that the caller may read, by day.
///
/// # Errors
/// The outer error: the database does not respond. The inner errors: `NotFound`, `Forbidden`.
pub async fn sources(
    op: &OpContext,
    organization: &OrganizationId,
    credentials: &[&credential::Model],
    range: DayRange,
) -> Result<HashMap<CredentialId, Result<SourcesByDay>>> {
    let mut found = read::sources(op.db(), organization, credentials, range).await?;
    let permission = Permission::CredentialsRead;
    let mut sources = |row: &credential::Model| {
        let sources = found.remove(&row.id).unwrap_or_default();
        op.permit(permission, row).map(|_| sources)
    };
    Ok(credentials.iter().map(|row| (row.id.clone(), sources(row))).collect())
}

/// The days of usage of one credential, and its client addresses by day.
///
/// # Errors
/// `NotFound`, `Forbidden`, or the database does not respond.
pub async fn of_one(
    op: &OpContext,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    id: &CredentialId,
    range: DayRange,
) -> Result<(Vec<UsageDay>, SourcesByDay)> {
    let permission = Permission::CredentialsRead;
    let row = super::fetch_for(op, permission, organization, Some(account), id).await?;
    let mut days = read::days(op.db(), organization, &[id], range).await?;
    let mut sources = read::sources(op.db(), organization, &[&row], range).await?;
    Ok((days.remove(id).unwrap_or_default(), sources.remove(id).unwrap_or_default()))
}

/// The rows of `ids`, each if the caller may read it.
async fn permitted(
    op: &OpContext,
    organization: &OrganizationId,
    ids: &[CredentialId],
) -> Result<HashMap<CredentialId, Result<credential::Model>>> {
    let rows = credential::Entity::shown_in_org(organization)
        .filter(in_list(op.db(), credential::Column::Id, ids))
        .all(op.db())
        .await?;
    let mut found: HashMap<_, _> = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
    let mut row = |id: &CredentialId| {
        let row = found.remove(id).ok_or_else(super::not_found)?;
        op.permit(Permission::CredentialsRead, row)
    };
    Ok(ids.iter().map(|id| (id.clone(), row(id))).collect())
}
