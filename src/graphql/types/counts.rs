//! Numbers of service accounts and credentials by status.

use async_graphql::SimpleObject;

use crate::domain::{credentials, service_accounts};

/// Number of service accounts by status.
#[derive(SimpleObject)]
pub struct ServiceAccountCounts {
    /// Number of all service accounts.
    total: i64,
    /// Number of service accounts with the status `ACTIVE`.
    active: i64,
    /// Number of service accounts with the status `DISABLED`.
    disabled: i64,
}

/// Number of credentials by status; each credential has one status.
#[derive(SimpleObject)]
pub struct CredentialCounts {
    /// Number of all credentials.
    total: i64,
    /// Number of credentials with the status `ACTIVE`.
    active: i64,
    /// Number of credentials with the status `RETIRING`.
    retiring: i64,
    /// Number of credentials with the status `DISABLED`.
    disabled: i64,
    /// Number of credentials with the status `ACCOUNT_DISABLED`.
    account_disabled: i64,
    /// Number of credentials with the status `EXPIRED`.
    expired: i64,
    /// Number of credentials with the status `RETIRED`.
    retired: i64,
}

impl From<service_accounts::ServiceAccountCounts> for ServiceAccountCounts {
    fn from(counts: service_accounts::ServiceAccountCounts) -> Self {
        let service_accounts::ServiceAccountCounts { total, active, disabled } = counts;
        Self { total, active, disabled }
    }
}

impl From<credentials::CredentialCounts> for CredentialCounts {
    fn from(counts: credentials::CredentialCounts) -> Self {
        Self {
            total: counts.total,
            active: counts.active,
            retiring: counts.retiring,
            disabled: counts.disabled,
            account_disabled: counts.account_disabled,
            expired: counts.expired,
            retired: counts.retired,
        }
    }
}
