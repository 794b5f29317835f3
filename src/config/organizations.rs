//! Settings of what organizations may have.

use chrono::TimeDelta;

use super::ConfigError;
use super::parser::{boolean, within};
use super::reader::Reader;

/// What organizations may have.
#[derive(Clone, Debug)]
pub struct OrganizationConfig {
    /// Maximum number of credentials of a service account.
    pub credentials_per_account: u64,
    /// Maximum number of service accounts of an organization; `None` for no limit.
    pub service_accounts: Option<u64>,
    /// Age at which audit events are deleted; `None` to store them for ever.
    pub audit_retention: Option<TimeDelta>,
    /// Age at which the usage of credentials by day is deleted.
    pub usage_retention: TimeDelta,
    /// Maximum number of client addresses that are stored per credential and day; 0 for none.
    pub usage_sources: u32,
    /// Whether API identifiers under no prefix of an organization belong to the first organization
    /// that registers them.
    pub open_identifiers: bool,
}

impl OrganizationConfig {
    pub(super) fn read(settings: &mut Reader) -> Result<Self, ConfigError> {
        Ok(Self {
            credentials_per_account: settings.read(
                "credentials_per_account",
                "20",
                within(1..=100),
                "Credentials per service account",
            )?,
            service_accounts: settings.read(
                "service_accounts_per_organization",
                "unlimited",
                within(1..=10_000_000).or("unlimited"),
                "Service accounts per organization (bootstrap is not limited)",
            )?,
            audit_retention: settings.read(
                "audit_retention_days",
                "forever",
                within(1..=36_500).map(TimeDelta::days).or("forever"),
                "Days after which audit events are deleted",
            )?,
            usage_retention: settings.read(
                "usage_retention_days",
                "90",
                within(1..=400).map(TimeDelta::days),
                "Days after which the usage of credentials by day, with its client addresses, is deleted",
            )?,
            usage_sources: settings.read(
                "usage_sources_per_day",
                "20",
                within(0..=20),
                "Client addresses stored per credential and day (0 stores none)",
            )?,
            open_identifiers: settings.read(
                "open_identifiers",
                "false",
                boolean(),
                "API identifiers under no organization's prefix belong to the first that registers them",
            )?,
        })
    }
}
