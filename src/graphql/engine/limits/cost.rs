//! The estimated cost of an operation: the objects and fields that it may return, with lists at their
//! maximum length.

use std::collections::HashMap;

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Value as ConstValue, Variables};
use async_graphql_value::Value;
use chrono::NaiveDate;

use super::error::{LimitExceeded, check};
use super::introspection;
use super::list_sizes::{ListSize, PAGE, size_of};
use crate::clock;
use crate::config::Config;
use crate::graphql::engine::schema_types::SchemaTypes;

/// The estimated size of a response; sums over its fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Objects, without those of `permissions`, which are computed without a read.
    pub objects: usize,
    /// Resolved fields.
    pub resolutions: usize,
}

impl Cost {
    fn plus(self, other: Self) -> Self {
        Self {
            objects: self.objects.saturating_add(other.objects),
            resolutions: self.resolutions.saturating_add(other.resolutions),
        }
    }

    fn times(self, count: usize) -> Self {
        Self {
            objects: self.objects.saturating_mul(count),
            resolutions: self.resolutions.saturating_mul(count),
        }
    }
}

/// The cost of an operation whose variables are coerced; each fragment is walked once.
///
/// # Errors
/// The cost exceeds a limit.
pub fn estimate(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    types: &SchemaTypes,
    config: &Config,
) -> Result<Cost, LimitExceeded> {
    let credentials =
        usize::try_from(config.organizations.credentials_per_account).unwrap_or(usize::MAX);
    let mut walk = Walk { document, variables, types, credentials, fragments: HashMap::new() };
    let cost = walk.selection(types.root(operation.ty), &operation.selection_set.node).once;
    let limits = &config.graphql.limits;
    let what = "objects, with lists at their maximum length";
    check("cost", what, cost.objects, limits.cost)?;
    let what = "fields to resolve, with lists at their maximum length";
    check("resolutions", what, cost.resolutions, limits.resolutions)?;
    Ok(cost)
}

/// The cost of a selection.
#[derive(Clone, Copy, Default)]
struct Parts {
    /// Cost that does not depend on the length of the page.
    once: Cost,
    /// Cost of each item of the page, if the selection is on a connection: the length of the page is
    /// an argument of the parent field.
    per_item: Cost,
}

struct Walk<'doc> {
    document: &'doc ExecutableDocument,
    variables: &'doc Variables,
    types: &'doc SchemaTypes,
    /// Maximum number of credentials of a service account.
    credentials: usize,
    fragments: HashMap<&'doc Name, Parts>,
}

impl<'doc> Walk<'doc> {
    fn selection(&mut self, of: Option<&'doc Name>, set: &'doc SelectionSet) -> Parts {
        let mut sum = Parts::default();
        for item in &set.items {
            let parts = match &item.node {
                Selection::Field(field) => self.field(of, &field.node),
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map(|it| &it.node.on.node);
                    self.selection(on.or(of), &inline.node.selection_set.node)
                }
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            };
            sum.once = sum.once.plus(parts.once);
            sum.per_item = sum.per_item.plus(parts.per_item);
        }
        sum
    }

    fn field(&mut self, parent: Option<&'doc Name>, field: &'doc Field) -> Parts {
        let (parent, name) = (parent.map_or("", Name::as_str), field.name.node.as_str());
        let output = self.types.field(parent, name);
        let below = self.selection(output.map(|it| &it.of), &field.selection_set.node);
        let mut below = below.once.plus(below.per_item.times(self.page(field)));
        match name {
            _ if field.selection_set.node.items.is_empty() => {}
            "permissions" => below.objects = 0,
            "__schema" | "__type" => below.objects = 1,
            _ => below.objects = below.objects.saturating_add(1),
        }
        let itself = Cost { objects: 0, resolutions: 1 };
        let is_list = output.is_some_and(|it| it.is_list);
        if is_list && parent.ends_with("Connection") {
            return Parts { once: itself, per_item: below };
        }
        let length = match name {
            "__type" | "queryType" | "mutationType" | "subscriptionType" => {
                introspection::length(name)
            }
            _ if is_list => self.length(parent, field),
            _ => 1,
        };
        if is_list && field.selection_set.node.items.is_empty() {
            // Items of scalars count as fields.
            let items = Cost { objects: 0, resolutions: length };
            return Parts { once: itself.plus(items), per_item: Cost::default() };
        }
        Parts { once: below.times(length).plus(itself), per_item: Cost::default() }
    }

    fn fragment(&mut self, name: &'doc Name) -> Parts {
        if let Some(parts) = self.fragments.get(name) {
            return *parts;
        }
        let fragment = self.document.fragments.get(name).map(|it| &it.node);
        let parts = fragment.map(|it| {
            let on = &it.type_condition.node.on.node;
            self.selection(Some(on), &it.selection_set.node)
        });
        let parts = parts.unwrap_or_default();
        self.fragments.insert(name, parts);
        parts
    }

    /// The length of the page of a connection.
    fn page(&self, field: &Field) -> usize {
        let limit = |name| field.get_argument(name).and_then(|it| self.number(&it.node));
        let page = limit("first").or_else(|| limit("last")).unwrap_or(PAGE).clamp(1, 100);
        if field.name.node == "credentials" { page.min(self.credentials) } else { page }
    }

    /// The length of a list without pages.
    fn length(&self, parent: &str, field: &Field) -> usize {
        let name = field.name.node.as_str();
        if parent.starts_with("__") {
            return introspection::length(name);
        }
        match size_of(parent, name) {
            ListSize::Of(length) => length,
            ListSize::Argument(name) => {
                field.get_argument(name).map_or(1, |value| self.count(&value.node))
            }
            ListSize::Days(most) => self.days(field).map_or(most, |days| days.min(most)),
        }
    }

    /// The number of days from the argument `from` to the argument `to`, both included; `None` if one
    /// of them is absent, or if they are in the wrong order, which is rejected later.
    fn days(&self, field: &Field) -> Option<usize> {
        let day = |name| self.date(&field.get_argument(name)?.node);
        let days = (day("to")? - day("from")?).num_days();
        usize::try_from(days).ok().map(|days| days + 1)
    }

    fn date(&self, value: &Value) -> Option<NaiveDate> {
        match value {
            Value::String(text) => clock::parse_date(text),
            Value::Variable(name) => match self.variables.get(name) {
                Some(ConstValue::String(text)) => clock::parse_date(text),
                _ => None,
            },
            _ => None,
        }
    }

    fn number(&self, value: &Value) -> Option<usize> {
        let number = match value {
            Value::Number(number) => number.as_u64(),
            Value::Variable(name) => match self.variables.get(name) {
                Some(ConstValue::Number(number)) => number.as_u64(),
                _ => None,
            },
            _ => None,
        };
        number.and_then(|number| usize::try_from(number).ok())
    }

    fn count(&self, value: &Value) -> usize {
        match value {
            Value::List(items) => items.len(),
            Value::Variable(name) => match self.variables.get(name) {
                Some(ConstValue::List(items)) => items.len(),
                _ => 1,
            },
            _ => 1,
        }
    }
}
