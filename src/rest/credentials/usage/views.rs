//! Usage by day in responses.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::credentials::usage::{Source, Sources, SourcesByDay, UsageDay};
use crate::rest::timestamp::Timestamp;

/// The usage of a credential by day.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "items": [{
        "date": "2026-11-25",
        "token_count": 42,
        "sources": [{
            "address": "10.1.2.3",
            "first_used_at": "2026-11-25T00:12:31.123456Z",
            "last_used_at": "2026-11-25T08:00:00.123456Z",
        }],
    }],
}))]
pub struct CredentialUsage {
    /// Days with tokens, in ascending order.
    items: Vec<CredentialUsageDay>,
}

/// Usage of a credential on one day in UTC.
#[derive(Serialize, ToSchema)]
struct CredentialUsageDay {
    /// Day of the usage, in UTC.
    #[schema(value_type = String, format = Date, example = "2026-11-25")]
    date: NaiveDate,
    /// Number of access tokens issued to the credential. In its usage by day, on this day.
    #[schema(example = 42, minimum = 0)]
    token_count: i64,
    /// Client addresses that access tokens were issued to on this day, in order of their first token: the
    /// first 20 (setting `usage_sources_per_day`).
    sources: Vec<CredentialUsageSource>,
    /// Time at which an access token was last issued to a client address that is not among `sources`.
    /// Absent if all are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    other_sources_last_used_at: Option<Timestamp>,
}

/// Client address that access tokens of a credential were issued to on one day.
#[derive(Serialize, ToSchema)]
struct CredentialUsageSource {
    /// IP address of the client.
    #[schema(example = "10.1.2.3")]
    address: String,
    /// Time at which an access token was first issued to the credential. In its usage by day, to this
    /// address on this day.
    first_used_at: Timestamp,
    /// Time at which an access token was last issued to the credential. In its usage by day, to this address
    /// on this day; up to one minute too early if the credential was used at other addresses since.
    last_used_at: Timestamp,
}

impl CredentialUsage {
    /// The view of days with their client addresses.
    pub fn of(days: Vec<UsageDay>, mut sources: SourcesByDay) -> Self {
        let mut of_day = |date| sources.remove(&date).unwrap_or_default();
        let items = days.into_iter().map(|day| {
            let sources = of_day(day.date);
            CredentialUsageDay::of(day, sources)
        });
        Self { items: items.collect() }
    }
}

impl CredentialUsageDay {
    fn of(day: UsageDay, sources: Sources) -> Self {
        Self {
            date: day.date,
            token_count: day.token_count,
            sources: sources.listed.into_iter().map(CredentialUsageSource::from).collect(),
            other_sources_last_used_at: sources.others_last_used_at.map(Timestamp),
        }
    }
}

impl From<Source> for CredentialUsageSource {
    fn from(source: Source) -> Self {
        Self {
            address: source.address,
            first_used_at: Timestamp(source.first_used_at),
            last_used_at: Timestamp(source.last_used_at),
        }
    }
}
