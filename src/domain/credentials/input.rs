//! Input of credentials and its validation.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::expiry;
use super::restrictions::{RequestedAccess, RestrictionsInput};
use crate::auth::ClientKey;
use crate::authz::Bounds;
use crate::context::OpContext;
use crate::domain::text;
use crate::error::{Fields, Result};

/// The input of a credential.
#[derive(Debug, Default, Serialize)]
pub struct CredentialInput {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// Expiry; `None`: never.
    pub expires_at: Option<DateTime<Utc>>,
    /// Its restrictions.
    pub restrictions: RestrictionsInput,
    /// The public key, as a JWK or in PEM, that it authenticates with instead of a secret.
    pub public_key: Option<String>,
}

/// A validated [`CredentialInput`].
#[derive(Clone)]
pub struct ValidInput {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) public_key: Option<String>,
    pub(super) requested: RequestedAccess,
    /// Its restrictions and its expiry.
    pub bounds: Bounds,
}

/// Validates the input of a credential.
pub(in crate::domain) fn validate(
    op: &OpContext,
    input: CredentialInput,
    mut fields: Fields,
) -> Result<ValidInput> {
    let name = fields.check(text::name(&input.name))?;
    let description = fields.check(text::description(input.description.as_deref()))?;
    let ends_at = fields.check(input.expires_at.map(|at| expiry(op, at)).transpose())?;
    let (restrictions, requested) = input.restrictions.validate(&mut fields)?;
    let key = |text: &str| ClientKey::parse(text).and_then(|key| key.to_json());
    let public_key = fields.check(input.public_key.as_deref().map(key).transpose())?;
    fields.finish()?;
    let bounds = Bounds { restrictions, ends_at };
    Ok(ValidInput { name, description, public_key, requested, bounds })
}
