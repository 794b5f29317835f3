//! The types of the schema that limits and input coercion need, read from the SDL.

mod scalars;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use async_graphql::Name;
use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputObjectType, InputValueDefinition, OperationType,
    SchemaDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};

use scalars::SCALARS;
pub use scalars::{Leaf, Scalar};

/// The introspection types (GraphQL specification, section 4.2), which no SDL contains; `__Root`
/// holds the fields that every query has.
const INTROSPECTION: &str = include_str!("schema_types/introspection.graphql");

/// The types and directives of the schema.
#[derive(Default)]
pub struct SchemaTypes {
    kinds: HashMap<Name, Kind>,
    directives: HashMap<Name, Vec<Parameter>>,
    query: Option<Name>,
    mutation: Option<Name>,
    subscription: Option<Name>,
}

/// A named type.
pub enum Kind {
    /// A scalar.
    Scalar(&'static Scalar),
    /// An enum: its values.
    Enum(Vec<Name>),
    /// An input object.
    Input(InputObject),
    /// An object, an interface or a union: its fields.
    Output(HashMap<Name, Field>),
}

/// An input object type.
pub struct InputObject {
    /// Its fields.
    pub fields: Vec<Parameter>,
    /// Whether exactly one of them must be present (`@oneOf`).
    pub is_one_of: bool,
}

/// A field that can be selected.
pub struct Field {
    /// Its arguments.
    pub arguments: Vec<Parameter>,
    /// The named type behind its lists.
    pub of: Name,
    /// Whether it is a list.
    pub is_list: bool,
}

/// An argument, or a field of an input object.
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Type,
    /// Whether there is a default value.
    pub has_default: bool,
}

impl Parameter {
    /// Whether it is required.
    pub fn is_required(&self) -> bool {
        !self.ty.nullable && !self.has_default
    }
}

static TYPES: LazyLock<Arc<SchemaTypes>> =
    LazyLock::new(|| Arc::new(SchemaTypes::of(&crate::graphql::sdl())));

impl SchemaTypes {
    /// The types of our schema, read once.
    pub fn shared() -> Arc<Self> {
        Arc::clone(&TYPES)
    }

    /// The types of a schema in SDL. A schema that cannot be parsed has no types, so that every
    /// operation is rejected.
    fn of(sdl: &str) -> Self {
        let mut types = Self::default();
        for scalar in SCALARS {
            types.kinds.insert(Name::new(scalar.name), Kind::Scalar(scalar));
        }
        for text in [sdl, INTROSPECTION] {
            match parse_schema(text) {
                Ok(document) => document.definitions.into_iter().for_each(|it| types.add(it)),
                Err(error) => tracing::error!(error.cause = %error, "the schema cannot be parsed"),
            }
        }
        types
    }

    fn add(&mut self, definition: TypeSystemDefinition) {
        match definition {
            TypeSystemDefinition::Schema(Positioned {
                node: SchemaDefinition { query, mutation, subscription, .. },
                ..
            }) => {
                self.query = query.map(|name| name.node);
                self.mutation = mutation.map(|name| name.node);
                self.subscription = subscription.map(|name| name.node);
            }
            TypeSystemDefinition::Directive(directive) => {
                let arguments = parameters(directive.node.arguments);
                self.directives.insert(directive.node.name.node, arguments);
            }
            TypeSystemDefinition::Type(Positioned { node: definition, .. }) => {
                let name = definition.name.node.clone();
                if let Some(kind) = kind(definition) {
                    self.kinds.insert(name, kind);
                }
            }
        }
    }

    /// The type of that name.
    pub fn kind(&self, name: &str) -> Option<&Kind> {
        self.kinds.get(name)
    }

    /// The name of the root type of operations of this kind.
    pub fn root(&self, operation: OperationType) -> Option<&Name> {
        match operation {
            OperationType::Query => self.query.as_ref(),
            OperationType::Mutation => self.mutation.as_ref(),
            OperationType::Subscription => self.subscription.as_ref(),
        }
    }

    /// A field of the type `parent`.
    pub fn field(&self, parent: &str, name: &str) -> Option<&Field> {
        let introspection =
            name.starts_with("__") && self.query.as_ref().is_some_and(|it| it == parent);
        match self.kind(if introspection { "__Root" } else { parent })? {
            Kind::Output(fields) => fields.get(name),
            Kind::Scalar(_) | Kind::Enum(_) | Kind::Input(_) => None,
        }
    }

