//! Settings of what organizations may have.

use chrono::TimeDelta;

use super::ConfigError;
use super::parser::{boolean, within};
use super::reader::Reader;

/// Credentials per service account.
pub fn credentials_per_account(settings: &mut Reader) -> Result<u64, ConfigError> {
    let help = "Credentials per service account";
    settings.read("credentials_per_account", "20", within(1..=100), help)
}

/// Service accounts per organization, unless they are not limited.
pub fn service_accounts(settings: &mut Reader) -> Result<Option<u64>, ConfigError> {
    settings.read(
        "service_accounts_per_organization",
        "unlimited",
        within(1..=10_000_000).or("unlimited"),
        "Service accounts per organization (bootstrap is not limited)",
    )
}

/// Age at which audit events are deleted, unless they are stored for ever.
pub fn audit_retention(settings: &mut Reader) -> Result<Option<TimeDelta>, ConfigError> {
    settings.read(
        "audit_retention_days",
        "forever",
        within(1..=36_500).map(TimeDelta::days).or("forever"),
        "Days after which audit events are deleted",
    )
}

/// Whether any organization may register API identifiers under no prefix.
pub fn open_identifiers(settings: &mut Reader) -> Result<bool, ConfigError> {
    settings.read(
        "open_identifiers",
        "false",
        boolean(),
        "API identifiers under no organization's prefix belong to the first that registers them",
    )
}
