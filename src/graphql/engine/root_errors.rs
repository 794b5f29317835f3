//! Observation of mutations that fail.

use async_graphql::parser::types::{Field, OperationType};
use async_graphql::{ContextSelectionSet, Value};

use crate::error::Error;

/// Called with the name of a failed mutation, its input and its error.
pub type Observer = fn(&ContextSelectionSet<'_>, &str, &Value, &Error);

/// The observer of failed mutations, in the data of the schema.
pub struct MutationErrors(pub Observer);

/// Calls the observer, if the field is a mutation.
pub fn observe(ctx: &ContextSelectionSet<'_>, field: &Field, error: &Error) {
    let is_root = ctx.path_node.as_ref().is_some_and(|node| node.parent.is_none());
    if !is_root || ctx.query_env.operation.node.ty != OperationType::Mutation {
        return;
    }
    if let Some(MutationErrors(observer)) = ctx.data_opt::<MutationErrors>() {
        observer(ctx, &field.name.node, &input(ctx, field), error);
    }
}

/// The input of a mutation, with the values of its variables.
fn input(ctx: &ContextSelectionSet<'_>, field: &Field) -> Value {
    let Some(input) = field.get_argument("input") else { return Value::Null };
    let variables = &ctx.query_env.variables;
    let value = |name| Ok::<_, ()>(variables.get(&name).cloned().unwrap_or_default());
    input.node.clone().into_const_with(value).unwrap_or_default()
}
