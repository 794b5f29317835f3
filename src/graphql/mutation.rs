//! What can be changed. Each mutation takes one input and answers with what it changed; a form
//! finds the name of a wrong input in `extensions.field`.

mod api;
mod api_scope;
mod credential;
mod credential_life;
mod limits;
mod organization;
mod role;
mod rotation;
mod service_account;
mod service_account_life;

use async_graphql::{Context, MaybeUndefined, MergedObject};

use crate::cx::Cx;
use crate::domain::idempotency::Key;
use crate::error::Result;
use crate::graphql::{cx, loaders};

/// What can be changed. Mutations of one request are done one after the other.
#[derive(MergedObject, Default)]
pub struct Mutation(
    organization::OrganizationMutation,
    service_account::ServiceAccountMutation,
    service_account_life::ServiceAccountLifeMutation,
    credential::CredentialMutation,
    credential_life::CredentialLifeMutation,
    rotation::RotationMutation,
    api::ApiMutation,
    api_scope::ApiScopeMutation,
    role::RoleMutation,
);

/// The operation, about to change something: what an earlier mutation of the same request looked up
/// does not hold after this one.
fn changing<'ctx>(ctx: &Context<'ctx>) -> &'ctx Cx {
    loaders(ctx).forget();
    cx(ctx)
}

/// Absent keeps, null clears, as the domain has it: an empty text.
fn change(field: MaybeUndefined<String>) -> Option<String> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(String::new()),
        MaybeUndefined::Value(text) => Some(text),
    }
}

/// What a create is named by. A `clientMutationId` is sent again with the same input by nobody who
/// wants a second one.
fn key(
    idempotency_key: Option<String>,
    client_mutation_id: Option<&String>,
) -> Result<Option<Key>> {
    match (idempotency_key, client_mutation_id) {
        (Some(key), _) => Key::chosen("idempotencyKey", key).map(Some),
        (None, Some(id)) if !id.is_empty() => {
            Ok(Some(Key::Request { id: id.clone(), repeated: true }))
        }
        (None, _) => Ok(None),
    }
}
