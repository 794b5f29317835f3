//! The inputs of a document, and the coercion of its variables (GraphQL specification, section 6.1.2).

use std::collections::HashMap;

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition};
use async_graphql::{Name, Variables};
use async_graphql_value::ConstValue;

use super::invalid::InvalidInputs;
use super::path::Path;
use super::value::Check;
use super::variables::Variable;
use crate::graphql::engine::schema_types::SchemaTypes;

/// The inputs of a document, without the values of its variables.
pub struct DocumentInputs {
    /// The invalid literals of all its operations and fragments.
    pub invalid: InvalidInputs,
    /// The variables of each operation.
    pub variables: HashMap<Option<Name>, Vec<Variable>>,
}

impl DocumentInputs {
    /// Declares non-null list variables as nullable where their uses allow null: the engine's
    /// validation rejects them otherwise. [`coerce`](Self::coerce) checks the declared types.
    pub fn relax(&self, document: &mut ExecutableDocument) {
        let relax = |name: Option<&Name>, operation: &mut OperationDefinition| {
            let variables = self.variables.get(&name.cloned()).map_or(&[][..], Vec::as_slice);
            for (definition, it) in operation.variable_definitions.iter_mut().zip(variables) {
                definition.node.var_type.node.nullable |= it.is_stricter;
            }
        };
        match &mut document.operations {
            DocumentOperations::Single(operation) => relax(None, &mut operation.node),
            DocumentOperations::Multiple(operations) => operations
                .iter_mut()
                .for_each(|(name, operation)| relax(Some(name), &mut operation.node)),
        }
    }

    /// Checks the variables of an operation, and adds the defaults of absent ones.
    ///
    /// # Errors
    /// The invalid inputs of the request, those of literals first.
    pub fn coerce(
        &self,
        types: &SchemaTypes,
        operation: Option<&Name>,
        variables: &mut Variables,
    ) -> Result<(), InvalidInputs> {
        let mut check = Check::new(types, false);
        check.found.clone_from(&self.invalid);
        for variable in self.variables.get(&operation.cloned()).into_iter().flatten() {
            let (before, path) = (check.found.first.len(), Path::Root(&variable.root));
            check.pos = variable.pos;
            match (variables.get(&variable.name), &variable.default) {
                (Some(ConstValue::Null), _) if variable.not_null => {
                    check.invalid(&path, "must not be null");
                }
                (Some(value), _) => check.value(&variable.ty, false, value, &path),
                (None, Some(default)) => {
                    variables.insert(variable.name.clone(), default.clone());
                }
                (None, None) if !variable.ty.nullable => check.invalid(&path, "is required"),
                (None, None) => {}
            }
            for invalid in &mut check.found.first[before..] {
                invalid.message = format!("{} (${})", invalid.message, variable.name);
            }
        }
        if check.found.is_empty() { Ok(()) } else { Err(check.found) }
    }
}
