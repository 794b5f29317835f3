//! The variables of a request (GraphQL specification, section 6.1.2).

use async_graphql::parser::types::{
    BaseType, DocumentOperations, ExecutableDocument, OperationDefinition, Type, VariableDefinition,
};
use async_graphql::{Pos, Positioned, Variables};
use async_graphql_value::{ConstValue, Name};

use super::Found;
use super::document::Inputs;
use super::path::Path;
use super::types::Types;
use super::value::{Check, Use};

/// A variable of an operation.
pub struct Variable {
    name: Name,
    /// The declared type.
    pub ty: Type,
    /// The default value.
    pub default: Option<ConstValue>,
    /// The path of the first argument that it is used in, or its own name.
    pub root: String,
    /// Whether null is invalid although the type allows it: a default stands in for an absent
    /// value only.
    pub not_null: bool,
    /// Whether it is a list that is not null, and used only where the list may be null.
    pub is_stricter: bool,
    pos: Pos,
}

impl Variable {
    /// A variable after its definition.
    pub fn new(definition: &Positioned<VariableDefinition>, root: String) -> Self {
        let VariableDefinition { name, var_type, default_value, .. } = &definition.node;
        let ty = var_type.node.clone();
        Self {
            name: name.node.clone(),
            not_null: !ty.nullable,
            is_stricter: !ty.nullable && matches!(ty.base, BaseType::List(_)),
            ty,
            default: default_value.as_ref().map(|it| it.node.clone()),
            root,
            pos: definition.pos,
        }
    }

    /// Whether it may stand where it is used (section 5.8.5).
    pub fn fits(&self, used: &Use) -> bool {
        let has_default = self.default.as_ref().is_some_and(|it| *it != ConstValue::Null);
        if !used.ty.nullable && self.ty.nullable && (has_default || used.has_default) {
            return fits(&self.ty, &Type { nullable: true, base: used.ty.base.clone() });
        }
        fits(&self.ty, &used.ty)
    }
}

fn fits(ty: &Type, place: &Type) -> bool {
    if ty.nullable && !place.nullable {
        return false;
    }
    match (&ty.base, &place.base) {
        (BaseType::List(item), BaseType::List(place)) => fits(item, place),
        (BaseType::Named(name), BaseType::Named(place)) => name == place,
        _ => false,
    }
}

impl Inputs {
    /// Declares lists that are not null as nullable where that is all that their places ask for:
    /// the engine's validation accepts only the latter there. What was declared is checked here.
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

    /// Checks the variables of an operation, and puts defaults where they are absent.
    ///
    /// # Errors
    /// The invalid inputs of the request, those of literals first.
    pub fn coerce(
        &self,
        types: &Types,
        operation: Option<&Name>,
        variables: &mut Variables,
    ) -> Result<(), Found> {
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
