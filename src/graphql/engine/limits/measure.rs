//! Limits of a parsed document, with fragments expanded. Each fragment is walked once.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};

use super::error::{DocumentError, LimitExceeded, check, check_depth};
use super::introspection;
use crate::config::GraphqlLimits;

/// The size of a selection; sums over its fields.
#[derive(Clone, Copy, Default)]
struct Size {
    fields: usize,
    aliases: usize,
    depth: usize,
    root_fields: usize,
}

impl Size {
    /// A fragment without a field still costs its walk.
    fn and_itself(self) -> Self {
        Self { fields: self.fields.saturating_add(1), ..self }
    }

    fn add(&mut self, other: Self) {
        self.fields = self.fields.saturating_add(other.fields);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.root_fields = self.root_fields.saturating_add(other.root_fields);
        self.depth = self.depth.max(other.depth);
    }
}

/// Rejects a document that is too large: all its operations and fragments count, as the engine's
/// validation walks them.
pub fn measure(document: &ExecutableDocument, limits: &GraphqlLimits) -> Result<(), DocumentError> {
    let mut walk = Walk { document, limits, fragments: HashMap::new(), directives: 0 };
    let mut fields = 0_usize;
    for (_, operation) in document.operations.iter() {
        fields = fields.saturating_add(walk.operation(&operation.node)?);
    }
    walk.selections(fields)?;
    for name in document.fragments.keys() {
        let size = walk.fragment(name)?;
        walk.selections(size.fields)?;
    }
    Ok(check("directives", "directives", walk.directives, limits.directives)?)
}

struct Walk<'doc> {
    document: &'doc ExecutableDocument,
    limits: &'doc GraphqlLimits,
    /// The size of each fragment; `None` while it is walked.
    fragments: HashMap<&'doc Name, Option<Size>>,
    directives: usize,
}

impl<'doc> Walk<'doc> {
    fn selections(&self, fields: usize) -> Result<(), LimitExceeded> {
        let what = "fields, with fragments expanded";
        check("selections", what, fields, self.limits.selections)
    }

    /// Checks an operation, and returns its number of fields.
    fn operation(&mut self, operation: &'doc OperationDefinition) -> Result<usize, DocumentError> {
        self.directives += operation.directives.len();
        self.directives +=
            operation.variable_definitions.iter().map(|it| it.node.directives.len()).sum::<usize>();
        let size = self.selection(&operation.selection_set.node)?;
        check("aliases", "aliases", size.aliases, self.limits.aliases)?;
        let what = "root fields";
        check("root_fields", what, size.root_fields, self.limits.root_fields)?;
        check_depth("depth", "nested fields", size.depth, self.limits.depth)?;
        Ok(size.fields)
    }

    fn selection(&mut self, set: &'doc SelectionSet) -> Result<Size, DocumentError> {
        let mut sum = Size::default();
        for item in &set.items {
            self.directives += item.node.directives().len();
            let size = match &item.node {
                Selection::Field(field) => self.field(&field.node)?,
                Selection::InlineFragment(inline) => {
                    self.selection(&inline.node.selection_set.node)?.and_itself()
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node)?.and_itself()
                }
            };
            sum.add(size);
        }
        Ok(sum)
    }

    fn field(&mut self, field: &'doc Field) -> Result<Size, DocumentError> {
        let mut below = self.selection(&field.selection_set.node)?;
        if matches!(field.name.node.as_str(), "__schema" | "__type") {
            introspection::check(self.document, field)?;
            below.depth = 0;
        }
        let aliases = usize::from(field.alias.is_some());
        Ok(Size {
            fields: below.fields.saturating_add(1),
            aliases: below.aliases.saturating_add(aliases),
            depth: below.depth.saturating_add(1),
            root_fields: 1,
        })
    }

    fn fragment(&mut self, name: &'doc Name) -> Result<Size, DocumentError> {
        match self.fragments.get(name) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => {
                return Err(DocumentError::invalid(format!(
                    "the fragment {name} must not spread itself"
                )));
            }
            None => {}
        }
        // Unknown fragments are reported by the engine's validation.
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Size::default());
        };
        self.fragments.insert(name, None);
        self.directives += fragment.node.directives.len();
        let size = self.selection(&fragment.node.selection_set.node)?;
        self.fragments.insert(name, Some(size));
        Ok(size)
    }
}
