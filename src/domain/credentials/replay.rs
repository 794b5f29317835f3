//! Replays of creates and rotations with an idempotency key.

use entity::{OrganizationId, credential};

use super::input::ValidInput;
use super::insert::CreatedCredential;
use super::select;
use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::idempotency::{self, StoredResult};
use crate::error::{Error, Result};
use crate::secret::ClientSecret;

/// Hides later changes of a replayed credential from a caller who may not read credentials.
pub(super) fn as_created(
    op: &OpContext,
    created: CreatedCredential,
    input: &ValidInput,
) -> CreatedCredential {
    let row = created.credential;
    if op.may(Permission::CredentialsRead, &row) {
        return CreatedCredential { credential: row, ..created };
    }
    let credential = credential::Model {
        name: input.name.clone(),
        description: input.description.clone(),
        updated_at: row.created_at,
        ..credential::Model::unused(row)
    };
    CreatedCredential { credential, ..created }
}

/// The current credential, and the secret, that an earlier request with the same key created.
pub(super) async fn replayed(
    op: &OpContext,
    organization: &OrganizationId,
    stored: &StoredResult,
) -> Result<CreatedCredential> {
    let row = select(organization, &stored.id()?).one(op.db()).await?;
    let credential = row.ok_or_else(idempotency::deleted)?;
    stored.permit(&credential)?;
    let invalid = || Error::internal("a stored secret is no secret");
    let parse = |text| ClientSecret::parse(text).ok_or_else(invalid);
    let secret = stored.secret().map(parse).transpose()?;
    Ok(CreatedCredential { credential, secret, removed: stored.removed()? })
}
