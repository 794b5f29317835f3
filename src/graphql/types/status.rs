//! Statuses of credentials and service accounts.

use async_graphql::Enum;

use crate::auth::status;

/// Statuses of a credential. Where several apply, it is the first in this order: `ACCOUNT_DISABLED`,
/// `DISABLED`, `EXPIRED`, `RETIRED`, `RETIRING`, `ACTIVE`.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "status::CredentialStatus")]
pub enum CredentialStatus {
    /// Credential of a disabled service account.
    AccountDisabled,
    /// Disabled credential, which does not authenticate.
    Disabled,
    /// Credential whose expiry time has passed.
    Expired,
    /// Credential that a rotation replaced, and that does not authenticate any more.
    Retired,
    /// Credential that a rotation is replacing, and that authenticates until it retires.
    Retiring,
    /// Credential that authenticates and is not being replaced.
    Active,
}

/// Statuses of a service account.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "status::ServiceAccountStatus")]
pub enum ServiceAccountStatus {
    /// Disabled service account, whose credentials and tokens are rejected.
    Disabled,
    /// Enabled service account.
    Active,
}
