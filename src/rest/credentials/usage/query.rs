//! The query string that selects a range of days.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::NaiveDate;
use utoipa::IntoParams;

use crate::rest::error::Failure;
use crate::rest::list::Parameters;

/// The range of days.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents the parameters of `DayQuery`")]
pub struct DayParams {
    /// First day of the usage, in UTC: at most 89 days before `to`. Absent: 89 days before `to`.
    #[param(value_type = Option<String>, format = Date, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", example = "2026-11-01")]
    from: Option<NaiveDate>,
    /// Last day of the usage, in UTC. Absent: today.
    #[param(value_type = Option<String>, format = Date, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", example = "2026-11-25")]
    to: Option<NaiveDate>,
}

/// The query string of a range of days. Other parameters are ignored.
pub struct DayQuery {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl<S: Send + Sync> FromRequestParts<S> for DayQuery {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut parameters = Parameters::read_list(parts, &["from", "to"])?;
        let query = Self { from: parameters.date("from"), to: parameters.date("to") };
        parameters.finish()?;
        Ok(query)
    }
}
