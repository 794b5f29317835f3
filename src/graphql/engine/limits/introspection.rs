//! Limits of introspection, apart from those of data: the query of GraphiQL is deep but bounded, while
//! nested types and fields multiply with every level.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};

use super::error::{LimitExceeded, check_depth};
use super::{INTROSPECTION_DEPTH, INTROSPECTION_LISTS};

/// The depth of the fields, and the depth of the lists.
type Size = (usize, usize);

/// Rejects a selection that is nested too deeply below `__schema` or `__type`.
pub fn check(document: &ExecutableDocument, field: &Field) -> Result<(), LimitExceeded> {
    let mut seen = HashMap::new();
    let (depth, lists) = size(document, &field.selection_set.node, &mut seen);
    let what = "nested fields of introspection";
    check_depth("introspection_depth", what, depth, INTROSPECTION_DEPTH)?;
    let what = "nested lists of introspection";
    check_depth("introspection_lists", what, lists, INTROSPECTION_LISTS)
}

/// The estimated length of a list of introspection, averaged over all types. The fields that select a
/// single type carry a factor for the largest types.
pub fn length(field: &str) -> usize {
    match field {
        "types" => 100,
        "__type" | "queryType" | "mutationType" | "subscriptionType" => 8,
        "fields" => 4,
        "inputFields" | "enumValues" => 2,
        "possibleTypes" => 3,
        "directives" => 8,
        "locations" => 5,
        _ => 1,
    }
}

fn size<'doc>(
    document: &'doc ExecutableDocument,
    set: &'doc SelectionSet,
    seen: &mut HashMap<&'doc Name, Size>,
) -> Size {
    set.items.iter().fold((0, 0), |(depth, lists), item| {
        let below = match &item.node {
            Selection::Field(field) => {
                let field = &field.node;
                let list = matches!(
                    field.name.node.as_str(),
                    "fields" | "interfaces" | "possibleTypes" | "inputFields"
                );
                let (depth, lists) = size(document, &field.selection_set.node, seen);
                (depth + 1, lists + usize::from(list))
            }
            Selection::InlineFragment(inline) => {
                size(document, &inline.node.selection_set.node, seen)
            }
            Selection::FragmentSpread(spread) => {
                fragment(document, &spread.node.fragment_name.node, seen)
            }
        };
        (depth.max(below.0), lists.max(below.1))
    })
}

fn fragment<'doc>(
    document: &'doc ExecutableDocument,
    name: &'doc Name,
    seen: &mut HashMap<&'doc Name, Size>,
) -> Size {
    if let Some(size) = seen.get(name) {
        return *size;
    }
    let Some(fragment) = document.fragments.get(name) else { return (0, 0) };
    // A fragment that spreads itself has no bound.
    seen.insert(name, (usize::MAX / 2, usize::MAX / 2));
    let below = size(document, &fragment.node.selection_set.node, seen);
    seen.insert(name, below);
    below
}
