//! Parts of the filters of lists that several nouns share.

use chrono::{DateTime, Datelike, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, DbBackend};

use crate::error::Fields;

/// The maximum number of characters of a search text.
pub const MAX_QUERY: usize = 100;

/// The length of a client id.
const CLIENT_ID: usize = 21;

/// Validates a search text: 1 to 100 characters without control characters.
pub fn validate_query(fields: &mut Fields, query: Option<&str>) {
    let Some(query) = query else { return };
    if !(1..=MAX_QUERY).contains(&query.chars().count()) {
        fields.add("filter.query", format!("must be 1 to {MAX_QUERY} characters"));
    } else if query.chars().any(char::is_control) {
        fields.add("filter.query", "must not contain control characters");
    }
}

/// Validates a client id by its form, so that a typing error is no empty list.
pub fn validate_client_id(fields: &mut Fields, client_id: Option<&str>) {
    if client_id.is_some_and(|id| !is_client_id(id)) {
        fields.add("filter.client_id", "must be 21 characters of A-Z, a-z and 0-9");
    }
}

/// Whether a text has the form of a client id.
#[must_use]
pub fn is_client_id(text: &str) -> bool {
    text.len() == CLIENT_ID && text.bytes().all(|it| it.is_ascii_alphanumeric())
}

/// Whether a text has the form of a role's label, as an id has, too.
#[must_use]
pub fn is_role_label(text: &str) -> bool {
    let is_valid =
        |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, b'-' | b'_');
    (1..=63).contains(&text.len()) && text.bytes().all(is_valid)
}

/// A range of times, both ends excluded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeRange {
    /// Later than this time.
    pub after: Option<DateTime<Utc>>,
    /// Earlier than this time.
    pub before: Option<DateTime<Utc>>,
}

impl TimeRange {
    /// Validates that a time can lie in it.
    pub fn validate(&self, fields: &mut Fields) {
        if let (Some(after), Some(before)) = (self.after, self.before)
            && before <= after
        {
            fields.add("filter.created_before", "must be later than the start of the range");
        }
        validate_time(fields, "filter.created_after", self.after);
        validate_time(fields, "filter.created_before", self.before);
    }

    /// Whether a time lies in it.
    #[must_use]
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        self.after.is_none_or(|after| at > after) && self.before.is_none_or(|before| at < before)
    }

    /// The condition on a column.
    #[must_use]
    pub fn condition(&self, column: impl ColumnTrait) -> Condition {
        Condition::all()
            .add_option(self.after.map(|after| column.gt(after)))
            .add_option(self.before.map(|before| column.lt(before)))
    }
}

/// Validates that both databases can compare a time.
pub fn validate_time(fields: &mut Fields, path: &'static str, at: Option<DateTime<Utc>>) {
    if at.is_some_and(|at| !(1..=9_999).contains(&at.year())) {
        fields.add(path, "must be in the years 1 to 9999");
    }
}

/// Validates a time since which something has not happened: a later one than `now` would select all.
pub fn validate_since(
    fields: &mut Fields,
    path: &'static str,
    since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) {
    if since.is_some_and(|since| since > now) {
        fields.add(path, "must not be in the future");
    } else {
        validate_time(fields, path, since);
    }
}

/// Whether the column `scopes` of a table, separated by spaces, lists a scope.
#[must_use]
pub fn lists_scope(backend: DbBackend, table: &'static str, scope: &str) -> SimpleExpr {
    let listed = Expr::cust(format!(r#"' ' || "{table}"."scopes" || ' '"#));
    has_part(backend, listed, format!(" {scope} "))
}

/// Whether a text contains a part. A function, not LIKE: neither `%` nor `_` has a meaning.
#[must_use]
pub fn has_part(backend: DbBackend, text: SimpleExpr, part: String) -> SimpleExpr {
    let position = if backend == DbBackend::Sqlite { "instr" } else { "strpos" };
    Expr::expr(Func::cust(position).arg(text).arg(part)).gt(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use chrono::TimeDelta;

    #[test]
    fn filters_that_match_nothing_by_their_form_are_invalid() {
        let mut fields = Fields::default();
        validate_query(&mut fields, Some(&"é".repeat(100)));
        validate_client_id(&mut fields, Some("0123456789ABCDEFabcde"));
        let now = Clock::System.now();
        let later = now + TimeDelta::microseconds(1);
        TimeRange { after: Some(now), before: Some(later) }.validate(&mut fields);
        assert!(fields.finish().is_ok());
        for query in ["", "a\0", &"é".repeat(101)] {
            let mut fields = Fields::default();
            validate_query(&mut fields, Some(query));
            assert!(fields.finish().is_err(), "{query:?}");
        }
        let mut fields = Fields::default();
        TimeRange { after: Some(now), before: Some(now) }.validate(&mut fields);
        validate_client_id(&mut fields, Some("%"));
        let invalid = fields.finish().expect_err("two invalid inputs").to_string();
        assert!(invalid.contains("created_before") && invalid.contains("client_id"), "{invalid}");
    }
}
