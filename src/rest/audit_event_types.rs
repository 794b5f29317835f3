//! The catalogue of audit event types.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use super::error::Result;
use super::list::list;
use super::paths::OrganizationPath;
use super::responses::CommonErrors;
use crate::context::OpContext;
use crate::domain::audit::{self, EventType};
use crate::domain::organizations;
use crate::http::openapi::enumeration;

/// A type of audit events.
#[derive(Serialize, ToSchema)]
pub struct AuditEventType {
    #[schema(schema_with = action)]
    action: &'static str,
    /// Meaning of the event type in one sentence.
    #[schema(example = "A credential was created.")]
    meaning: &'static str,
    /// Kind of the target in snake case, such as `credential`.
    #[schema(example = "credential")]
    target_kind: &'static str,
}

/// The schema of an action.
pub fn action() -> Object {
    let about = "Name of the action: a noun and a verb, separated by a dot.";
    let actions = EventType::ALL.iter().map(|event| event.action());
    enumeration(about, actions, EventType::CredentialUpdate.action())
}

impl From<&EventType> for AuditEventType {
    fn from(event: &EventType) -> Self {
        Self {
            action: event.action(),
            meaning: event.description(),
            target_kind: event.target_kind(),
        }
    }
}

list! {
    /// The catalogue of audit event types, on one page.
    AuditEventTypeList of AuditEventType
}

/// List the types of audit events
///
/// All types of audit events that this version records, on one page.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/audit-event-types", tag = "Organizations",
    params(OrganizationPath),
    responses((status = 200, description = "All types of audit events.", body = AuditEventTypeList), CommonErrors, OrganizationPath),
)]
pub async fn list_audit_event_types(
    op: OpContext,
    at: OrganizationPath,
) -> Result<Json<AuditEventTypeList>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    Ok(Json(audit::event_types(&op, organization)?.iter().map(AuditEventType::from).collect()))
}
