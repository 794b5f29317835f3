//! The filter and the order of a list of credentials, in the query string.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use entity::credential::AuthMethod;
use utoipa::IntoParams;

use crate::auth::status::CredentialStatus;
use crate::domain::credentials::{CredentialFilter, CredentialSelection};
use crate::page::SortField;
use crate::rest::error::Failure;
use crate::rest::list::Parameters;
use crate::rest::timestamp::Timestamp;

/// The filter of a list of credentials. Parameters that are given must all match.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents the parameters of `Selection`")]
pub struct CredentialParams {
    /// OAuth client id of a credential. Absent: any.
    #[param(pattern = "^[A-Za-z0-9]{21}$", example = "svfV9ibqCbm8tB15SdaiE")]
    client_id: Option<String>,
    /// Id of the service account of the credential. Absent: any.
    #[param(pattern = "^s[a-z0-9]{25}$", example = "sti0xl3pdebmarw96xyp2a9517")]
    service_account_id: Option<String>,
    /// Status of the credential: the first one that applies of `ACCOUNT_DISABLED`, `DISABLED`, `EXPIRED`,
    /// `RETIRED`, `RETIRING` and `ACTIVE`. Absent: any.
    #[param(
        pattern = "^(ACCOUNT_DISABLED|DISABLED|EXPIRED|RETIRED|RETIRING|ACTIVE)$",
        example = "EXPIRED"
    )]
    status: Option<String>,
    /// Time before which the credential expires, itself excluded; expired credentials match too. Absent:
    /// no condition.
    #[param(value_type = Option<Timestamp>)]
    expires_before: Option<Timestamp>,
    /// Time since which no token was issued, and which the resource was created before; not in the
    /// future. Absent: no condition.
    #[param(value_type = Option<Timestamp>)]
    unused_since: Option<Timestamp>,
    /// Condition on usage: true for credentials that no token was ever issued to, false for all others.
    /// Absent: no condition.
    #[param(example = true)]
    never_used: Option<bool>,
    /// Client authentication method of the credential: `client_secret` or `private_key_jwt`. Absent: any.
    #[param(pattern = "^(client_secret|private_key_jwt)$", example = "private_key_jwt")]
    auth_method: Option<String>,
    /// Condition on restrictions: true for credentials without restrictions, false for those with some.
    /// Absent: no condition.
    #[param(example = true)]
    unrestricted: Option<bool>,
    /// Time after which the resource was created, itself excluded. Absent: no condition.
    #[param(value_type = Option<Timestamp>)]
    created_after: Option<Timestamp>,
    /// Time before which the resource was created, itself excluded. Absent: no condition.
    #[param(value_type = Option<Timestamp>)]
    created_before: Option<Timestamp>,
}

/// The order of a list of credentials.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents the parameters of `Selection`")]
pub struct CredentialOrderParams {
    /// Field that the list is ordered by: `created_at`, `expires_at` (never comes last), `last_used_day`
    /// (the UTC day of the last usage; never comes first), or `name` for the first 32 characters of the
    /// name. Absent: `created_at`.
    #[param(pattern = "^(created_at|expires_at|last_used_day|name)$", example = "expires_at")]
    order_by: Option<String>,
    /// Direction of the order. Absent: `asc`.
    #[param(pattern = "^(asc|desc)$", example = "asc")]
    direction: Option<String>,
}

const NAMES: [&str; 12] = [
    "client_id",
    "service_account_id",
    "status",
    "expires_before",
    "unused_since",
    "never_used",
    "auth_method",
    "unrestricted",
    "created_after",
    "created_before",
    "order_by",
    "direction",
];

const METHODS: [(&str, AuthMethod); 2] =
    [("client_secret", AuthMethod::ClientSecret), ("private_key_jwt", AuthMethod::PrivateKeyJwt)];

const ORDERS: [(&str, SortField); 4] = [
    ("created_at", SortField::CreatedAt),
    ("expires_at", SortField::ExpiresAt),
    ("last_used_day", SortField::LastUsedDay),
    ("name", SortField::Name),
];

/// The selected part of a list of credentials.
pub struct Selection(pub CredentialSelection);

impl<S: Send + Sync> FromRequestParts<S> for Selection {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut parameters = Parameters::read_list(parts, &NAMES)?;
        let filter = CredentialFilter {
            client_id: parameters.text("client_id"),
            service_account: parameters
                .id("service_account_id", "must be the id of a service account"),
            status: parameters.status("status", CredentialStatus::ALL, |it| it.name()),
            expires_before: parameters.time("expires_before"),
            unused_since: parameters.time("unused_since"),
            never_used: parameters.boolean("never_used"),
            auth_method: parameters.choice("auth_method", &METHODS),
            unrestricted: parameters.boolean("unrestricted"),
            created: parameters.created(),
        };
        let sort = parameters.sort(&ORDERS);
        parameters.finish()?;
        Ok(Self(CredentialSelection { filter, sort }))
    }
}
