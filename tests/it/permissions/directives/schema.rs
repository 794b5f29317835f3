//! The directives of the committed schema.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::Value;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};

/// The types of the schema.
fn definitions() -> Vec<TypeDefinition> {
    let schema = parse_schema(include_str!("../../../../schema.graphql")).expect("a schema");
    let of_type = |definition| match definition {
        TypeSystemDefinition::Type(of) => Some(of.node),
        TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
    };
    schema.definitions.into_iter().filter_map(of_type).collect()
}

/// The fields of each object type.
pub fn fields() -> BTreeMap<String, Vec<FieldDefinition>> {
    let of_object = |of: TypeDefinition| match of.kind {
        TypeKind::Object(object) => {
            let fields = object.fields.into_iter().map(|field| field.node);
            Some((of.name.node.to_string(), fields.collect::<Vec<_>>()))
        }
        _ => None,
    };
    definitions().into_iter().filter_map(of_object).collect()
}

/// The types whose fields must be selected.
pub fn composites() -> BTreeSet<String> {
    let is_composite = |of: &TypeDefinition| {
        matches!(of.kind, TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_))
    };
    let composites = definitions().into_iter().filter(is_composite);
    composites.map(|of| of.name.node.to_string()).collect()
}

/// The type behind its lists.
pub fn base(of: &Type) -> &str {
    match &of.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(of) => base(of),
    }
}

/// The permissions that the directives of a field list.
pub fn required(field: &FieldDefinition) -> Vec<String> {
    let directives = field.directives.iter().map(|it| &it.node);
    let permissions = directives.filter(|it| it.name.node == "requiresPermission");
    let name = |value: Option<&Value>| match value {
        Some(Value::String(name)) => name.clone(),
        other => panic!("no name of a permission: {other:?}"),
    };
    permissions.map(|it| name(it.get_argument("name").map(|value| &value.node))).collect()
}

/// The permissions that fields require, by names such as `Organization.roles`: of every field with the
/// directive, and of every mutation and subscription.
pub fn guarded() -> BTreeMap<String, Vec<String>> {
    let mut guarded = BTreeMap::new();
    for (of, fields) in fields() {
        let is_root = ["Mutation", "Subscription"].contains(&of.as_str());
        for field in &fields {
            let permissions = required(field);
            if is_root || !permissions.is_empty() {
                guarded.insert(format!("{of}.{}", field.name.node), permissions);
            }
        }
    }
    guarded
}
