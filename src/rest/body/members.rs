//! JSON documents in which each name is there once.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::error::FieldError;

/// Reads one JSON document, and the paths of the names that are there twice.
///
/// # Errors
/// The text is not one JSON document, or is nested deeper than 128 levels.
pub fn read(text: &str) -> serde_json::Result<(Value, Vec<FieldError>)> {
    let twice = RefCell::default();
    let mut from = serde_json::Deserializer::from_str(text);
    let document = At { path: "", twice: &twice }.deserialize(&mut from)?;
    from.end()?;
    Ok((document, twice.into_inner()))
}

/// A place in the document.
struct At<'a> {
    path: &'a str,
    twice: &'a RefCell<Vec<FieldError>>,
}

impl At<'_> {
    fn below(&self, name: impl fmt::Display) -> String {
        if self.path.is_empty() { name.to_string() } else { format!("{}.{name}", self.path) }
    }
}

impl<'de> DeserializeSeed<'de> for At<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for At<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let path = self.below(&name);
            let value = members.next_value_seed(At { path: &path, twice: self.twice })?;
            if map.insert(name, value).is_some() {
                let message = "must be given once".to_owned();
                self.twice.borrow_mut().push(FieldError { path, message });
            }
        }
        Ok(Value::Object(map))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            let path = self.below(list.len());
            match items.next_element_seed(At { path: &path, twice: self.twice })? {
                Some(item) => list.push(item),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
}
