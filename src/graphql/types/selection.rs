//! Filters and orders of lists, as inputs.

use async_graphql::{Enum, ID, InputObject};
use entity::credential::AuthMethod;

use super::credential::ClientAuthMethod;
use super::scalars::DateTime;
use super::status::{CredentialStatus, ServiceAccountStatus};
use crate::domain::credentials::{CredentialFilter as Credentials, CredentialSelection};
use crate::domain::filters::TimeRange;
use crate::domain::service_accounts::{
    ApiScopeFilter as ApiScope, ServiceAccountFilter as ServiceAccounts, ServiceAccountSelection,
};
use crate::error::{Error, Result};
use crate::page::{Sort, SortField};

/// Directions of an order.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// Ascending: the earliest time, or the first name in alphabetical order, comes first.
    Asc,
    /// Descending: the latest time, or the last name in alphabetical order, comes first.
    Desc,
}

/// Fields that lists of service accounts are ordered by; service accounts with equal fields are in
/// the order of their IDs.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum ServiceAccountOrderField {
    /// Time of creation.
    CreatedAt,
    /// Display name: its first 32 characters, whatever the case of the letters A to Z.
    Name,
}

/// Fields that lists of credentials are ordered by; credentials with equal fields are in the order of
/// their IDs.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum CredentialOrderField {
    /// Time of creation.
    CreatedAt,
    /// Expiry time; credentials that never expire come last in ascending order.
    ExpiresAt,
    /// UTC day of the last usage; credentials that were never used come first in ascending order.
    LastUsedDay,
    /// Display name: its first 32 characters, whatever the case of the letters A to Z.
    Name,
}

/// Order of a list of service accounts.
#[derive(InputObject)]
pub struct ServiceAccountOrder {
    /// Field that the list is ordered by.
    field: ServiceAccountOrderField,
    /// Direction of the order.
    direction: OrderDirection,
}

/// Order of a list of credentials.
#[derive(InputObject)]
pub struct CredentialOrder {
    /// Field that the list is ordered by.
    field: CredentialOrderField,
    /// Direction of the order.
    direction: OrderDirection,
}

/// Filter by granted scopes of an API.
#[derive(InputObject)]
pub struct ApiScopeFilter {
    /// ID of the API.
    api_id: ID,
    /// Scope of the API that the service accounts hold; null: any scope.
    scope: Option<String>,
}

/// Filter of service accounts: all parts that are not null must match. `role` and `apiScope` require
/// the permission `roles:list`; `clientId`, `hasNoActiveCredential` and `unusedSince` require
/// `service_account_credentials:list` and `service_accounts:read`.
#[derive(InputObject)]
pub struct ServiceAccountFilter {
    /// Text that the name contains, whatever the case of the letters A to Z: 1 to 100 characters.
    query: Option<String>,
    /// External ID of the service account: 1 to 255 visible characters.
    external_id: Option<String>,
    /// OAuth client ID of a credential: 21 letters and digits.
    client_id: Option<String>,
    /// ID or label of a role that the service account holds.
    role: Option<String>,
    /// Scope of an API that the service account holds.
    api_scope: Option<ApiScopeFilter>,
    /// Status of the service account.
    status: Option<ServiceAccountStatus>,
    /// Time since which no token was issued, not in the future. Objects that were created later do not
    /// match.
    unused_since: Option<DateTime>,
    /// True for service accounts without an active credential, false for those with at least one.
    has_no_active_credential: Option<bool>,
    /// Time after which the object was created, itself excluded.
    created_after: Option<DateTime>,
    /// Time before which the object was created, itself excluded.
    created_before: Option<DateTime>,
}

/// Filter of credentials: all parts that are not null must match.
#[derive(InputObject)]
pub struct CredentialFilter {
    /// OAuth client ID of a credential: 21 letters and digits.
    client_id: Option<String>,
    /// ID of the service account of the credential.
    service_account_id: Option<ID>,
    /// Status of the credential.
    status: Option<CredentialStatus>,
    /// Time before which the credential expires, itself excluded; expired credentials match too.
    expires_before: Option<DateTime>,
    /// Time since which no token was issued, not in the future. Objects that were created later do not
    /// match.
    unused_since: Option<DateTime>,
    /// True for credentials that no token was ever issued to, false for all others.
    never_used: Option<bool>,
    /// Client authentication method of the credential.
    auth_method: Option<ClientAuthMethod>,
    /// True for credentials without restrictions, false for those with some.
    unrestricted: Option<bool>,
    /// Time after which the object was created, itself excluded.
    created_after: Option<DateTime>,
    /// Time before which the object was created, itself excluded.
    created_before: Option<DateTime>,
}

