//! The credentials that others replace.

use std::collections::HashMap;

use entity::credential::{self, Column};
use entity::{CredentialId, OrganizationId};
use sea_orm::{QueryFilter, QueryOrder};

use crate::authz::Permission;
use crate::context::OpContext;
use crate::error::Result;
use crate::store::in_list;

/// The credential that each of `ids` replaces, of those that the caller may read, in one statement.
///
/// # Errors
/// The database does not respond.
pub async fn predecessors_of(
    op: &OpContext,
    organization: &OrganizationId,
    ids: &[CredentialId],
) -> Result<HashMap<CredentialId, credential::Model>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = credential::Entity::shown_in_org(organization)
        .filter(in_list(op.db(), Column::ReplacedBy, ids))
        .order_by_asc(Column::RotationBeganAt)
        .order_by_asc(Column::Id)
        .all(op.db())
        .await?;
    let readable = rows.into_iter().filter(|row| op.may(Permission::CredentialsRead, row));
    // The last one wins, should several have the same successor.
    Ok(readable.filter_map(|row| Some((row.replaced_by.clone()?, row))).collect())
}
