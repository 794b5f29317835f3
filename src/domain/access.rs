//! Access of service accounts: roles, API scopes, permissions and credential bounds, and the checks on
//! callers that several nouns share.

pub mod account_event;
pub mod accounts;
pub mod api_grants;
pub mod credential_bounds;
pub mod escalation;
pub mod held_permissions;
pub mod role_bindings;
pub mod role_definition;

use std::collections::HashMap;

use entity::{OrganizationId, ServiceAccountId};

use crate::authz::{Account, Held, Permission};
use crate::context::OpContext;
use crate::error::Result;

/// Calls `read` once for those of `accounts` that the caller may do `permission` to; an account that
/// `read` returns no entry for has the default value.
///
/// # Errors
/// The outer error: `read` fails. The inner errors: `NotFound`, `Forbidden`.
pub async fn read_permitted<T: Default>(
    op: &OpContext,
    permission: Permission,
    organization: &OrganizationId,
    accounts: &[ServiceAccountId],
    read: impl AsyncFnOnce(&[ServiceAccountId]) -> Result<HashMap<ServiceAccountId, T>>,
) -> Result<HashMap<ServiceAccountId, Result<T>>> {
    // The role bindings of the account matter to changes only.
    let held = Held::UNKNOWN;
    let permit = |id| op.permit(permission, Account { organization, id, held }).map(drop);
    let permits: Vec<_> = accounts.iter().map(|id| (id, permit(id))).collect();
    let permitted: Vec<_> =
        permits.iter().filter(|(_, it)| it.is_ok()).map(|(id, _)| (*id).clone()).collect();
    let mut found = if permitted.is_empty() { HashMap::new() } else { read(&permitted).await? };
    let mut value = |id: &ServiceAccountId| found.remove(id).unwrap_or_default();
    Ok(permits.into_iter().map(|(id, permit)| (id.clone(), permit.map(|()| value(id)))).collect())
}
