//! Lists: which page is asked for, with what, and how it is answered.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::error::Failure;
use crate::error::Error;
use crate::page::{Listed, Page, PageRequest};
use crate::server::urlencoded;

/// What an answer is to hold beyond what it always holds.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Expand {
    /// What is told in addition: `permissions`. Several by comma or repeated, with or without `[]`
    /// behind the name; what is unknown is ignored.
    #[param(value_type = Option<Vec<String>>, style = Form, explode, example = json!(["permissions"]))]
    pub expand: bool,
}

/// Which page of a list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what `ListQuery` reads")]
pub struct PageParams {
    /// The cursor to begin after: `page_info.end_cursor` of the page before.
    #[param(max_length = 255, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// The cursor to end before: `page_info.start_cursor` of the page after. Not together with
    /// `after`.
    #[param(max_length = 255, pattern = "^[A-Za-z0-9_-]+$")]
    before: Option<String>,
    /// How many items at the most.
    #[param(minimum = 1, maximum = 100, default = 50, example = 20)]
    limit: Option<u32>,
}

/// The query string of a list.
pub struct ListQuery {
    /// Which page.
    pub page: PageRequest,
    /// With what.
    pub expand: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Expand {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(Self { expand: Query::read(parts)?.expand })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ListQuery {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let Query { after, before, limit, expand } = Query::read(parts)?;
        let number = |text: String| {
            text.parse::<i64>().map_err(|_| Error::invalid("limit", "must be a whole number"))
        };
        let page = PageRequest::of_limit(limit.map(number).transpose()?, after, before)?;
        Ok(Self { page, expand })
    }
}

#[derive(Default)]
struct Query {
    after: Option<String>,
    before: Option<String>,
    limit: Option<String>,
    expand: bool,
}

impl Query {
    fn read(parts: &Parts) -> Result<Self, Failure> {
        let mut query = Self::default();
        for pair in urlencoded::pairs(parts.uri.query().unwrap_or_default().as_bytes()) {
            let (name, value) = pair.map_err(|urlencoded::Malformed(why)| {
                Failure::bad(format!("the query string does not parse: {why}"))
            })?;
            let place = match name.as_str() {
                "after" => &mut query.after,
                "before" => &mut query.before,
                "limit" => &mut query.limit,
                name => {
                    let expands = name == "expand" || name.starts_with("expand[");
                    query.expand |= expands && value.split(',').any(|it| it == "permissions");
                    continue;
                }
            };
            if place.replace(value.to_string()).is_some() {
                return Err(Failure::bad(format!("{}: must be given once", name.as_str())));
            }
        }
        Ok(query)
    }
}

/// Where a page stands in its list.
#[derive(Serialize, ToSchema)]
pub struct PageInfo {
    /// Whether there is something after this page.
    has_next_page: bool,
    /// Whether there is something before this page.
    has_prev_page: bool,
    /// The cursor of the first item, to page backward from with `before`.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_cursor: Option<String>,
    /// The cursor of the last item, to page forward from with `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_cursor: Option<String>,
}

impl PageInfo {
    /// That of a list that is one page.
    pub fn whole() -> Self {
        Self { has_next_page: false, has_prev_page: false, start_cursor: None, end_cursor: None }
    }
}

impl<T: Listed> From<&Page<T>> for PageInfo {
    fn from(page: &Page<T>) -> Self {
        Self {
            has_next_page: page.has_next,
            has_prev_page: page.has_previous,
            start_cursor: page.items.first().map(|item| page.cursor(item)),
            end_cursor: page.items.last().map(|item| page.cursor(item)),
        }
    }
}

/// A page of things, as an answer.
macro_rules! list {
    ($(#[$doc:meta])* $name:ident of $item:ident for $row:ty, $permissions:ident) => {
        $(#[$doc])*
        #[derive(serde::Serialize, utoipa::ToSchema)]
        pub struct $name {
            /// What is on this page, in order of creation.
            #[schema(max_items = 100)]
            items: Vec<$item>,
            page_info: $crate::rest::list::PageInfo,
            /// What the caller may do with the list; when it is asked for.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schema(nullable = false)]
            permissions: Option<$permissions>,
        }

        impl $name {
            /// A page of what `parent` has.
            pub fn of(
                cx: &$crate::cx::Cx,
                page: $crate::page::Page<$row>,
                parent: &impl $crate::authz::Resource,
                expand: bool,
            ) -> Self {
                Self {
                    page_info: $crate::rest::list::PageInfo::from(&page),
                    items: page.items.into_iter().map(|row| $item::of(cx, row, expand)).collect(),
                    permissions: expand.then(|| $permissions::of(cx, parent)),
                }
            }
        }
    };
}
pub(super) use list;
