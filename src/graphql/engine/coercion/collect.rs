//! Collects the inputs of a document: it checks the literals, and finds the uses of variables.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::Value;

use super::document::DocumentInputs;
use super::invalid::InvalidInput;
use super::path::Path;
use super::value::{Check, VariableUse};
use super::variables::Variable;
use crate::graphql::engine::schema_types::{Parameter, SchemaTypes};

/// The variables and fragments that one operation or fragment uses.
#[derive(Default)]
struct Scope {
    /// The variables within arguments of fields.
    arguments: Vec<VariableUse>,
    /// The variables within arguments of directives.
    directives: Vec<VariableUse>,
    /// The fragments.
    spreads: Vec<Name>,
}

impl DocumentInputs {
    /// Collects the inputs of a document. The engine's validation reports unknown fields, arguments and
    /// fragments.
    pub fn of(types: &SchemaTypes, document: &ExecutableDocument) -> Self {
        let mut walk = Walk { types, check: Check::new(types, true), scope: Scope::default() };
        let mut fragments = HashMap::new();
        for (name, fragment) in &document.fragments {
            walk.directives(&fragment.node.directives);
            let on = &fragment.node.type_condition.node.on.node;
            walk.selection(Some(on), &fragment.node.selection_set.node);
            fragments.insert(name, std::mem::take(&mut walk.scope));
        }
        let mut variables = HashMap::new();
        for (name, operation) in document.operations.iter() {
            walk.operation(&operation.node);
            let scope = std::mem::take(&mut walk.scope);
            let scopes = reachable(&scope, &fragments);
            variables.insert(name.cloned(), walk.variables(&operation.node, &scopes));
        }
        let mut invalid = walk.check.found;
        invalid.first.sort_by_key(|it| (it.pos.line, it.pos.column));
        if types.root(OperationType::Query).is_none() {
            let message = "the schema is not available".to_owned();
            invalid.add(InvalidInput { field: "query".to_owned(), message, pos: Pos::default() });
        }
        Self { invalid, variables }
    }
}

/// A scope with those of all fragments that it spreads, each once, in the order of the document.
fn reachable<'a>(scope: &'a Scope, fragments: &'a HashMap<&Name, Scope>) -> Vec<&'a Scope> {
    let (mut scopes, mut seen, mut next) = (vec![scope], HashSet::new(), 0);
    while let Some(scope) = scopes.get(next).copied() {
        let spread = scope.spreads.iter().filter(|name| seen.insert(*name));
        scopes.extend(spread.filter_map(|name| fragments.get(name)));
        next += 1;
    }
    scopes
}

struct Walk<'a> {
    types: &'a SchemaTypes,
    check: Check<'a>,
    scope: Scope,
}

impl Walk<'_> {
    fn operation(&mut self, operation: &OperationDefinition) {
        self.directives(&operation.directives);
        for definition in &operation.variable_definitions {
            self.directives(&definition.node.directives);
        }
        let root = self.types.root(operation.ty);
        self.selection(root, &operation.selection_set.node);
    }

    fn selection(&mut self, parent: Option<&Name>, set: &SelectionSet) {
        for item in &set.items {
            self.directives(item.node.directives());
            match &item.node {
                Selection::Field(field) => self.field(parent, field),
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map(|it| &it.node.on.node);
                    self.selection(on.or(parent), &inline.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    self.scope.spreads.push(spread.node.fragment_name.node.clone());
                }
            }
        }
    }

    fn field(&mut self, parent: Option<&Name>, field: &Positioned<Field>) {
        let Field { name, arguments, selection_set, .. } = &field.node;
        // The engine's validation ignores the arguments and fields of this one.
        if name.node == "__typename" {
            self.arguments(field.pos, &[], arguments);
            if !selection_set.node.items.is_empty() {
                self.check.pos = selection_set.pos;
                self.check.invalid(&"query", "__typename must not have a selection of fields");
            }
            return;
        }
        let definition = parent.and_then(|parent| self.types.field(parent, &name.node));
        if let Some(definition) = definition {
            self.arguments(field.pos, &definition.arguments, arguments);
            self.scope.arguments.append(&mut self.check.uses);
        }
        self.selection(definition.map(|it| &it.of), &selection_set.node);
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        for directive in directives {
            if let Some(parameters) = self.types.directive(&directive.node.name.node) {
                self.arguments(directive.pos, parameters, &directive.node.arguments);
                self.scope.directives.append(&mut self.check.uses);
            }
        }
    }

    fn arguments(
        &mut self,
        pos: Pos,
        parameters: &[Parameter],
        values: &[(Positioned<Name>, Positioned<Value>)],
    ) {
        for parameter in parameters {
            let path = Path::Root(&parameter.name);
            match values.iter().find(|(name, _)| name.node == parameter.name) {
                Some((_, value)) => {
                    self.check.pos = value.pos;
                    self.check.value(&parameter.ty, parameter.has_default, &value.node, &path);
                }
                None if parameter.is_required() => {
                    self.check.pos = pos;
                    self.check.invalid(&path, "is required");
                }
                None => {}
            }
        }
        for (name, _) in values {
            if !parameters.iter().any(|it| it.name == name.node) {
                self.check.pos = name.pos;
                self.check.invalid(&Path::Root(&name.node), "is an unknown argument");
            }
        }
    }

    /// The variables of an operation: each with its place, its default checked.
    fn variables(&mut self, operation: &OperationDefinition, scopes: &[&Scope]) -> Vec<Variable> {
        let mut variables = Vec::with_capacity(operation.variable_definitions.len());
        for definition in &operation.variable_definitions {
            let name = &definition.node.name.node;
            let of_this = |it: &&VariableUse| it.variable == *name;
            let arguments = || scopes.iter().flat_map(|it| &it.arguments).filter(of_this);
            let directives = || scopes.iter().flat_map(|it| &it.directives).filter(of_this);
            let first = arguments().next();
            let root = first.map_or_else(|| name.to_string(), |it| it.path.clone());
            let mut variable = Variable::new(definition, root);
            self.check.pos = definition.pos;
            if let Some(default) = &variable.default {
                self.check.value(&variable.ty, false, default, &Path::Root(&variable.root));
            }
            let in_arguments = arguments().map(|it| (it, it.path.as_str()));
            let in_directives = directives().map(|it| (it, name.as_str()));
            for (used, path) in in_arguments.chain(in_directives) {
                if variable.fits(used) {
                    variable.not_null |= !used.ty.nullable;
                    variable.is_stricter &= used.ty.nullable;
                } else {
                    self.check.pos = used.pos;
                    let message = format!(
                        "must be of type {}, but the variable ${name} has the type {}",
                        used.ty, variable.ty
                    );
                    self.check.invalid(&path, message);
                }
            }
            variables.push(variable);
        }
        variables
    }
}
