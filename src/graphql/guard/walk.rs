//! One pass over a parsed document: what its operations select, with fragments written out and
//! lists as long as they may be. Each fragment is walked once.

use std::collections::HashMap;

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Value as Given, Variables};
use async_graphql_value::Value;

use super::introspection;
use super::{
    ALIASES, API_GRANTS, APIS, COST, CREDENTIALS, DEPTH, DIRECTIVES, ROOT_FIELDS, Refusal,
    SELECTIONS, within,
};

/// What the caller needs to know of the operation that is asked for.
#[derive(Debug)]
pub struct Operation {
    /// Query, mutation or subscription.
    pub kind: OperationType,
    /// What it begins with.
    pub roots: Roots,
}

/// What the fields of the root ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Roots {
    /// Nothing but the name of the root type.
    TypeName,
    /// The schema.
    Schema,
    /// Data.
    Data,
}

/// What a selection comes to; sums over its fields.
#[derive(Clone, Copy, Default)]
struct Weight {
    fields: usize,
    aliases: usize,
    cost: usize,
    depth: usize,
    root_fields: usize,
}

impl Weight {
    /// A fragment costs its walk, even where it holds no field.
    fn and_itself(self) -> Self {
        Self { fields: self.fields.saturating_add(1), ..self }
    }

    fn add(&mut self, other: Self) {
        self.fields = self.fields.saturating_add(other.fields);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.cost = self.cost.saturating_add(other.cost);
        self.root_fields = self.root_fields.saturating_add(other.root_fields);
        self.depth = self.depth.max(other.depth);
    }
}

/// Walks all operations, as the engine does; answers what the one named `name` is, or none if it
/// cannot be told which one is meant.
pub fn walk(
    document: &ExecutableDocument,
    name: Option<&str>,
    variables: &Variables,
) -> Result<Option<Operation>, Refusal> {
    let mut walk = Walk { document, variables, fragments: HashMap::new(), directives: 0 };
    let mut asked = None;
    let only = document.operations.iter().count() == 1;
    let mut fields = 0_usize;
    for (its_name, operation) in document.operations.iter() {
        fields = fields.saturating_add(walk.operation(&operation.node)?);
        within("fields, with fragments written out", fields, SELECTIONS)?;
        let named = name.is_some_and(|name| its_name.is_some_and(|its| its.as_str() == name));
        if named || (name.is_none() && only) {
            asked = Some(&operation.node);
        }
    }
    // A fragment that nothing uses is walked, too: the engine will.
    for name in document.fragments.keys() {
        let weight = walk.fragment(name)?;
        within("fields, with fragments written out", weight.fields, SELECTIONS)?;
    }
    within("directives", walk.directives, DIRECTIVES)?;
    Ok(asked.map(|operation| Operation {
        kind: operation.ty,
        roots: introspection::roots(document, &operation.selection_set.node),
    }))
}

struct Walk<'doc> {
    document: &'doc ExecutableDocument,
    variables: &'doc Variables,
    /// The weight of each fragment; none while it is being walked.
    fragments: HashMap<&'doc Name, Option<Weight>>,
    directives: usize,
}

impl<'doc> Walk<'doc> {
    /// How many fields an operation has, if it is within all limits.
    fn operation(&mut self, operation: &'doc OperationDefinition) -> Result<usize, Refusal> {
        self.directives += operation.directives.len();
        self.directives +=
            operation.variable_definitions.iter().map(|it| it.node.directives.len()).sum::<usize>();
        let weight = self.selection(&operation.selection_set.node)?;
        within("aliases", weight.aliases, ALIASES)?;
        within("fields at its root", weight.root_fields, ROOT_FIELDS)?;
        within("points of cost (objects, times the length of their lists)", weight.cost, COST)?;
        if weight.depth > DEPTH {
            return Err(Refusal::deep(format!("fields are more than {DEPTH} deep")));
        }
        Ok(weight.fields)
    }

