//! The root fields of an operation.

use std::collections::HashSet;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Value as ConstValue, Variables};
use async_graphql_value::Value;

use super::error::DocumentError;

/// Kinds of root fields, in the order of the access that they need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Roots {
    /// The name of the root type only.
    TypeName,
    /// Introspection of the schema.
    Schema,
    /// Data.
    Data,
}

/// The kind of the root fields. Fragments must not spread themselves.
pub fn roots(document: &ExecutableDocument, set: &SelectionSet) -> Roots {
    let of = |item: &Selection| match item {
        Selection::Field(field) => match field.node.name.node.as_str() {
            "__typename" => Roots::TypeName,
            "__schema" | "__type" => Roots::Schema,
            _ => Roots::Data,
        },
        Selection::InlineFragment(inline) => roots(document, &inline.node.selection_set.node),
        Selection::FragmentSpread(spread) => document
            .fragments
            .get(&spread.node.fragment_name.node)
            .map_or(Roots::Data, |it| roots(document, &it.node.selection_set.node)),
    };
    set.items.iter().map(|item| of(&item.node)).max().unwrap_or(Roots::Data)
}

/// Rejects a mutation that is selected more than once under one response key, through fragments: the
/// specification executes it once, the engine each time.
///
/// # Errors
/// A mutation is selected more than once.
pub fn check_mutations(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<(), DocumentError> {
    let mut keys = HashSet::new();
    match operation.ty {
        OperationType::Mutation => {
            collect(document, &operation.selection_set.node, variables, &mut keys)
        }
        OperationType::Query | OperationType::Subscription => Ok(()),
    }
}

fn collect<'a>(
    document: &'a ExecutableDocument,
    set: &'a SelectionSet,
    variables: &Variables,
    keys: &mut HashSet<&'a Name>,
) -> Result<(), DocumentError> {
    let included = |item: &&Positioned<Selection>| is_included(item.node.directives(), variables);
    for item in set.items.iter().filter(included) {
        match &item.node {
            Selection::Field(field) if field.node.name.node == "__typename" => {}
            Selection::Field(field) => {
                let key = &field.node.response_key().node;
                if !keys.insert(key) {
                    return Err(DocumentError::invalid(format!(
                        "the mutation {key} is selected more than once; give each selection its own alias"
                    )));
                }
            }
            Selection::InlineFragment(inline) => {
                collect(document, &inline.node.selection_set.node, variables, keys)?;
            }
            Selection::FragmentSpread(spread) => {
                if let Some(it) = document.fragments.get(&spread.node.fragment_name.node) {
                    collect(document, &it.node.selection_set.node, variables, keys)?;
                }
            }
        }
    }
    Ok(())
}

/// Whether `@include` and `@skip` leave a selection in place.
fn is_included(directives: &[Positioned<Directive>], variables: &Variables) -> bool {
    directives.iter().all(|directive| {
        let value = match directive.node.get_argument("if").map(|it| &it.node) {
            Some(Value::Boolean(value)) => *value,
            Some(Value::Variable(name)) => variables.get(name) == Some(&ConstValue::Boolean(true)),
            _ => return true,
        };
        match directive.node.name.node.as_str() {
            "include" => value,
            "skip" => !value,
            _ => true,
        }
    })
}
