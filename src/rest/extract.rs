//! What handlers unpack of the head of a request: who calls, and the ids of the path. Each refuses
//! in our own words what the framework would refuse in its.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use entity::{CredentialId, ServiceAccountId};
use utoipa::IntoParams;

use super::error::Failure;
use crate::app::App;
use crate::authn;
use crate::authz::Actor;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::server::request_id::RequestId;
use crate::server::source;

/// Every operation is for somebody: 401 for nobody.
impl FromRequestParts<App> for Cx {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let actor = match authn::actor(app, &parts.headers).await {
            Ok(Actor::Anonymous) => Err(Error::Unauthenticated),
            told => told,
        };
        let actor = actor.map_err(|error| Failure::of(error, &parts.headers))?;
        let request_id = RequestId::among(&parts.extensions).id;
        let address = source::address_of(app, &parts.extensions, &parts.headers);
        Ok(Self { app: app.clone(), actor, request_id, address })
    }
}

/// The path of an organization.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OrganizationPath {
    /// The id or the label of the organization.
    #[param(min_length = 1, max_length = 63, example = "acme")]
    pub organization_id: String,
}

/// The path of a service account.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ServiceAccountPath {
    /// The id or the label of the organization.
    #[param(min_length = 1, max_length = 63, example = "acme")]
    pub organization_id: String,
    /// The id of the service account.
    #[param(value_type = String, pattern = "^s[a-z0-9]{25}$", example = "sti0xl3pdebmarw96xyp2a9517")]
    pub service_account_id: ServiceAccountId,
}

/// The path of a credential.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub struct CredentialPath {
    /// The id or the label of the organization.
    #[param(min_length = 1, max_length = 63, example = "acme")]
    pub organization_id: String,
    /// The id of the service account that it belongs to.
    #[param(value_type = String, pattern = "^s[a-z0-9]{25}$", example = "sti0xl3pdebmarw96xyp2a9517")]
    pub service_account_id: ServiceAccountId,
    /// The id of the credential.
    #[param(value_type = String, pattern = "^c[a-z0-9]{25}$", example = "c8k2v0q4mzt1x7h5nw3yb6jdrp")]
    pub credential_id: CredentialId,
}

impl<S: Send + Sync> FromRequestParts<S> for OrganizationPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let segments = segments(parts).await?;
        Ok(Self { organization_id: segment(&segments, "organization_id", "organization")? })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ServiceAccountPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let segments = segments(parts).await?;
        Ok(Self {
            organization_id: segment(&segments, "organization_id", "organization")?,
            service_account_id: segment(&segments, "service_account_id", "service account")?,
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CredentialPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let segments = segments(parts).await?;
        Ok(Self {
            organization_id: segment(&segments, "organization_id", "organization")?,
            service_account_id: segment(&segments, "service_account_id", "service account")?,
            credential_id: segment(&segments, "credential_id", "credential")?,
        })
    }
}

/// What stands in a path that is not UTF-8 names nothing.
async fn segments(parts: &mut Parts) -> Result<RawPathParams> {
    let segments = RawPathParams::from_request_parts(parts, &()).await;
    segments.map_err(|_| Error::NotFound("organization"))
}

/// One segment of the path; what is no id of its kind is an id of nothing.
fn segment<T: FromStr>(segments: &RawPathParams, name: &str, noun: &'static str) -> Result<T> {
    let value = segments.iter().find_map(|(key, value)| (key == name).then_some(value));
    value.and_then(|value| value.parse().ok()).ok_or(Error::NotFound(noun))
}