    fn selection(&mut self, set: &'doc SelectionSet) -> Result<Weight, Refusal> {
        let mut sum = Weight::default();
        for item in &set.items {
            self.directives += item.node.directives().len();
            let weight = match &item.node {
                Selection::Field(field) => self.field(&field.node)?,
                Selection::InlineFragment(inline) => {
                    self.selection(&inline.node.selection_set.node)?.and_itself()
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node)?.and_itself()
                }
            };
            sum.add(weight);
        }
        Ok(sum)
    }

    fn field(&mut self, field: &'doc Field) -> Result<Weight, Refusal> {
        let aliases = usize::from(field.alias.is_some());
        if matches!(field.name.node.as_str(), "__schema" | "__type") {
            let fields = introspection::check(self.document, field)?;
            return Ok(Weight { fields, aliases, cost: 1, depth: 1, root_fields: 1 });
        }
        let below = self.selection(&field.selection_set.node)?;
        let itself = usize::from(!field.selection_set.node.items.is_empty());
        Ok(Weight {
            fields: below.fields.saturating_add(1),
            aliases: below.aliases.saturating_add(aliases),
            cost: below.cost.saturating_mul(self.length(field)).saturating_add(itself),
            depth: below.depth.saturating_add(1),
            root_fields: 1,
        })
    }

    fn fragment(&mut self, name: &'doc Name) -> Result<Weight, Refusal> {
        match self.fragments.get(name) {
            Some(Some(weight)) => return Ok(*weight),
            Some(None) => return Err(Refusal::wrong("a fragment spreads itself")),
            None => {}
        }
        // One that is not there is the validator's to tell.
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Weight::default());
        };
        self.fragments.insert(name, None);
        self.directives += fragment.node.directives.len();
        let weight = self.selection(&fragment.node.selection_set.node)?;
        self.fragments.insert(name, Some(weight));
        Ok(weight)
    }

    /// How many things a field may answer with.
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
            _ => 1,
        }
    }

    fn number(&self, value: &Value) -> Option<usize> {
        let number = match value {
            Value::Number(number) => number.as_u64(),
            Value::Variable(name) => match self.variables.get(name) {
                Some(Given::Number(number)) => number.as_u64(),
                _ => Some(100),
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
                _ => 100,
            },
            _ => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(document: &str) -> Result<Option<Operation>, Refusal> {
        let document = async_graphql::parser::parse_query(document).expect("a document");
        walk(&document, None, &Variables::default())
    }

    #[track_caller]
    fn is_refused(document: &str, code: &str) {
        assert_eq!(walked(document).expect_err("refused").code, code);
    }

    #[test]
    fn fragments_that_double_are_refused_whether_or_not_they_hold_a_field() {
        for last in ["a", "...nowhere ...nowhere"] {
            let mut document = "query { ...f0 }".to_owned();
            for level in 0..30 {
                let next = level + 1;
                document += &format!(" fragment f{level} on Query {{ ...f{next} ...f{next} }}");
            }
            document += &format!(" fragment f30 on Query {{ {last} }}");
            is_refused(&document, "QUERY_TOO_COMPLEX");
        }
    }

    #[test]
    fn a_fragment_that_spreads_itself_is_refused() {
        let document = "{ ...a } fragment a on Query { ...b } fragment b on Query { x ...a }";
        is_refused(document, "BAD_USER_INPUT");
    }

    #[test]
    fn aliases_root_fields_depth_and_cost_are_bounded() {
        is_refused(&format!("{{ a {{ {} }} }}", "b: c ".repeat(31)), "QUERY_TOO_COMPLEX");
        is_refused(&format!("{{ {} }}", "a ".repeat(21)), "QUERY_TOO_COMPLEX");
        is_refused(&format!("{}{}", "{a".repeat(13), "}".repeat(13)), "QUERY_TOO_DEEP");
        is_refused("{ a(first: 100) { b(first: 100) { c { d } } } }", "QUERY_TOO_COMPLEX");
        is_refused(&format!("{{ {} }}", "a @b(c: 1) ".repeat(51)), "QUERY_TOO_COMPLEX");
    }

    #[test]
    fn introspection_may_be_deep_but_not_circular() {
        let of_type = "ofType { name ".repeat(9) + &"}".repeat(9);
        let usual = format!(
            "{{ __schema {{ types {{ fields {{ args {{ type {{ {of_type} }} }} }} }} }} }}"
        );
        let operation = walked(&usual).expect("bounded").expect("one operation");
        assert_eq!(operation.roots, Roots::Schema);
        let circular = "fields { type { ".repeat(4) + "name" + &"}}".repeat(4);
        is_refused(&format!("{{ __schema {{ types {{ {circular} }} }} }}"), "QUERY_TOO_DEEP");
    }

    #[test]
    fn what_the_root_asks_for_is_seen_through_fragments() {
        let roots = |document| walked(document).expect("bounded").expect("one operation").roots;
        assert_eq!(
            roots("{ __typename ...a } fragment a on Query { __typename }"),
            Roots::TypeName
        );
        assert_eq!(roots("{ __typename ...a } fragment a on Query { viewer { x } }"), Roots::Data);
    }
}
