//! Paths of errors, completed to the field that failed.
//!
//! The engine's `SimpleObject` and lists replace the path of an error that passes through them by
//! their own. Its location still names the failing field, so the rest of the path is found in the
//! document.

use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{PathSegment, Pos, Positioned, ServerError};

/// Completes the path of an error of an operation with this selection.
pub fn complete(error: &mut ServerError, document: &ExecutableDocument, set: &SelectionSet) {
    let Some(&pos) = error.locations.first() else { return };
    if error.path.is_empty() {
        return;
    }
    let mut sets = vec![set];
    for segment in &error.path {
        let PathSegment::Field(key) = segment else { continue };
        let mut below = Vec::new();
        for set in &sets {
            fields(document, set, &mut |field| {
                if field.node.response_key().node == *key {
                    below.push(field);
                }
            });
        }
        if below.iter().any(|field| field.pos == pos) {
            return;
        }
        sets = below.iter().map(|field| &field.node.selection_set.node).collect();
    }
    if let Some(rest) = sets.iter().find_map(|set| find(document, set, pos)) {
        error.path.extend(rest.into_iter().rev());
    }
}

/// The way to a field, its last segment first.
fn find(document: &ExecutableDocument, set: &SelectionSet, pos: Pos) -> Option<Vec<PathSegment>> {
    let mut found = None;
    fields(document, set, &mut |field| {
        if found.is_some() {
            return;
        }
        let segment = || PathSegment::Field(field.node.response_key().node.to_string());
        if field.pos == pos {
            found = Some(vec![segment()]);
        } else if let Some(mut below) = find(document, &field.node.selection_set.node, pos) {
            below.push(segment());
            found = Some(below);
        }
    });
    found
}

/// Calls `visit` with each field of a selection, those of fragments included; the guard has
/// refused fragments that spread themselves.
fn fields<'a>(
    document: &'a ExecutableDocument,
    set: &'a SelectionSet,
    visit: &mut dyn FnMut(&'a Positioned<Field>),
) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => visit(field),
            Selection::InlineFragment(inline) => {
                fields(document, &inline.node.selection_set.node, visit);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(it) = document.fragments.get(&spread.node.fragment_name.node) {
                    fields(document, &it.node.selection_set.node, visit);
                }
            }
        }
    }
}
