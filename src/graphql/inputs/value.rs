//! One value against one type, literals and JSON alike.

use std::fmt::Display;

use async_graphql::Pos;
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{BaseType, Type};
use async_graphql_value::Name;

use super::given::{Given, Input};
use super::path::{Path, short};
use super::scalars::Leaf;
use super::types::{InputObject, Kind, Types};
use super::{Found, Invalid};

/// A variable within a literal.
pub struct Use {
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

/// A check of values, and what it has found so far.
pub struct Check<'a> {
    /// The types of the schema.
    pub types: &'a Types,
    /// Whether values are literals: an enum value is a name there, and a string in JSON.
    pub literal: bool,
    /// The place of the value in the document.
    pub pos: Pos,
    /// The invalid inputs.
    pub found: Found,
    /// The variables within literals.
    pub uses: Vec<Use>,
}

impl<'a> Check<'a> {
    /// A check that has found nothing yet.
    pub fn new(types: &'a Types, literal: bool) -> Self {
        Self { types, literal, pos: Pos::default(), found: Found::default(), uses: Vec::new() }
    }

    /// Adds an invalid input.
    pub fn invalid(&mut self, path: &impl Display, message: impl Into<String>) {
        let (field, message) = (path.to_string(), message.into());
        self.found.add(Invalid { field, message, pos: self.pos });
    }

    /// Checks a value against the type of its place.
    pub fn value<T: Input>(&mut self, ty: &Type, has_default: bool, value: &T, at: &Path<'_>) {
        match (value.given(), &ty.base) {
            (Given::Variable(name), _) => self.uses.push(Use {
                variable: name.clone(),
                ty: ty.clone(),
                has_default,
                path: at.to_string(),
                pos: self.pos,
            }),
            (Given::Null, _) if ty.nullable => {}
            (Given::Null, _) => self.invalid(at, "must not be null"),
            (Given::List(items), BaseType::List(of)) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(of, false, item, &Path::Item(at, index));
                }
            }
            // A single value stands for a list of one.
            (_, BaseType::List(of)) => self.value(of, false, value, at),
            (given, BaseType::Named(name)) => self.named(name, &given, at),
        }
    }

    fn named<T: Input>(&mut self, name: &str, given: &Given<'_, T>, at: &Path<'_>) {
        let types = self.types;
        match types.kind(name) {
            Some(Kind::Scalar(scalar)) => {
                let leaf = match given {
                    Given::Number(number) => Some(Leaf::Number(number)),
                    Given::Text(text) => Some(Leaf::Text(text)),
                    Given::Boolean(_) => Some(Leaf::Boolean),
                    _ => None,
                };
                if !leaf.is_some_and(|leaf| (scalar.accepts)(&leaf)) {
                    self.unexpected(scalar.expected, given, at);
                }
            }
            Some(Kind::Enum(values)) => {
                let is_value = match given {
                    Given::Enum(value) if self.literal => values.contains(value),
                    Given::Text(value) if !self.literal => values.iter().any(|it| it == value),
                    _ => false,
                };
                if !is_value {
                    let names: Vec<_> = values.iter().map(Name::as_str).collect();
                    self.unexpected(&format!("one of {}", names.join(", ")), given, at);
                }
            }
            Some(Kind::Input(object)) => match given {
                Given::Object(fields) => self.object(name, object, fields, at),
                _ => self.unexpected("an object", given, at),
            },
            // The engine's validation refuses what is no input type.
            Some(Kind::Output(_)) | None => {}
        }
    }

    fn object<T: Input>(
        &mut self,
        name: &str,
        object: &InputObject,
        given: &IndexMap<Name, T>,
        at: &Path<'_>,
    ) {
        for field in &object.fields {
            let path = Path::Field(at, &field.name);
            match given.get(&field.name) {
                Some(value) => self.value(&field.ty, field.has_default, value, &path),
                None if field.is_required() => self.invalid(&path, "is required"),
                None => {}
            }
        }
        for unknown in given.keys().filter(|key| !object.fields.iter().any(|it| it.name == **key)) {
            self.invalid(&Path::Field(at, unknown), format!("is not a field of {name}"));
        }
        let single = || given.values().all(|it| !matches!(it.given(), Given::Null));
        if object.in_list && (given.len() != 1 || !single()) {
            self.invalid(at, "must have exactly one field, which is not null");
        }
    }

    fn unexpected<T>(&mut self, expected: &str, given: &Given<'_, T>, at: &Path<'_>) {
        let echo = match given {
            Given::Null => "null".to_owned(),
            Given::Variable(name) => format!("${name}"),
            Given::Number(number) => number.to_string(),
            Given::Text(text) => format!("{:?}", short(text)),
            Given::Boolean(it) => it.to_string(),
            Given::Enum(name) => short(name),
            Given::List(_) => "a list".to_owned(),
            Given::Object(_) => "an object".to_owned(),
            Given::Binary => "a file".to_owned(),
        };
        self.invalid(at, format!("must be {expected}, not {echo}"));
    }
}
