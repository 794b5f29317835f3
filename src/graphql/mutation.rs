//! Mutations. Each takes one input and returns a payload with what it changed; a form finds the name
//! of an invalid input in `extensions.field`.
//!
//! Things in payloads are nullable: an error below one must not null the payload of what is
//! committed, which may hold a secret that is shown once.

mod api;
mod api_scope;
mod by_id;
mod credential;
mod credential_state;
mod organization;
mod restrictions;
mod role;
mod rotation;
mod service_account;
mod service_account_state;

use async_graphql::{Context, MaybeUndefined, MergedObject};

use crate::context::OpContext;
use crate::domain::idempotency::Key;
use crate::error::{Error, Result};
use crate::graphql::{Deadline, loaders, op};

/// What can be changed. Mutations of one request are done one after the other.
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
);

/// The operation, about to change something: what an earlier mutation of the same request looked up
/// does not hold after this one.
///
/// # Errors
/// `Unavailable` once the time of the request is up: a mutation that has begun is never broken off,
/// as it may be committed by then, and the next one does not begin.
fn changing<'ctx>(ctx: &Context<'ctx>) -> Result<&'ctx OpContext> {
    if ctx.data_unchecked::<Deadline>().has_passed() {
        return Err(Error::Unavailable("no time was left for this mutation".into()));
    }
    loaders(ctx).forget();
    Ok(op(ctx))
}

/// Absent keeps, null clears, as the domain has it: an empty text.
fn change(field: MaybeUndefined<String>) -> Option<String> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(String::new()),
        MaybeUndefined::Value(text) => Some(text),
    }
}

/// The key that makes a create repeatable; the domain rejects an invalid one with other inputs.
fn key(idempotency_key: Option<String>) -> Option<Key> {
    idempotency_key.map(Key::Chosen)
}
