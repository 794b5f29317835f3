//! Filters and orders of lists of APIs and of their grants.

use entity::api;

use crate::domain::filters;
use crate::error::Fields;
use crate::page::{self, Key, PageItem, Position, Selection, SortField};

/// A filter and an order of APIs.
pub type ApiSelection = Selection<ApiFilter>;

/// A filter and an order of the grants of an API.
pub type ApiGrantSelection = Selection<ApiGrantFilter>;

/// A filter of APIs. An organization has at most [`super::MAX_APIS`], so their rows are filtered in
/// memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiFilter {
    /// The name or the identifier contains this text, whatever the case of the letters A to Z.
    pub query: Option<String>,
}

/// A filter of the grants of an API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiGrantFilter {
    /// A scope of the API that the service accounts hold.
    pub scope: Option<String>,
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

impl PageItem for api::Model {
    fn position(&self) -> Position<'_> {
        Position { at: self.created_at, id: self.id.as_str() }
    }

    fn key(&self, field: SortField) -> Key<'_> {
        match field {
            SortField::Name => page::name_key(&self.name),
            // APIs have no other order.
            SortField::CreatedAt | SortField::ExpiresAt | SortField::LastUsedDay => {
                Key::Time(self.created_at)
            }
        }
    }
}
