//! The fields that an operation selects on the objects of one type.

use std::collections::HashSet;

use async_graphql::Name;
use async_graphql::parser::types::{
    ExecutableDocument, OperationDefinition, Selection, SelectionSet,
};

use super::schema_types::SchemaTypes;

/// The names of the fields that an operation selects on objects of the type `on`, at any depth and
/// through fragments. Directives count as if they included every field.
pub fn selected_fields<'doc>(
    types: &'doc SchemaTypes,
    document: &'doc ExecutableDocument,
    operation: &'doc OperationDefinition,
    on: &'doc str,
) -> HashSet<&'doc str> {
    let (fields, fragments) = (HashSet::new(), HashSet::new());
    let mut walk = Walk { types, document, on, fields, fragments };
    walk.selection(types.root(operation.ty), &operation.selection_set.node);
    walk.fields
}

struct Walk<'doc> {
    types: &'doc SchemaTypes,
    document: &'doc ExecutableDocument,
    on: &'doc str,
    fields: HashSet<&'doc str>,
    /// The fragments visited so far.
    fragments: HashSet<&'doc Name>,
}

impl<'doc> Walk<'doc> {
    fn selection(&mut self, parent: Option<&'doc Name>, set: &'doc SelectionSet) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    if parent.is_some_and(|it| it == self.on) {
                        self.fields.insert(name);
                    }
                    let output = parent.and_then(|it| self.types.field(it, name));
                    self.selection(output.map(|it| &it.of), &field.node.selection_set.node);
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map(|it| &it.node.on.node);
                    self.selection(on.or(parent), &inline.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node);
                }
            }
        }
    }

    fn fragment(&mut self, name: &'doc Name) {
        let Some(fragment) = self.document.fragments.get(name) else { return };
        if self.fragments.insert(name) {
            let on = &fragment.node.type_condition.node.on.node;
            self.selection(Some(on), &fragment.node.selection_set.node);
        }
    }
}
