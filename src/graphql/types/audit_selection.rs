//! Filter and order of lists of audit events, as inputs.

use async_graphql::{Enum, InputObject};

use super::audit_enums::{AuditEventType, AuditOutcome};
use super::scalars::DateTime;
use super::selection::{OrderDirection, range, sort};
use crate::domain::audit::{AuditEventFilter as Events, AuditEventSelection};
use crate::page::SortField;

/// Fields that lists of audit events are ordered by; audit events of one time are in the order of
/// their IDs.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum AuditEventOrderField {
    /// Time of creation.
    CreatedAt,
}

/// Order of a list of audit events.
#[derive(InputObject)]
pub struct AuditEventOrder {
    /// Field that the list is ordered by.
    field: AuditEventOrderField,
    /// Direction of the order.
    direction: OrderDirection,
}

/// Filter of audit events: all parts that are not null must match.
#[derive(InputObject)]
pub struct AuditEventFilter {
    /// Types of the audit events; at least one.
    types: Option<Vec<AuditEventType>>,
    /// Outcome of the attempt.
    outcome: Option<AuditOutcome>,
    /// ID of the service account that acted.
    actor_id: Option<String>,
    /// ID of the target, the object that the action applied to.
    target_id: Option<String>,
    /// ID of the credential that the service account acted with.
    credential_id: Option<String>,
    /// ID of the request, as in its response header `X-Client-Request-ID`.
    request_id: Option<String>,
    /// Time after which the object was created, itself excluded.
    created_after: Option<DateTime>,
    /// Time before which the object was created, itself excluded.
    created_before: Option<DateTime>,
}

impl From<AuditEventFilter> for Events {
    fn from(filter: AuditEventFilter) -> Self {
        Self {
            types: filter.types.map(|types| types.into_iter().map(|it| it.0).collect()),
            outcome: filter.outcome.map(|it| it.0),
            actor_id: filter.actor_id,
            target_id: filter.target_id,
            credential_id: filter.credential_id,
            request_id: filter.request_id,
            created: range(filter.created_after, filter.created_before),
        }
    }
}

/// The selection of audit events by these arguments.
pub fn of_audit_events(
    filter: Option<AuditEventFilter>,
    order: Option<AuditEventOrder>,
) -> AuditEventSelection {
    let sort =
        order.map(|AuditEventOrder { field: AuditEventOrderField::CreatedAt, direction }| {
            sort(SortField::CreatedAt, direction)
        });
    let filter = filter.map(Events::from).unwrap_or_default();
    AuditEventSelection { filter, sort: sort.unwrap_or_default() }
}
