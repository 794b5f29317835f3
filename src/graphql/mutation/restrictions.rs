//! Restrictions of credentials as inputs.

use async_graphql::{InputObject, MaybeUndefined};

use crate::domain::credentials::{RestrictionsInput, RestrictionsPatch};

/// Restrictions of a credential, part by part. An absent part is unchanged, and restricts nothing
/// on a new credential; a null part is removed.
#[derive(InputObject)]
pub struct CredentialRestrictionsInput {
    /// Scopes that tokens of the credential may have, of this server and of APIs: 1 to 100, which
    /// the service account holds.
    scopes: MaybeUndefined<Vec<String>>,
    /// Audiences that tokens of the credential may have: 1 to 20, each the audience of this server
    /// or the identifier of an API whose scopes the service account holds.
    audiences: MaybeUndefined<Vec<String>>,
    /// Networks that the credential may be used from: 1 to 100 in CIDR notation, such as
    /// `10.0.0.0/8` or `2001:db8::/32`, or single addresses.
    addresses: MaybeUndefined<Vec<String>>,
    /// Maximum lifetime of the credential's tokens: 60 to 86400 seconds.
    token_lifetime: MaybeUndefined<i64>,
}

impl From<CredentialRestrictionsInput> for RestrictionsInput {
    fn from(input: CredentialRestrictionsInput) -> Self {
        Self {
            scopes: input.scopes.take(),
            audiences: input.audiences.take(),
            addresses: input.addresses.take(),
            token_lifetime: input.token_lifetime.take(),
        }
    }
}

impl From<CredentialRestrictionsInput> for RestrictionsPatch {
    fn from(input: CredentialRestrictionsInput) -> Self {
        Self {
            scopes: input.scopes.into(),
            audiences: input.audiences.into(),
            addresses: input.addresses.into(),
            token_lifetime: input.token_lifetime.into(),
        }
    }
}

/// Absent keeps all of them, null removes all of them.
pub(super) fn change(input: MaybeUndefined<CredentialRestrictionsInput>) -> RestrictionsPatch {
    match input {
        MaybeUndefined::Undefined => RestrictionsPatch::default(),
        MaybeUndefined::Null => RestrictionsPatch::remove_all(),
        MaybeUndefined::Value(input) => input.into(),
    }
}
