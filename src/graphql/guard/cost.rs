//! The cost of an operation: what it may return, with lists as long as they may be.

use std::collections::HashMap;

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Value as Given, Variables};
use async_graphql_value::Value;

use super::refusal::{Refusal, within};
use super::{API_GRANTS, APIS, CREDENTIALS, introspection};
use crate::config::GraphqlLimits;

/// What an operation may return; sums over its fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Objects, those of `permissions` left out: they are computed from what is known.
    pub objects: usize,
    /// Fields.
    pub resolutions: usize,
}

/// The cost of an operation whose variables are coerced; each fragment is walked once.
///
/// # Errors
/// It is beyond a limit.
pub fn estimate(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    limits: &GraphqlLimits,
) -> Result<Cost, Refusal> {
    let mut walk = Walk { document, variables, fragments: HashMap::new() };
    let cost = walk.selection(&operation.selection_set.node);
    let what = "points of cost (objects, with lists as long as they may be)";
    within("cost", what, cost.objects, limits.cost)?;
    let what = "fields to resolve (with lists as long as they may be)";
    within("resolutions", what, cost.resolutions, limits.resolutions)?;
    Ok(cost)
}

struct Walk<'doc> {
    document: &'doc ExecutableDocument,
    variables: &'doc Variables,
    fragments: HashMap<&'doc Name, Cost>,
}

impl<'doc> Walk<'doc> {
    fn selection(&mut self, set: &'doc SelectionSet) -> Cost {
        let mut sum = Cost::default();
        for item in &set.items {
            let cost = match &item.node {
                Selection::Field(field) => self.field(&field.node),
                Selection::InlineFragment(inline) => {
                    self.selection(&inline.node.selection_set.node)
                }
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            };
            sum.objects = sum.objects.saturating_add(cost.objects);
            sum.resolutions = sum.resolutions.saturating_add(cost.resolutions);
        }
        sum
    }

    fn field(&mut self, field: &'doc Field) -> Cost {
        let below = self.selection(&field.selection_set.node);
        let length = self.length(field);
        let itself = usize::from(!field.selection_set.node.items.is_empty());
        let objects = match field.name.node.as_str() {
            "permissions" => 0,
            "__schema" | "__type" => 1,
            _ => below.objects.saturating_mul(length).saturating_add(itself),
        };
        let resolutions = below.resolutions.saturating_mul(length).saturating_add(1);
        Cost { objects, resolutions }
    }

    fn fragment(&mut self, name: &'doc Name) -> Cost {
        if let Some(cost) = self.fragments.get(name) {
            return *cost;
        }
        let fragment = self.document.fragments.get(name);
        let cost = fragment.map(|it| self.selection(&it.node.selection_set.node));
        let cost = cost.unwrap_or_default();
        self.fragments.insert(name, cost);
        cost
    }

    /// The most things that a field may return.
    fn length(&self, field: &Field) -> usize {
        let argument =
            |name| field.get_argument(name).map(|it| &it.node).filter(|it| **it != Value::Null);
        let limit = argument("first").or_else(|| argument("last")).and_then(|it| self.number(it));
        match (field.name.node.as_str(), limit) {
            ("credentials", limit) => limit.unwrap_or(CREDENTIALS).clamp(1, CREDENTIALS),
            ("apis", _) => APIS,
            ("apiGrants", _) => API_GRANTS,
            (_, Some(limit)) => limit.clamp(1, 100),
            ("serviceAccounts" | "organizations" | "auditEvents", None) => 50,
            ("nodes", None) => argument("ids").map_or(1, |ids| self.count(ids)),
            (name, None) => introspection::length(name),
        }
    }

    fn number(&self, value: &Value) -> Option<usize> {
        let number = match value {
            Value::Number(number) => number.as_u64(),
            Value::Variable(name) => match self.variables.get(name) {
                Some(Given::Number(number)) => number.as_u64(),
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
                Some(Given::List(items)) => items.len(),
                _ => 1,
            },
            _ => 1,
        }
    }
}
