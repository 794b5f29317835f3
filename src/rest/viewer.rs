//! The authenticated caller.

use std::sync::Arc;

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::credentials::Credential;
use super::error::Result;
use super::list::Expand;
use super::organizations::Organization;
use super::responses::CommonErrors;
use super::roles::{EffectivePermissions, Role};
use super::service_accounts::ServiceAccount;
use super::timestamp::Timestamp;
use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::{credentials, organizations, roles, service_accounts};

/// The authenticated caller, with its access token.
#[derive(Serialize, ToSchema)]
pub struct Viewer {
    /// Service account that calls.
    service_account: ServiceAccount,
    /// Organization that the caller belongs to.
    organization: Organization,
    /// Credential that the access token was issued to.
    credential: Credential,
    /// Roles that the caller holds in the whole organization.
    #[schema(max_items = 50)]
    roles: Vec<Role>,
    /// Permissions of the caller: those of its roles, within the scope of its token and the restrictions
    /// of its credential; and the scopes of APIs that tokens of the credential can have.
    effective_permissions: EffectivePermissions,
    /// Permissions that the access token is restricted to by its scope (RFC 6749, section 3.3). Absent:
    /// it is unrestricted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!(["service_accounts:read"]))]
    scopes: Option<Vec<&'static str>>,
    /// Expiry time of the access token.
    token_expires_at: Timestamp,
}

/// Get the caller
///
/// Returns the service account that calls, with its organization, and with the credential and the expiry
/// time of its access token.
#[utoipa::path(
    get, path = "/viewer", tag = "Organizations",
    responses((status = 200, description = "The authenticated caller.", body = Viewer), CommonErrors),
)]
pub async fn get_viewer(op: OpContext) -> Result<Json<Viewer>> {
    let client = op.client()?;
    let (organization, id) = (&client.organization, &client.service_account);
    let read = Permission::ServiceAccountsRead;
    let account = service_accounts::fetch_for(&op, read, organization, id).await?;
    let tenant = Arc::unwrap_or_clone(organizations::current(&op)?);
    let viewer = Viewer {
        service_account: ServiceAccount::of(account),
        organization: Organization::of(&op, tenant, Expand::default()),
        credential: Credential::of(credentials::own(&op).await?)?,
        roles: roles::of_caller(&op).await?.iter().map(Role::from).collect(),
        effective_permissions: EffectivePermissions::of_caller(&op).await?,
        scopes: client.scope.map(|scope| scope.names()),
        token_expires_at: Timestamp(client.token_expires_at),
    };
    Ok(Json(viewer))
}
