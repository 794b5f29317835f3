//! Timestamps in bodies.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{Object, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::clock;

/// The form of a date and time, in errors.
pub const EXPECTED: &str = "must be an RFC 3339 date-time such as 2026-11-25T08:00:00Z";

/// A date and time: RFC 3339, with any offset in requests, in UTC with microseconds in responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp(pub DateTime<Utc>);

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&clock::to_rfc3339(self.0))
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let at = clock::parse_rfc3339(&Cow::<'_, str>::deserialize(deserializer)?);
        at.map(Self).ok_or_else(|| D::Error::custom(EXPECTED))
    }
}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        let date_time = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        let object: Object = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(date_time))
            .max_length(Some(64))
            .description(Some(
                "Date and time (RFC 3339). Responses use UTC with microseconds and `Z`; requests may use any offset.",
            ))
            .examples([serde_json::json!("2026-11-25T08:00:00.123456Z")])
            .build();
        RefOr::T(object.into())
    }
}

impl ToSchema for Timestamp {}
