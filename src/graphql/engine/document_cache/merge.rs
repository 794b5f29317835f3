//! Selections in one place that the specification merges into one (section 6.3.2).
//!
//! The engine resolves each of them and merges the values: a mutation that is written twice would
//! run twice, and a field costs as often as it is written. It also looks at no directive of
//! `__typename`; those are moved to an inline fragment around it.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    ExecutableDocument, Field, InlineFragment, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};

/// Merges the selections of all operations and fragments.
pub fn document(document: &mut ExecutableDocument) {
    use async_graphql::parser::types::DocumentOperations::{Multiple, Single};
    match &mut document.operations {
        Single(operation) => selections(&mut operation.node.selection_set.node),
        Multiple(operations) => operations
            .values_mut()
            .for_each(|operation| selections(&mut operation.node.selection_set.node)),
    }
    for fragment in document.fragments.values_mut() {
        selections(&mut fragment.node.selection_set.node);
    }
}

fn selections(set: &mut SelectionSet) {
    let mut items: Vec<Positioned<Selection>> = Vec::with_capacity(set.items.len());
    let (mut fields, mut spreads) = (HashMap::<Name, usize>::new(), HashSet::<Name>::new());
    for item in std::mem::take(&mut set.items).into_iter().map(around_type_name) {
        match &item.node {
            Selection::Field(field) => {
                let key = field.node.response_key().node.clone();
                let first = fields.get(&key).and_then(|&index| items.get_mut(index));
                if let Some(Selection::Field(first)) = first.map(|it| &mut it.node)
                    && is_same(&first.node, &field.node)
                {
                    let more = field.node.selection_set.node.items.iter().cloned();
                    first.node.selection_set.node.items.extend(more);
                    continue;
                }
                fields.entry(key).or_insert(items.len());
            }
            Selection::FragmentSpread(spread) if spread.node.directives.is_empty() => {
                if !spreads.insert(spread.node.fragment_name.node.clone()) {
                    continue;
                }
            }
            Selection::FragmentSpread(_) | Selection::InlineFragment(_) => {}
        }
        items.push(item);
    }
    for item in &mut items {
        match &mut item.node {
            Selection::Field(field) => selections(&mut field.node.selection_set.node),
            Selection::InlineFragment(inline) => selections(&mut inline.node.selection_set.node),
            Selection::FragmentSpread(_) => {}
        }
    }
    set.items = items;
}

/// Whether two fields of one response key are one. Fields with directives are left alone, and
/// what does not fit together is left to the engine's validation.
fn is_same(one: &Field, other: &Field) -> bool {
    let is_leaf = |it: &Field| it.selection_set.node.items.is_empty();
    one.name.node == other.name.node
        && one.directives.is_empty()
        && other.directives.is_empty()
        && is_leaf(one) == is_leaf(other)
        && one.arguments.len() == other.arguments.len()
        && one
            .arguments
            .iter()
            .zip(&other.arguments)
            .all(|((name, value), (other, its))| name.node == other.node && value.node == its.node)
}

/// `__typename @include(…)` as `... @include(…) { __typename }`.
fn around_type_name(mut item: Positioned<Selection>) -> Positioned<Selection> {
    let pos = item.pos;
    match &mut item.node {
        Selection::Field(field)
            if field.node.name.node == "__typename" && !field.node.directives.is_empty() =>
        {
            let directives = std::mem::take(&mut field.node.directives);
            let set = SelectionSet { items: vec![item] };
            let selection_set = Positioned::new(set, pos);
            let inline = InlineFragment { type_condition: None, directives, selection_set };
            Positioned::new(Selection::InlineFragment(Positioned::new(inline, pos)), pos)
        }
        _ => item,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn merged(text: &str) -> Vec<String> {
        let mut parsed = parse_query(text).expect("a document");
        document(&mut parsed);
        let mut found = Vec::new();
        let (_, operation) = parsed.operations.iter().next().expect("an operation");
        list(&operation.node.selection_set.node, "", &mut found);
        found
    }

    fn list(set: &SelectionSet, prefix: &str, found: &mut Vec<String>) {
        for item in &set.items {
            let (name, below) = match &item.node {
                Selection::Field(it) => {
                    (it.node.response_key().node.to_string(), &it.node.selection_set.node)
                }
                Selection::InlineFragment(it) => ("...".to_owned(), &it.node.selection_set.node),
                Selection::FragmentSpread(it) => {
                    found.push(format!("{prefix}...{}", it.node.fragment_name.node));
                    continue;
                }
            };
            found.push(format!("{prefix}{name}"));
            list(below, &format!("{prefix}{name}."), found);
        }
    }

    #[test]
    fn equal_fields_and_spreads_in_one_place_are_merged() {
        let text = "{ a(b: 1) { c } ...F d a(b: 1) { e c } ...F d } fragment F on Query { x }";
        assert_eq!(merged(text), ["a", "a.c", "a.e", "...F", "d"]);
    }

    #[test]
    fn fields_that_differ_are_left_to_validation() {
        for text in ["{ a(b: 1) { c } a(b: 2) { c } }", "{ a { c } a @skip(if: true) { c } }"] {
            assert_eq!(merged(text), ["a", "a.c", "a", "a.c"], "{text}");
        }
        assert_eq!(merged("{ a: b a: c }"), ["a", "a"]);
        assert_eq!(merged("{ a { c } a }"), ["a", "a.c", "a"]);
    }

    #[test]
    fn directives_of_the_type_name_are_seen_by_validation() {
        assert_eq!(merged("{ __typename @skip(if: true) a }"), ["...", "....__typename", "a"]);
    }
}