    /// The list fields of all types, each with the name of its type.
    #[cfg(test)]
    pub fn lists(&self) -> Vec<(Name, Name)> {
        let mut lists = Vec::new();
        for (of, kind) in &self.kinds {
            let Kind::Output(fields) = kind else { continue };
            let of_type = fields.iter().filter(|(_, field)| field.is_list);
            lists.extend(of_type.map(|(name, _)| (of.clone(), name.clone())));
        }
        lists
    }

    /// The arguments of the directive of that name.
    pub fn directive(&self, name: &str) -> Option<&[Parameter]> {
        self.directives.get(name).map(Vec::as_slice)
    }
}

/// The kind of a type definition; `None` for a scalar without an entry in the table, whose values are
/// left to the engine.
fn kind(definition: TypeDefinition) -> Option<Kind> {
    Some(match definition.kind {
        TypeKind::Scalar => Kind::Scalar(scalars::named(&definition.name.node)?),
        TypeKind::Enum(it) => {
            Kind::Enum(it.values.into_iter().map(|value| value.node.value.node).collect())
        }
        TypeKind::InputObject(InputObjectType { fields }) => Kind::Input(InputObject {
            fields: parameters(fields),
            is_one_of: definition.directives.iter().any(|it| it.node.name.node == "oneOf"),
        }),
        TypeKind::Object(it) => Kind::Output(fields(it.fields)),
        TypeKind::Interface(it) => Kind::Output(fields(it.fields)),
        TypeKind::Union(_) => Kind::Output(HashMap::new()),
    })
}

fn fields(definitions: Vec<Positioned<FieldDefinition>>) -> HashMap<Name, Field> {
    let field = |it: FieldDefinition| {
        let (of, ty) = (base_name(&it.ty.node).clone(), &it.ty.node.base);
        let is_list = matches!(ty, BaseType::List(_));
        (it.name.node, Field { arguments: parameters(it.arguments), of, is_list })
    };
    definitions.into_iter().map(|it| field(it.node)).collect()
}

fn parameters(definitions: Vec<Positioned<InputValueDefinition>>) -> Vec<Parameter> {
    let parameter = |it: InputValueDefinition| Parameter {
        name: it.name.node,
        ty: it.ty.node,
        has_default: it.default_value.is_some(),
    };
    definitions.into_iter().map(|it| parameter(it.node)).collect()
}

/// The named type behind lists.
pub fn base_name(ty: &Type) -> &Name {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => base_name(item),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scalar_of_the_schema_is_in_the_table() {
        let sdl = crate::graphql::sdl();
        let scalars = sdl.lines().filter_map(|line| line.strip_prefix("scalar "));
        let names: Vec<_> = scalars.filter_map(|it| it.split(' ').next()).collect();
        assert!(!names.is_empty());
        for name in names {
            assert!(scalars::named(name).is_some(), "{name} is not in the table");
        }
    }

    #[test]
    fn every_type_that_the_schema_mentions_is_known() {
        let types = SchemaTypes::shared();
        let known = |name: &Name| assert!(types.kinds.contains_key(name), "{name} is not known");
        let parameters = |it: &[Parameter]| it.iter().for_each(|it| known(base_name(&it.ty)));
        for kind in types.kinds.values() {
            match kind {
                Kind::Input(object) => parameters(&object.fields),
                Kind::Output(fields) => fields.values().for_each(|field| {
                    known(&field.of);
                    parameters(&field.arguments);
                }),
                Kind::Scalar(_) | Kind::Enum(_) => {}
            }
        }
        types.directives.values().for_each(|it| parameters(it));
        assert!(types.field("Mutation", "createCredential").is_some());
        assert!(types.field("Query", "__type").is_some() && types.directive("include").is_some());
    }

    #[tokio::test]
    async fn the_introspection_types_are_those_of_the_engine() {
        let (schema, types) = (crate::graphql::schema(), SchemaTypes::shared());
        for name in ["__Schema", "__Type", "__Field", "__InputValue", "__EnumValue", "__Directive"]
        {
            let query =
                format!("{{ __type(name: {name:?}) {{ fields {{ name args {{ name }} }} }} }}");
            let data = schema.execute(query.as_str()).await.data.into_json().expect("JSON");
            for field in data["__type"]["fields"].as_array().expect("fields") {
                let known = field["name"].as_str().and_then(|it| types.field(name, it));
                let known = known.unwrap_or_else(|| panic!("{name}: {field} is not known"));
                let known: Vec<_> = known.arguments.iter().map(|it| it.name.to_string()).collect();
                let arguments = field["args"].as_array().expect("arguments").iter();
                let arguments: Vec<_> = arguments.filter_map(|it| it["name"].as_str()).collect();
                assert_eq!(known, arguments, "{name}: {field}");
            }
        }
    }
}
