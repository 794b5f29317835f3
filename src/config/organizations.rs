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
            open_identifiers: settings.read(
                "open_identifiers",
                "false",
                boolean(),
                "API identifiers under no organization's prefix belong to the first that registers them",
            )?,
        })
    }
}
