//! Scalars of the schema.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{NaiveDate, Utc};

use crate::clock;

/// A point in time.
#[derive(Clone, Copy, Debug)]
pub struct DateTime(pub chrono::DateTime<Utc>);

/// A calendar date.
#[derive(Clone, Copy, Debug)]
pub struct Date(pub NaiveDate);

/// Calendar date as an RFC 3339 `full-date` string, such as `2026-11-25`, in the years 0001 to 9999.
#[Scalar(name = "Date", specified_by_url = "https://scalars.graphql.org/andimarek/local-date.html")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let date = if let Value::String(text) = &value { clock::parse_date(text) } else { None };
        date.map(Self).ok_or_else(|| InputValueError::custom("must be a date, such as 2026-11-25"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// Date and time as an RFC 3339 string. Output is in UTC with six fractional digits and `Z`, such
/// as `2026-11-25T08:00:00.123456Z`. Input may have any offset and up to nine fractional digits,
/// which are truncated to six, in the years 0001 to 9999.
#[Scalar(
    name = "DateTime",
    specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html"
)]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let at = if let Value::String(text) = &value { clock::parse_rfc3339(text) } else { None };
        at.map(Self).ok_or_else(|| InputValueError::custom("must be an RFC 3339 date and time"))
    }

    fn to_value(&self) -> Value {
        Value::String(clock::to_rfc3339(self.0))
    }
}
