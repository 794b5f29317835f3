//! The variables of an operation (GraphQL specification, section 5.8).

use async_graphql::parser::types::{BaseType, Type, VariableDefinition};
use async_graphql::{Pos, Positioned};
use async_graphql_value::{ConstValue, Name};

use super::value::VariableUse;

/// A variable of an operation.
pub struct Variable {
    /// Its name.
    pub name: Name,
    /// The declared type.
    pub ty: Type,
    /// The default value.
    pub default: Option<ConstValue>,
    /// The path of the first argument that uses it, or its own name.
    pub root: String,
    /// Whether null is invalid although the type allows it: a default stands in for an absent
    /// value only.
    pub not_null: bool,
    /// Whether it is a list that is not null, and used only where the list may be null.
    pub is_stricter: bool,
    /// Its place in the document.
    pub pos: Pos,
}

impl Variable {
    /// The variable of a definition.
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

    /// Whether its type allows this use (section 5.8.5).
    pub fn fits(&self, used: &VariableUse) -> bool {
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
