//! Mutations. Each takes one input and returns a payload with the changed objects.
//!
//! Objects in payloads are nullable: the error of a field must not null the payload of a committed
//! change, which may hold a secret that is shown once.

mod api;
mod api_scope;
mod bulk;
mod credential;
mod credential_state;
mod declare;
mod organization;
mod rejections;
mod restrictions;
mod role;
mod role_binding;
mod rotation;
mod service_account;
mod service_account_state;

use async_graphql::{Context, MaybeUndefined, MergedObject};
pub use rejections::count as count_rejection;

use crate::context::OpContext;
use crate::domain::idempotency::IdempotencyKey;
use crate::error::{Error, Result};
use crate::graphql::{Deadline, loaders, op};

/// Root of all mutations, which are executed one after the other, in the order of the document.
#[derive(MergedObject, Default)]
pub struct Mutation(
    organization::OrganizationMutation,
    service_account::ServiceAccountMutation,
    service_account_state::ServiceAccountStateMutation,
    credential::CredentialMutation,
    credential_state::CredentialStateMutation,
    rotation::RotationMutation,
    api::ApiMutation,
    api_scope::ApiScopeMutation,
    role::RoleMutation,
    role_binding::RoleBindingMutation,
    bulk::BulkMutation,
);

/// The context of a mutation. Objects loaded by earlier mutations of the request are outdated.
///
/// # Errors
/// `Unavailable` after the time limit of the request: a running mutation is never aborted, as it may be
/// committed, but the next one does not start.
fn begin<'ctx>(ctx: &Context<'ctx>) -> Result<&'ctx OpContext> {
    if ctx.data_unchecked::<Deadline>().has_passed() {
        return Err(Error::Unavailable(
            "the time limit of the request passed before this mutation began".into(),
        ));
    }
    loaders(ctx).clear();
    Ok(op(ctx))
}

/// The change that an input field asks for: absent is unchanged, null is the empty text, which the
/// domain removes.
fn change(field: MaybeUndefined<String>) -> Option<String> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(String::new()),
        MaybeUndefined::Value(text) => Some(text),
    }
}

/// The idempotency key of an input; the domain rejects an invalid one with the other inputs.
fn key(idempotency_key: Option<String>) -> Option<IdempotencyKey> {
    idempotency_key.map(IdempotencyKey::Chosen)
}