impl TryFrom<ServiceAccountFilter> for ServiceAccounts {
    type Error = Error;

    fn try_from(filter: ServiceAccountFilter) -> Result<Self> {
        Ok(Self {
            query: filter.query,
            external_id: filter.external_id,
            client_id: filter.client_id,
            role: filter.role,
            api_scope: filter.api_scope.map(ApiScope::try_from).transpose()?,
            status: filter.status.map(Into::into),
            unused_since: filter.unused_since.map(|it| it.0),
            has_no_active_credential: filter.has_no_active_credential,
            created: range(filter.created_after, filter.created_before),
        })
    }
}

impl TryFrom<ApiScopeFilter> for ApiScope {
    type Error = Error;

    fn try_from(filter: ApiScopeFilter) -> Result<Self> {
        let api = id(&filter.api_id, "filter.api_scope.api_id", "must be the ID of an API")?;
        Ok(Self { api, scope: filter.scope })
    }
}

impl TryFrom<CredentialFilter> for Credentials {
    type Error = Error;

    fn try_from(filter: CredentialFilter) -> Result<Self> {
        let (path, expected) = ("filter.service_account_id", "must be the ID of a service account");
        let account = filter.service_account_id.map(|it| id(&it, path, expected)).transpose()?;
        Ok(Self {
            client_id: filter.client_id,
            service_account: account,
            status: filter.status.map(Into::into),
            expires_before: filter.expires_before.map(|it| it.0),
            unused_since: filter.unused_since.map(|it| it.0),
            never_used: filter.never_used,
            auth_method: filter.auth_method.map(AuthMethod::from),
            unrestricted: filter.unrestricted,
            created: range(filter.created_after, filter.created_before),
        })
    }
}

/// The selection of service accounts by these arguments.
pub fn of_service_accounts(
    filter: Option<ServiceAccountFilter>,
    order: Option<ServiceAccountOrder>,
) -> Result<ServiceAccountSelection> {
    let filter = filter.map(ServiceAccounts::try_from).transpose()?.unwrap_or_default();
    let sort = order.map(|it| sort(it.field.into(), it.direction)).unwrap_or_default();
    Ok(ServiceAccountSelection { filter, sort })
}

/// The selection of credentials by these arguments.
pub fn of_credentials(
    filter: Option<CredentialFilter>,
    order: Option<CredentialOrder>,
) -> Result<CredentialSelection> {
    let filter = filter.map(Credentials::try_from).transpose()?.unwrap_or_default();
    let sort = order.map(|it| sort(it.field.into(), it.direction)).unwrap_or_default();
    Ok(CredentialSelection { filter, sort })
}

impl From<ServiceAccountOrderField> for SortField {
    fn from(field: ServiceAccountOrderField) -> Self {
        match field {
            ServiceAccountOrderField::CreatedAt => Self::CreatedAt,
            ServiceAccountOrderField::Name => Self::Name,
        }
    }
}

impl From<CredentialOrderField> for SortField {
    fn from(field: CredentialOrderField) -> Self {
        match field {
            CredentialOrderField::CreatedAt => Self::CreatedAt,
            CredentialOrderField::ExpiresAt => Self::ExpiresAt,
            CredentialOrderField::LastUsedDay => Self::LastUsedDay,
            CredentialOrderField::Name => Self::Name,
        }
    }
}

pub(super) fn sort(field: SortField, direction: OrderDirection) -> Sort {
    Sort { field, descending: direction == OrderDirection::Desc }
}

pub(super) fn range(after: Option<DateTime>, before: Option<DateTime>) -> TimeRange {
    TimeRange { after: after.map(|it| it.0), before: before.map(|it| it.0) }
}

/// Parses an ID. Unlike an unknown one, a malformed one is an error: the filter matches nothing.
fn id<I: entity::Id>(id: &ID, path: &'static str, expected: &'static str) -> Result<I> {
    id.parse().map_err(|_| Error::invalid(path, expected))
}
