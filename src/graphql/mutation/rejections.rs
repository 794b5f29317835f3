//! Audit of rejected mutations, for all of them: a mutation cannot forget it.

use async_graphql::{ContextSelectionSet, Value};

use crate::context::OpContext;
use crate::domain::audit::{self, Named, Rejection};
use crate::error::Error;

/// The fields of inputs that name the target, the most specific one first.
const TARGETS: [&str; 6] =
    ["id", "credentialId", "serviceAccountId", "roleId", "apiId", "organizationId"];

/// Counts a rejected mutation for the audit trail.
pub fn count(ctx: &ContextSelectionSet<'_>, mutation: &str, input: &Value, error: &Error) {
    let (Some(event), Some(rejection)) = (audit::event_of(&snake(mutation)), Rejection::of(error))
    else {
        return;
    };
    let named = Named { target: text(input, &TARGETS), role: text(input, &["role"]) };
    audit::reject_operation(ctx.data_unchecked::<OpContext>(), event, named, rejection);
}

/// The name of the same operation in the OpenAPI document: `grantRole` is `grant_role`.
fn snake(name: &str) -> String {
    let mut spelt = String::with_capacity(name.len() + 4);
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            spelt.push('_');
        }
        spelt.push(character.to_ascii_lowercase());
    }
    spelt
}

/// The text of the first of these fields that is given.
fn text<'a>(input: &'a Value, names: &[&str]) -> Option<&'a str> {
    let Value::Object(fields) = input else { return None };
    names.iter().find_map(|name| match fields.get(*name) {
        Some(Value::String(id)) => Some(id.as_str()),
        _ => None,
    })
}
