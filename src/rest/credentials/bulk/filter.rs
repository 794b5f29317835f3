//! The filter of bulk operations on credentials.

use entity::credential::AuthMethod;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::status::CredentialStatus;
use crate::domain::credentials::CredentialFilter as Filter;
use crate::domain::filters::TimeRange;
use crate::error::Error;
use crate::rest::timestamp::Timestamp;

/// A filter of credentials. Members that are given must all match; at least one is required.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialsFilter {
    /// OAuth client id of a credential. Absent or null: any.
    #[schema(pattern = "^[A-Za-z0-9]{21}$", example = json!(null))]
    client_id: Option<String>,
    /// Id of the service account of the credential. Absent or null: any.
    #[schema(pattern = "^s[a-z0-9]{25}$", example = "sti0xl3pdebmarw96xyp2a9517")]
    service_account_id: Option<String>,
    /// Status of the credential, the first one that applies of `ACCOUNT_DISABLED`, `DISABLED`, `EXPIRED`,
    /// `RETIRED`, `RETIRING` and `ACTIVE`. Absent or null: any.
    status: Option<FilterStatus>,
    /// Time before which the credential expires, itself excluded; expired credentials match too. Absent or
    /// null: no condition.
    expires_before: Option<Timestamp>,
    /// Time since which no token was issued; resources that were created later do not match. Absent or
    /// null: no condition.
    unused_since: Option<Timestamp>,
    /// Condition on usage: true for credentials that no token was ever issued to, false for all others.
    /// Absent or null: no condition.
    #[schema(example = true)]
    never_used: Option<bool>,
    /// Client authentication method of the credential. Absent or null: any.
    auth_method: Option<FilterAuthMethod>,
    /// Condition on restrictions: true for credentials without restrictions, false for those with some.
    /// Absent or null: no condition.
    #[schema(example = true)]
    unrestricted: Option<bool>,
    /// Time after which the resource was created, itself excluded. Absent or null: no condition.
    created_after: Option<Timestamp>,
    /// Time before which the resource was created, itself excluded. Absent or null: no condition.
    created_before: Option<Timestamp>,
}

/// Status of a credential in a filter.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum FilterStatus {
    /// Credential of a disabled service account.
    AccountDisabled,
    /// Disabled credential.
    Disabled,
    /// Credential whose expiry time has passed.
    Expired,
    /// Credential that a rotation replaced.
    Retired,
    /// Credential that a rotation is replacing, and that still authenticates.
    Retiring,
    /// Credential that authenticates and is not being replaced.
    Active,
}

impl From<FilterStatus> for CredentialStatus {
    fn from(status: FilterStatus) -> Self {
        match status {
            FilterStatus::AccountDisabled => Self::AccountDisabled,
            FilterStatus::Disabled => Self::Disabled,
            FilterStatus::Expired => Self::Expired,
            FilterStatus::Retired => Self::Retired,
            FilterStatus::Retiring => Self::Retiring,
            FilterStatus::Active => Self::Active,
        }
    }
}

/// Client authentication method in a filter.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum FilterAuthMethod {
    /// A client secret.
    ClientSecret,
    /// JWT assertions signed with the client's private key (RFC 7523).
    PrivateKeyJwt,
}

impl TryFrom<CredentialsFilter> for Filter {
    type Error = Error;

    fn try_from(body: CredentialsFilter) -> crate::error::Result<Self> {
        let account = body.service_account_id.map(|id| id.parse()).transpose();
        let expected = "must be the id of a service account";
        let invalid = |_| Error::invalid("filter.service_account_id", expected);
        Ok(Self {
            client_id: body.client_id,
            service_account: account.map_err(invalid)?,
            status: body.status.map(CredentialStatus::from),
            expires_before: body.expires_before.map(|it| it.0),
            unused_since: body.unused_since.map(|it| it.0),
            never_used: body.never_used,
            auth_method: body.auth_method.map(|method| match method {
                FilterAuthMethod::ClientSecret => AuthMethod::ClientSecret,
                FilterAuthMethod::PrivateKeyJwt => AuthMethod::PrivateKeyJwt,
            }),
            unrestricted: body.unrestricted,
            created: TimeRange {
                after: body.created_after.map(|it| it.0),
                before: body.created_before.map(|it| it.0),
            },
        })
    }
}
