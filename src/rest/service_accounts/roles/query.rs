//! The target and the end of a role, in the query string.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use entity::ServiceAccountId;
use utoipa::IntoParams;

use crate::clock;
use crate::error::Error;
use crate::rest::error::Failure;
use crate::rest::query_string;
use crate::rest::timestamp::{self, Timestamp};

/// The target of a role.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents a parameter of `RoleQuery`")]
pub struct Target {
    /// Id of the service account that the role is confined to, with its credentials. Absent: the whole
    /// organization.
    #[param(value_type = Option<String>, pattern = "^s[a-z0-9]{25}$", example = "sti0xl3pdebmarw96xyp2a9517")]
    on_service_account_id: Option<ServiceAccountId>,
}

/// The end of a grant.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents a parameter of `RoleQuery`")]
pub struct GrantEnd {
    /// Time at which the grant ends, which must be in the future. Absent: it does not end.
    #[param(value_type = Option<Timestamp>)]
    expires_at: Option<Timestamp>,
}

/// The query string of grants and revocations.
pub struct RoleQuery {
    /// The service account that the role is confined to.
    pub target: Option<ServiceAccountId>,
    /// When the grant ends.
    pub expires_at: Option<DateTime<Utc>>,
}

impl<S: Send + Sync> FromRequestParts<S> for RoleQuery {
    type Rejection = Failure;

    /// Unknown parameters are rejected: a misspelt one would grant the role more widely.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let (mut target, mut expires_at) = (None, None);
        for parameter in query_string::parameters(parts) {
            let (name, value) = parameter?;
            match name.as_str() {
                "on_service_account_id" => {
                    let message = "must be the id of a service account";
                    let invalid = |_| Error::invalid("on_service_account_id", message);
                    target = Some(value.parse().map_err(invalid)?);
                }
                "expires_at" => {
                    let invalid = || Error::invalid("expires_at", timestamp::EXPECTED);
                    expires_at = Some(clock::parse_rfc3339(&value).ok_or_else(invalid)?);
                }
                unknown => {
                    let message =
                        "unknown query parameter; known are on_service_account_id and expires_at";
                    return Err(Error::invalid(unknown, message).into());
                }
            }
        }
        Ok(Self { target, expires_at })
    }
}
