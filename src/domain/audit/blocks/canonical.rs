//! The canonical form of an event, from which its digest is computed.

use std::collections::BTreeMap;

use entity::audit_event;
use sea_orm::{Iden, Iterable, ModelTrait, Value};
use serde_json::json;

use super::super::log::PositionedEvent;
use crate::clock;
use crate::error::{Error, Result};

/// One line of JSON: the position and all columns, sorted by name. Columns without a value are left
/// out, so that a nullable column that a later version adds does not change older events.
///
/// # Errors
/// `Internal`: a column has a type without a canonical form.
pub fn line(entry: &PositionedEvent) -> Result<String> {
    let mut members = BTreeMap::from([("position".to_owned(), json!(entry.position))]);
    for column in audit_event::Column::iter() {
        if let Some(value) = value(entry.event.get(column))? {
            members.insert(column.to_string(), value);
        }
    }
    Ok(serde_json::to_string(&members).map_err(Error::internal)? + "\n")
}

fn value(value: Value) -> Result<Option<serde_json::Value>> {
    Ok(match value {
        Value::String(text) => text.map(|text| json!(text)),
        Value::Int(number) => number.map(|number| json!(number)),
        Value::BigInt(number) => number.map(|number| json!(number)),
        Value::ChronoDateTimeUtc(at) => at.map(|at| json!(clock::to_rfc3339(at))),
        other => return Err(Error::internal(format!("no canonical form of {other:?}"))),
    })
}
