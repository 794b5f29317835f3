//! Rules and reads below the nouns, which several of them share: what service accounts hold, and
//! whether the caller may do something to them.

pub mod account_event;
pub mod accounts;
pub mod api_grants;
pub mod credential_bounds;
pub mod held_permissions;
pub mod role_bindings;

use std::collections::HashMap;

use entity::{OrganizationId, ServiceAccountId};

use crate::authz::{Account, Permission, PermissionSet};
use crate::context::OpContext;
use crate::error::Result;

/// Reads something of each of `accounts` that the caller may do `permission` to, by one call of
/// `read`; an account without an entry has none of it.
///
/// # Errors
/// The outer one: those of `read`. The inner ones: `NotFound`, `Forbidden`.
pub async fn read_permitted<T: Default>(
    op: &OpContext,
    permission: Permission,
    organization: &OrganizationId,
    accounts: &[ServiceAccountId],
    read: impl AsyncFnOnce(&[ServiceAccountId]) -> Result<HashMap<ServiceAccountId, T>>,
) -> Result<HashMap<ServiceAccountId, Result<T>>> {
    // What the account holds decides on changes alone.
    let holds = PermissionSet::all();
    let permit = |id| op.permit(permission, Account { organization, id, holds }).map(drop);
    let permits: Vec<_> = accounts.iter().map(|id| (id, permit(id))).collect();
    let permitted: Vec<_> =
        permits.iter().filter(|(_, it)| it.is_ok()).map(|(id, _)| (*id).clone()).collect();
    let mut found = if permitted.is_empty() { HashMap::new() } else { read(&permitted).await? };
    let mut value = |id: &ServiceAccountId| found.remove(id).unwrap_or_default();
    Ok(permits.into_iter().map(|(id, permit)| (id.clone(), permit.map(|()| value(id)))).collect())
}
