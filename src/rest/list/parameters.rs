//! The parameters of a query string that filter and order a list.

use std::str::FromStr;

use axum::http::request::Parts;
use chrono::{DateTime, NaiveDate, Utc};

use crate::clock;
use crate::domain::filters::TimeRange;
use crate::error::{Error, Fields, Result};
use crate::page::{Sort, SortField};
use crate::rest::error::Failure;
use crate::rest::query_string;
use crate::rest::timestamp;

/// The message about a parameter that an operation does not know.
pub const UNKNOWN: &str = "is not a parameter of this operation";

/// The known parameters of a request, each at most once.
pub struct Parameters {
    values: Vec<(&'static str, String)>,
    fields: Fields,
}

impl Parameters {
    /// Reads the parameters with these names; all others are rejected, as a misspelt one would widen
    /// what the request changes.
    ///
    /// # Errors
    /// 400: a parameter is malformed, repeated or unknown.
    pub fn read(parts: &Parts, names: &[&'static str]) -> Result<Self, Failure> {
        Self::read_all(parts, names, false)
    }

    /// Reads the parameters with these names of a request that changes nothing; others are not read.
    ///
    /// # Errors
    /// 400: a parameter is malformed or repeated.
    pub fn read_list(parts: &Parts, names: &[&'static str]) -> Result<Self, Failure> {
        Self::read_all(parts, names, true)
    }

    fn read_all(
        parts: &Parts,
        names: &[&'static str],
        allows_others: bool,
    ) -> Result<Self, Failure> {
        let mut values: Vec<(&'static str, String)> = Vec::new();
        for parameter in query_string::parameters(parts) {
            let (name, value) = parameter?;
            let Some(known) = names.iter().find(|it| **it == name.as_str()) else {
                if allows_others {
                    continue;
                }
                return Err(Error::invalid(name.as_str(), UNKNOWN).into());
            };
            if values.iter().any(|(there, _)| there == known) {
                return Err(Error::invalid(*known, "must occur only once").into());
            }
            values.push((known, value.to_string()));
        }
        Ok(Self { values, fields: Fields::default() })
    }

    /// Whether a parameter is given, and was not read yet.
    pub fn has(&self, name: &str) -> bool {
        self.values.iter().any(|(there, _)| *there == name)
    }

    /// A text.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let at = self.values.iter().position(|(there, _)| *there == name)?;
        Some(self.values.swap_remove(at).1)
    }

    /// A time.
    pub fn time(&mut self, name: &'static str) -> Option<DateTime<Utc>> {
        self.parse(name, timestamp::EXPECTED, clock::parse_rfc3339)
    }

    /// A date.
    pub fn date(&mut self, name: &'static str) -> Option<NaiveDate> {
        self.parse(name, "must be a date such as 2026-11-25", clock::parse_date)
    }

    /// The range from `created_after` to `created_before`.
    pub fn created(&mut self) -> TimeRange {
        TimeRange { after: self.time("created_after"), before: self.time("created_before") }
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, name: &'static str) -> Option<bool> {
        self.parse(name, "must be true or false", |text| text.parse().ok())
    }

    /// An id.
    pub fn id<T: FromStr>(&mut self, name: &'static str, expected: &str) -> Option<T> {
        self.parse(name, expected, |text| text.parse().ok())
    }

    /// One of several values.
    pub fn choice<T: Copy>(&mut self, name: &'static str, values: &[(&str, T)]) -> Option<T> {
        let names: Vec<_> = values.iter().map(|(text, _)| *text).collect();
        let find = |text: &str| values.iter().find(|(it, _)| *it == text).map(|(_, value)| *value);
        self.parse(name, &format!("must be one of: {}", names.join(", ")), find)
    }

    /// One of several values by its name.
    pub fn status<T: Copy>(
        &mut self,
        name: &'static str,
        values: &[T],
        name_of: impl Fn(T) -> &'static str,
    ) -> Option<T> {
        let values: Vec<_> = values.iter().map(|value| (name_of(*value), *value)).collect();
        self.choice(name, &values)
    }

    /// The order by `order_by` and `direction`.
    pub fn sort(&mut self, fields: &[(&str, SortField)]) -> Sort {
        let field = self.choice("order_by", fields).unwrap_or_default();
        let descending = self.choice("direction", &[("asc", false), ("desc", true)]);
        Sort { field, descending: descending.unwrap_or_default() }
    }

    /// Adds an invalid parameter.
    pub fn invalid(&mut self, name: &'static str, expected: &str) {
        self.fields.add(name, expected);
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// `Invalid` with every invalid parameter.
    pub fn finish(self) -> Result<()> {
        self.fields.finish()
    }

    fn parse<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(name)?;
        let value = parse(&text);
        if value.is_none() {
            self.invalid(name, expected);
        }
        value
    }
}

/// Spells the fields of a filter as parameters: `filter.created_after` is `created_after`.
pub fn as_parameters(error: Error) -> Error {
    let Error::Invalid(mut fields) = error else { return error };
    for field in &mut fields {
        let path = field.path.strip_prefix("filter.").unwrap_or(&field.path);
        field.path = match path {
            "api_scope.scope" => "api_scope".to_owned(),
            path => path.to_owned(),
        };
    }
    Error::Invalid(fields)
}
