//! The filter and the order of a list of audit events, in the query string.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use utoipa::IntoParams;

use super::error::Failure;
use super::list::Parameters;
use super::timestamp::Timestamp;
use crate::domain::audit::{AuditEventFilter, AuditEventSelection, EventType, Outcome};
use crate::page::SortField;

/// The filter and the order of a list of audit events. Parameters that are given must all match.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents the parameters of `Selection`")]
pub struct AuditEventParams {
    /// Names of actions, separated by commas: those of the catalogue of audit event types. Absent: any.
    #[param(
        max_length = 2000,
        pattern = "^[a-z_.]+(,[a-z_.]+)*$",
        example = "credential.create,credential.delete"
    )]
    types: Option<String>,
    /// Outcome of the attempt: `success`, `denied` or `failed`. Absent: any.
    #[param(pattern = "^(success|denied|failed)$", example = "denied")]
    outcome: Option<String>,
    /// Id of the service account that acted. Absent: any.
    #[param(max_length = 128, example = "sti0xl3pdebmarw96xyp2a9517")]
    actor_id: Option<String>,
    /// Id of the target, the resource that the action applied to. Absent: any.
    #[param(max_length = 128, example = "c8k2v0q4mzt1x7h5nw3yb6jdrp")]
    target_id: Option<String>,
    /// Id of the credential that the service account acted with. Absent: any.
    #[param(max_length = 128, example = "c8k2v0q4mzt1x7h5nw3yb6jdrp")]
    credential_id: Option<String>,
    /// Id of the request, as in its response header `X-Client-Request-ID`. Absent: any.
    #[param(max_length = 128, example = "7d1fbb1c-2f0e-4b53-9f40-5d3a0b6f2f11")]
    request_id: Option<String>,
    /// Time after which the resource was created, itself excluded. Absent: no condition.
    #[param(value_type = Option<Timestamp>)]
    created_after: Option<Timestamp>,
    /// Time before which the resource was created, itself excluded. Absent: no condition.
    #[param(value_type = Option<Timestamp>)]
    created_before: Option<Timestamp>,
    /// Field that the list is ordered by: `created_at`. Absent: `created_at`.
    #[param(pattern = "^created_at$", example = "created_at")]
    order_by: Option<String>,
    /// Direction of the order. Absent: `asc`.
    #[param(pattern = "^(asc|desc)$", example = "desc")]
    direction: Option<String>,
}

/// The names of the parameters.
pub const NAMES: [&str; 10] = [
    "types",
    "outcome",
    "actor_id",
    "target_id",
    "credential_id",
    "request_id",
    "created_after",
    "created_before",
    "order_by",
    "direction",
];

/// The selected part of a list of audit events.
pub struct Selection(pub AuditEventSelection);

impl<S: Send + Sync> FromRequestParts<S> for Selection {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut parameters = Parameters::read_list(parts, &NAMES)?;
        let filter = AuditEventFilter {
            types: types(&mut parameters),
            outcome: parameters.status("outcome", Outcome::ALL, Outcome::text),
            actor_id: parameters.text("actor_id"),
            target_id: parameters.text("target_id"),
            credential_id: parameters.text("credential_id"),
            request_id: parameters.text("request_id"),
            created: parameters.created(),
        };
        let sort = parameters.sort(&[("created_at", SortField::CreatedAt)]);
        parameters.finish()?;
        Ok(Self(AuditEventSelection { filter, sort }))
    }
}

fn types(parameters: &mut Parameters) -> Option<Vec<EventType>> {
    let names = parameters.text("types")?;
    let types = names.split(',').map(EventType::of_action).collect::<Option<Vec<_>>>();
    if types.is_none() {
        parameters.invalid("types", "must be names of actions, separated by commas");
    }
    types
}
