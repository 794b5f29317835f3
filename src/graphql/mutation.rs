//! What can be changed. Each mutation takes one input and answers with what it changed; a form
//! finds the name of a wrong input in `extensions.field`.

mod credential;
mod organization;
mod role;
mod service_account;

use async_graphql::{MaybeUndefined, MergedObject};

/// What can be changed. Mutations of one request are done one after the other.
#[derive(MergedObject, Default)]
pub struct Mutation(
    organization::OrganizationMutation,
    service_account::ServiceAccountMutation,
    credential::CredentialMutation,
    role::RoleMutation,
);

/// Absent keeps, null clears, as the domain has it: an empty text.
fn change(field: MaybeUndefined<String>) -> Option<String> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(String::new()),
        MaybeUndefined::Value(text) => Some(text),
    }
}
