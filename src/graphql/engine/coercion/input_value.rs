//! A common view of literals and JSON values.

use async_graphql::indexmap::IndexMap;
use async_graphql_value::{ConstValue, Name, Number, Value};

/// A literal or a JSON value.
pub enum InputValue<'a, T> {
    Null,
    Variable(&'a Name),
    Number(&'a Number),
    Text(&'a str),
    Boolean(bool),
    Enum(&'a Name),
    List(&'a [T]),
    Object(&'a IndexMap<Name, T>),
    Binary,
}

/// A kind of value that can be checked.
pub trait Input: Sized {
    /// The common view.
    fn input_value(&self) -> InputValue<'_, Self>;
}

macro_rules! input {
    ($value:ident $(, $variable:ident)?) => {
        impl Input for $value {
            fn input_value(&self) -> InputValue<'_, Self> {
                match self {
                    Self::Null => InputValue::Null,
                    $(Self::$variable(name) => InputValue::Variable(name),)?
                    Self::Number(number) => InputValue::Number(number),
                    Self::String(text) => InputValue::Text(text),
                    Self::Boolean(it) => InputValue::Boolean(*it),
                    Self::Enum(name) => InputValue::Enum(name),
                    Self::List(items) => InputValue::List(items),
                    Self::Object(fields) => InputValue::Object(fields),
                    Self::Binary(_) => InputValue::Binary,
                }
            }
        }
    };
}

input!(Value, Variable);
input!(ConstValue);
