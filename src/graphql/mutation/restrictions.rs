//! Restrictions of credentials as inputs.

use async_graphql::{InputObject, MaybeUndefined};

use crate::domain::credentials::{Wanted, WantedChange};

/// Restrictions of a credential. An absent part stays as it is, or is left out of a new credential;
/// a null part is removed.
#[derive(InputObject)]
pub struct CredentialRestrictionsInput {
    /// The scopes that its tokens may have, here and at APIs: 1 to 100 that the service account holds.
    scopes: MaybeUndefined<Vec<String>>,
    /// The audiences that its tokens may have: 1 to 20, each the audience of this server, or the
    /// identifier of an API whose scopes the service account holds.
    audiences: MaybeUndefined<Vec<String>>,
    /// The networks that it may be used from: 1 to 100, such as `10.0.0.0/8` or `2001:db8::/32`, or
    /// single addresses.
    addresses: MaybeUndefined<Vec<String>>,
    /// The longest lifetime of its tokens: 60 to 86400 seconds.
    token_lifetime: MaybeUndefined<i64>,
}

impl From<CredentialRestrictionsInput> for Wanted {
    fn from(input: CredentialRestrictionsInput) -> Self {
        Self {
            scopes: input.scopes.take(),
            audiences: input.audiences.take(),
            addresses: input.addresses.take(),
            token_lifetime: input.token_lifetime.take(),
        }
    }
}

impl From<CredentialRestrictionsInput> for WantedChange {
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
pub(super) fn change(input: MaybeUndefined<CredentialRestrictionsInput>) -> WantedChange {
    match input {
        MaybeUndefined::Undefined => WantedChange::default(),
        MaybeUndefined::Null => WantedChange::remove_all(),
        MaybeUndefined::Value(input) => input.into(),
    }
}
