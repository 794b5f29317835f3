//! Filters of lists of APIs.

use entity::api;

use crate::domain::filters;
use crate::error::Fields;

/// A filter of APIs. An organization has at most [`super::MAX_APIS`], so their rows are filtered in
/// memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiFilter {
    /// The name or the identifier contains this text, whatever the case of the letters A to Z.
    pub query: Option<String>,
}

impl ApiFilter {
    /// Validates the parts.
    pub fn validate(&self, fields: &mut Fields) {
        filters::validate_query(fields, self.query.as_deref());
    }

    /// Whether an API matches.
    #[must_use]
    pub fn matches(&self, row: &api::Model) -> bool {
        let Some(query) = self.query.as_deref().map(str::to_ascii_lowercase) else { return true };
        [&row.name, &row.identifier].iter().any(|text| text.to_ascii_lowercase().contains(&query))
    }
}
