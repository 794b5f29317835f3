//! Lists: the query string that selects a page, and the page in the response.

mod page;
mod parameters;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use utoipa::IntoParams;

pub(super) use page::list;
pub use page::{OnlyPageInfo, PageInfo};
pub use parameters::{Parameters, UNKNOWN, as_parameters};

use super::error::Failure;
use super::query_string;
use crate::error::Error;
use crate::page::PageRequest;

/// The optional members of a response.
#[derive(Clone, Copy, Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Expand {
    /// Optional members to include: `permissions`, `status` of service accounts and credentials, `usage`
    /// and `replaces` of credentials. Several values are
    /// separated by commas, or the parameter is repeated, as `expand` or `expand[]`. Unknown values are
    /// ignored. Absent: none.
    #[param(
        rename = "expand",
        value_type = Option<Vec<String>>,
        style = Form,
        explode,
        example = json!(["permissions"])
    )]
    pub permissions: bool,
    /// True if usage is requested.
    #[param(ignore)]
    pub usage: bool,
    /// True if the status is requested.
    #[param(ignore)]
    pub status: bool,
    /// True if the replaced credential is requested.
    #[param(ignore)]
    pub replaces: bool,
}

/// The page of a list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents the parameters of `ListQuery`")]
pub struct PageParams {
    /// Cursor that the page starts after: `page_info.end_cursor` of the previous page. Absent: the page
    /// starts at the first item.
    #[param(max_length = 255, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// Cursor that the page ends before: `page_info.start_cursor` of the following page. Cannot be
    /// combined with `after`.
    #[param(max_length = 255, pattern = "^[A-Za-z0-9_-]+$")]
    before: Option<String>,
    /// Maximum number of items on the page: 1 to 100. Absent: 50.
    #[param(minimum = 1, maximum = 100, default = 50, example = 20)]
    limit: Option<u32>,
}

/// The query string of a list.
pub struct ListQuery {
    /// The requested page.
    pub page: PageRequest,
    /// The optional members.
    pub expand: Expand,
}

impl Expand {
    /// Adds a member; unknown ones are ignored.
    fn add(&mut self, name: &str) {
        match name {
            "permissions" => self.permissions = true,
            "usage" => self.usage = true,
            "status" => self.status = true,
            "replaces" => self.replaces = true,
            _ => {}
        }
    }
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
            text.parse::<i64>().map_err(|_| Error::invalid("limit", "must be an integer"))
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
        for parameter in query_string::parameters(parts) {
            let (name, value) = parameter?;
            let parameter = match name.as_str() {
                "after" => &mut query.after,
                "before" => &mut query.before,
                "limit" => &mut query.limit,
                name => {
                    if name == "expand" || name.starts_with("expand[") {
                        value.split(',').for_each(|it| query.expand.add(it));
                    }
                    continue;
                }
            };
            if parameter.replace(value.to_string()).is_some() {
                return Err(Error::invalid(name.as_str(), "must occur only once").into());
            }
        }
        Ok(query)
    }
}
