//! What asks about the schema is counted apart: the query of GraphiQL is deep but bounded, while
//! types whose fields have types whose fields have types grow with every step.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};

use super::walk::Roots;
use super::{INTROSPECTION_DEPTH, INTROSPECTION_LISTS, Refusal};

/// Fields in all, the deepest, and the most lists within each other.
type Size = (usize, usize, usize);

/// Refuses what goes too deep below `__schema` or `__type`; the number of fields otherwise.
pub fn check(document: &ExecutableDocument, field: &Field) -> Result<usize, Refusal> {
    let mut seen = HashMap::new();
    let (fields, depth, lists) = size(document, &field.selection_set.node, &mut seen);
    if depth > INTROSPECTION_DEPTH || lists > INTROSPECTION_LISTS {
        return Err(Refusal::deep(format!(
            "introspection is more than {INTROSPECTION_DEPTH} fields or {INTROSPECTION_LISTS} lists deep"
        )));
    }
    Ok(fields.saturating_add(1))
}

fn size<'doc>(
    document: &'doc ExecutableDocument,
    set: &'doc SelectionSet,
    seen: &mut HashMap<&'doc Name, Size>,
) -> Size {
    set.items.iter().fold((0, 0, 0), |(fields, depth, lists), item| {
        let below = match &item.node {
            Selection::Field(field) => {
                let field = &field.node;
                let list = matches!(
                    field.name.node.as_str(),
                    "fields" | "interfaces" | "possibleTypes" | "inputFields"
                );
                let (fields, depth, lists) = size(document, &field.selection_set.node, seen);
                (fields.saturating_add(1), depth + 1, lists + usize::from(list))
            }
            Selection::InlineFragment(inline) => {
                size(document, &inline.node.selection_set.node, seen)
            }
            Selection::FragmentSpread(spread) => {
                fragment(document, &spread.node.fragment_name.node, seen)
            }
        };
        let itself = usize::from(!matches!(item.node, Selection::Field(_)));
        (
            fields.saturating_add(below.0).saturating_add(itself),
            depth.max(below.1),
            lists.max(below.2),
        )
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
    let Some(fragment) = document.fragments.get(name) else { return (0, 0, 0) };
    // What spreads itself is as deep as can be.
    seen.insert(name, (usize::MAX / 2, usize::MAX / 2, usize::MAX / 2));
    let below = size(document, &fragment.node.selection_set.node, seen);
    seen.insert(name, below);
    below
}

/// What the fields of the root ask for; fragments are known not to spread themselves.
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
