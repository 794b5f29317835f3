//! Queries of the usage by day: one statement for any number of credentials.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    CredentialId, OrganizationId, TenantScoped, credential, credential_usage_day,
    credential_usage_source,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    Select,
};

use super::{DayRange, MAX_SOURCES, Source, Sources, SourcesByDay, UsageDay};
use crate::error::Result;
use crate::store::in_list;

/// A stored day: the credential with its token count, the day, and the token count before it.
type Day = (CredentialId, i64, i32, i64);

/// A stored client address of a day, with its first and last time.
type Row = (CredentialId, i32, String, DateTime<Utc>, DateTime<Utc>);

/// The days of usage in a range by credential, in ascending order.
pub(super) async fn days(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    ids: &[&CredentialId],
    range: DayRange,
) -> Result<HashMap<CredentialId, Vec<UsageDay>>> {
    use credential_usage_day::Column;
    // The day after the range, if there is one, tells the count at its end.
    let rows: Vec<Day> = joined(on, organization, ids, credential::Relation::UsageDay)
        .column(credential::Column::TokenCount)
        .columns([Column::Day, Column::TokensBefore])
        .filter(Column::Day.gte(range.from.to_epoch_days()))
        .order_by_asc(Column::Day)
        .into_tuple()
        .all(on)
        .await?;
    let mut by_credential: HashMap<CredentialId, Vec<Day>> = HashMap::new();
    for row in rows {
        by_credential.entry(row.0.clone()).or_default().push(row);
    }
    let until = |rows: Vec<Day>| differences(&rows, range.to);
    Ok(by_credential.into_iter().map(|(id, rows)| (id, until(rows))).collect())
}

/// The days until `last`, each with the difference of the counts before it and the next one.
fn differences(rows: &[Day], last: NaiveDate) -> Vec<UsageDay> {
    let after =
        |index: usize, (_, total, _, _): &Day| rows.get(index + 1).map_or(*total, |it| it.3);
    let day = |(index, row): (usize, &Day)| {
        let date = NaiveDate::from_epoch_days(row.2)?;
        Some(UsageDay { date, token_count: after(index, row) - row.3 })
    };
    rows.iter().enumerate().filter_map(day).filter(|day| day.date <= last).collect()
}

/// The client addresses in a range by credential and day.
pub(super) async fn sources(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    credentials: &[&credential::Model],
    range: DayRange,
) -> Result<HashMap<CredentialId, SourcesByDay>> {
    use credential_usage_source::Column;
    let ids: Vec<_> = credentials.iter().map(|it| &it.id).collect();
    let columns = [Column::Day, Column::Address, Column::FirstAt, Column::LastAt];
    let rows: Vec<Row> = joined(on, organization, &ids, credential::Relation::UsageSource)
        .columns(columns)
        .filter(Column::Day.between(range.from.to_epoch_days(), range.to.to_epoch_days()))
        .order_by_asc(Column::Day)
        .order_by_asc(Column::FirstAt)
        .order_by_asc(Column::Address)
        .into_tuple()
        .all(on)
        .await?;
    let mut by_credential: HashMap<CredentialId, SourcesByDay> = HashMap::new();
    for (id, day, address, first_used_at, last_used_at) in rows {
        let Some(day) = NaiveDate::from_epoch_days(day) else { continue };
        let sources = by_credential.entry(id).or_default().entry(day).or_default();
        sources.add(Source { address, first_used_at, last_used_at });
    }
    for credential in credentials {
        if let Some(days) = by_credential.get_mut(&credential.id) {
            add_last_usage(days, credential);
        }
    }
    Ok(by_credential)
}

impl Sources {
    fn add(&mut self, source: Source) {
        if source.address == credential_usage_source::OTHER || self.listed.len() >= MAX_SOURCES {
            self.others_last_used_at = self.others_last_used_at.max(Some(source.last_used_at));
        } else {
            self.listed.push(source);
        }
    }
}

/// The last usage of a credential, which is known to the microsecond.
fn add_last_usage(days: &mut SourcesByDay, credential: &credential::Model) {
    let Some(at) = credential.last_used_at else { return };
    let Some(day) = days.get_mut(&at.date_naive()) else { return };
    let last = credential.last_source_address.as_ref();
    if let Some(source) = day.listed.iter_mut().find(|it| Some(&it.address) == last) {
        source.last_used_at = source.last_used_at.max(at);
    }
}

/// The ids of credentials, joined with rows of their usage.
fn joined(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    ids: &[&CredentialId],
    relation: credential::Relation,
) -> Select<credential::Entity> {
    credential::Entity::in_org(organization)
        .filter(in_list(on, credential::Column::Id, ids.iter().map(|id| id.as_str())))
        .join(JoinType::InnerJoin, relation.def())
        .select_only()
        .column(credential::Column::Id)
}
