//! Values as literals and as JSON have them.

use async_graphql::indexmap::IndexMap;
use async_graphql_value::{ConstValue, Name, Number, Value};

/// A value as a literal or as JSON has it.
pub enum Given<'a, T> {
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
    /// Looks at the value.
    fn given(&self) -> Given<'_, Self>;
}

macro_rules! input {
    ($value:ident $(, $variable:ident)?) => {
        impl Input for $value {
            fn given(&self) -> Given<'_, Self> {
                match self {
                    Self::Null => Given::Null,
                    $(Self::$variable(name) => Given::Variable(name),)?
                    Self::Number(number) => Given::Number(number),
                    Self::String(text) => Given::Text(text),
                    Self::Boolean(it) => Given::Boolean(*it),
                    Self::Enum(name) => Given::Enum(name),
                    Self::List(items) => Given::List(items),
                    Self::Object(fields) => Given::Object(fields),
                    Self::Binary(_) => Given::Binary,
                }
            }
        }
    };
}

input!(Value, Variable);
input!(ConstValue);
