//! Lists: the page that is requested, and the response with it.

mod page;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use utoipa::IntoParams;

pub(super) use page::list;
pub use page::{OnlyPageInfo, PageInfo};

use super::error::Failure;
use crate::error::Error;
use crate::http::form_encoding;
use crate::page::PageRequest;

/// The optional parts of a response.
#[derive(Clone, Copy, Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Expand {
    /// Optional parts to add: `permissions`, and `usage` on credentials. Several are separated by
    /// commas or repeated, with or without `[]` after the name; unknown values are ignored.
    #[param(
        rename = "expand",
        value_type = Option<Vec<String>>,
        style = Form,
        explode,
        example = json!(["permissions"])
    )]
    pub permissions: bool,
    /// Whether usage was asked for.
    #[param(ignore)]
    pub usage: bool,
}

/// The page of a list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what `ListQuery` reads")]
pub struct PageParams {
    /// Cursor to start after: `page_info.end_cursor` of the previous page.
    #[param(max_length = 255, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// Cursor to end before: `page_info.start_cursor` of the next page. Not together with `after`.
    #[param(max_length = 255, pattern = "^[A-Za-z0-9_-]+$")]
    before: Option<String>,
    /// Maximum number of items: 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 50, example = 20)]
    limit: Option<u32>,
}

/// The query string of a list.
pub struct ListQuery {
    /// The page.
    pub page: PageRequest,
    /// The optional parts.
    pub expand: Expand,
}

impl<S: Send + Sync> FromRequestParts<S> for Expand {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(Query::read(parts)?.expand)
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
    expand: Expand,
}

impl Query {
    fn read(parts: &Parts) -> Result<Self, Failure> {
        let mut query = Self::default();
        for pair in form_encoding::pairs(parts.uri.query().unwrap_or_default().as_bytes()) {
            let (name, value) = pair.map_err(|form_encoding::Malformed(why)| {
                Failure::bad(format!("the query string does not parse: {why}"))
            })?;
            let place = match name.as_str() {
                "after" => &mut query.after,
                "before" => &mut query.before,
                "limit" => &mut query.limit,
                name => {
                    if name == "expand" || name.starts_with("expand[") {
                        query.expand.permissions |= value.split(',').any(|it| it == "permissions");
                        query.expand.usage |= value.split(',').any(|it| it == "usage");
                    }
                    continue;
                }
            };
            if place.replace(value.to_string()).is_some() {
                return Err(Error::invalid(name.as_str(), "must be given once").into());
            }
        }
        Ok(query)
    }
}
