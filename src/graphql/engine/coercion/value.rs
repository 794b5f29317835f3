//! Checks a value against a type, literals and JSON alike.

use std::fmt::Display;

use async_graphql::Pos;
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{BaseType, Type};
use async_graphql_value::Name;

use super::input_value::{Input, InputValue};
use super::invalid::{InvalidInput, InvalidInputs};
use super::path::{Path, shorten};
use crate::graphql::engine::schema_types::{InputObject, Kind, Leaf, SchemaTypes};

/// A variable within a literal.
pub struct VariableUse {
    /// The name of the variable.
    pub variable: Name,
    /// The type that its place expects.
    pub ty: Type,
    /// Whether its place has a default value.
    pub has_default: bool,
    /// Its place within the input.
    pub path: String,
    /// Its place in the document.
    pub pos: Pos,
}

/// A check of values, with its findings so far.
pub struct Check<'a> {
    /// The types of the schema.
    pub types: &'a SchemaTypes,
    /// Whether values are literals: an enum value is a name there, and a string in JSON.
    pub literal: bool,
    /// The place of the value in the document.
    pub pos: Pos,
    /// The invalid inputs.
    pub found: InvalidInputs,
    /// The variables within literals.
    pub uses: Vec<VariableUse>,
}

impl<'a> Check<'a> {
    /// A check without findings.
    pub fn new(types: &'a SchemaTypes, literal: bool) -> Self {
        Self {
            types,
            literal,
            pos: Pos::default(),
            found: InvalidInputs::default(),
            uses: Vec::new(),
        }
    }

    /// Adds an invalid input.
    pub fn invalid(&mut self, path: &impl Display, message: impl Into<String>) {
        let (field, message) = (path.to_string(), message.into());
        self.found.add(InvalidInput { field, message, pos: self.pos });
    }

    /// Checks a value against the type of its place.
    pub fn value<T: Input>(&mut self, ty: &Type, has_default: bool, value: &T, at: &Path<'_>) {
        match (value.input_value(), &ty.base) {
            (InputValue::Variable(name), _) => self.uses.push(VariableUse {
                variable: name.clone(),
                ty: ty.clone(),
                has_default,
                path: at.to_string(),
                pos: self.pos,
            }),
            (InputValue::Null, _) if ty.nullable => {}
            (InputValue::Null, _) => self.invalid(at, "must not be null"),
            (InputValue::List(items), BaseType::List(of)) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(of, false, item, &Path::Item(at, index));
                }
            }
            // A single value is coerced to a list of one item.
            (_, BaseType::List(of)) => self.value(of, false, value, at),
            (value, BaseType::Named(name)) => self.named(name, &value, at),
        }
    }

    fn named<T: Input>(&mut self, name: &str, value: &InputValue<'_, T>, at: &Path<'_>) {
        let types = self.types;
        match types.kind(name) {
            Some(Kind::Scalar(scalar)) => {
                let leaf = match value {
                    InputValue::Number(number) => Some(Leaf::Number(number)),
                    InputValue::Text(text) => Some(Leaf::Text(text)),
                    InputValue::Boolean(_) => Some(Leaf::Boolean),
                    _ => None,
                };
                if !leaf.is_some_and(|leaf| (scalar.accepts)(&leaf)) {
                    self.unexpected(scalar.expected, value, at);
                }
            }
            Some(Kind::Enum(values)) => {
                let is_value = match value {
                    InputValue::Enum(value) if self.literal => values.contains(value),
                    InputValue::Text(value) if !self.literal => values.iter().any(|it| it == value),
                    _ => false,
                };
                if !is_value {
                    let names: Vec<_> = values.iter().map(Name::as_str).collect();
                    self.unexpected(&format!("one of {}", names.join(", ")), value, at);
                }
            }
            Some(Kind::Input(object)) => match value {
                InputValue::Object(fields) => self.object(name, object, fields, at),
                _ => self.unexpected("an object", value, at),
            },
            // The engine's validation rejects other types.
            Some(Kind::Output(_)) | None => {}
        }
    }

    fn object<T: Input>(
        &mut self,
        name: &str,
        object: &InputObject,
        values: &IndexMap<Name, T>,
        at: &Path<'_>,
    ) {
        for field in &object.fields {
            let path = Path::Field(at, &field.name);
            match values.get(&field.name) {
                Some(value) => self.value(&field.ty, field.has_default, value, &path),
                None if field.is_required() => self.invalid(&path, "is required"),
                None => {}
            }
        }
        for unknown in values.keys().filter(|key| !object.fields.iter().any(|it| it.name == **key))
        {
            self.invalid(&Path::Field(at, unknown), format!("is not a field of {name}"));
        }
        let single = || values.values().all(|it| !matches!(it.input_value(), InputValue::Null));
        if object.is_one_of && (values.len() != 1 || !single()) {
            self.invalid(at, "must have exactly one field, not null");
        }
    }

    fn unexpected<T>(&mut self, expected: &str, value: &InputValue<'_, T>, at: &Path<'_>) {
        let echo = match value {
            InputValue::Null => "null".to_owned(),
            InputValue::Variable(name) => format!("${name}"),
            InputValue::Number(number) => number.to_string(),
            InputValue::Text(text) => format!("{:?}", shorten(text)),
            InputValue::Boolean(it) => it.to_string(),
            InputValue::Enum(name) => shorten(name),
            InputValue::List(_) => "a list".to_owned(),
            InputValue::Object(_) => "an object".to_owned(),
            InputValue::Binary => "a file".to_owned(),
        };
        self.invalid(at, format!("must be {expected}, not {echo}"));
    }
}
