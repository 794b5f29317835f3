//! The target and the end of a role, in the query string.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use entity::ServiceAccountId;
use utoipa::IntoParams;

use crate::rest::error::Failure;
use crate::rest::list::Parameters;
use crate::rest::timestamp::Timestamp;

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
        let mut parameters = Parameters::read(parts, &["on_service_account_id", "expires_at"])?;
        let expected = "must be the id of a service account";
        let target = parameters.id("on_service_account_id", expected);
        let expires_at = parameters.time("expires_at");
        parameters.finish()?;
        Ok(Self { target, expires_at })
    }
}
