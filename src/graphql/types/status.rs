//! Statuses of service accounts and credentials.

use async_graphql::Enum;

use crate::auth::status;

/// Statuses of service accounts.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "status::ServiceAccountStatus")]
pub enum ServiceAccountStatus {
    /// The service account is enabled.
    Active,
    /// The service account is disabled: its credentials and tokens are rejected.
    Disabled,
}

/// Statuses of credentials. If several apply, the status is the first of `ACCOUNT_DISABLED`,
/// `DISABLED`, `EXPIRED`, `RETIRED`, `RETIRING` and `ACTIVE`. Credentials with the status `ACTIVE` or
/// `RETIRING` authenticate; all others are rejected.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "status::CredentialStatus")]
pub enum CredentialStatus {
    /// The service account of the credential is disabled.
    AccountDisabled,
    /// The credential is disabled.
    Disabled,
    /// The expiry time of the credential has passed.
    Expired,
    /// The credential was replaced by a rotation and has retired.
    Retired,
    /// The credential is being replaced by a rotation and authenticates until it retires.
    Retiring,
    /// The credential authenticates and is not being replaced.
    Active,
}
