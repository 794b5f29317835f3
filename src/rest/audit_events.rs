//! Audit events of an organization.

mod export;

use axum::Json;
use axum::response::{IntoResponse, Response};
use entity::{AuditEventId, OrganizationId, audit_event};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

pub use export::AuditLogLine;
use export::MaybeExport;

use super::audit_event_types::action;
use super::audit_events_selection::{AuditEventParams, Selection};
use super::list::{Expand, ListQuery, PageInfo, PageParams, as_parameters, list};
use super::paths::OrganizationPath;
use super::permissions::AuditEventPermissions;
use super::responses::{CommonErrors, forbidden, invalid};
use super::timestamp::Timestamp;
use crate::context::OpContext;
use crate::domain::audit::{self, EventReason, Outcome};
use crate::domain::organizations;
use crate::error::Result;
use crate::http::openapi::enumeration;

/// A record of an attempt in an organization. A success is written in the transaction of its action;
/// equal attempts that were denied or failed are written together, within a minute.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "a4n8x2w6q0f5k9t3z7v1c0m4bd",
    "created_at": "2026-11-25T08:00:00.123456Z",
    "action": "credential.update",
    "outcome": "success",
    "count": 1,
    "actor_kind": "service_account",
    "actor_id": "sti0xl3pdebmarw96xyp2a9517",
    "actor_name": "Nightly export",
    "credential_id": "cz91n5b7vkq3w0m8x2t4y6hjdr",
    "client_address": "10.1.2.3",
    "target_kind": "credential",
    "target_id": "c8k2v0q4mzt1x7h5nw3yb6jdrp",
    "target_name": "Production",
    "changes": [{ "field": "name", "old_value": "Staging", "new_value": "Production" }],
    "request_id": "7d1fbb1c-2f0e-4b53-9f40-5d3a0b6f2f11",
}))]
pub struct AuditEvent {
    /// Id of the audit event.
    #[schema(value_type = String, pattern = "^a[a-z0-9]{25}$", example = "a4n8x2w6q0f5k9t3z7v1c0m4bd")]
    id: AuditEventId,
    /// Time of creation. The event and its action share this time; for several attempts, it is the time of
    /// the last one.
    created_at: Timestamp,
    #[schema(schema_with = action)]
    action: String,
    #[schema(schema_with = outcome)]
    outcome: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = reason, required = false)]
    reason: Option<String>,
    /// Number of equal attempts within a minute that the event stands for: 1 for a success.
    #[schema(minimum = 1, example = 1)]
    count: i64,
    #[schema(schema_with = actor_kind)]
    actor_kind: String,
    /// Id of the service account that acted. Absent for other kinds of actors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "sti0xl3pdebmarw96xyp2a9517")]
    actor_id: Option<String>,
    /// Name of the service account at the time of the action. Absent for other kinds of actors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Nightly export")]
    actor_name: Option<String>,
    /// Id of the credential that the service account acted with. Absent for other kinds of actors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "c8k2v0q4mzt1x7h5nw3yb6jdrp")]
    credential_id: Option<String>,
    /// IP address of the client, or its network for failed authentication: a /24 of IPv4 or a /48 of IPv6.
    /// Absent for the operator of the server, and for sums over several clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "10.1.2.3")]
    client_address: Option<String>,
    /// Kind of the target in snake case, such as `credential`.
    #[schema(example = "credential")]
    target_kind: String,
    /// Id of the target, the resource that the action applied to.
    #[schema(example = "c8k2v0q4mzt1x7h5nw3yb6jdrp")]
    target_id: String,
    /// Name of the target at the time of the action. Absent if the target has no name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Production")]
    target_name: Option<String>,
    /// Changed fields with their values before and after; never a secret. Of an attempt that was denied
    /// or failed: only the role that was to be granted or revoked; empty for other attempts.
    changes: Vec<AuditChange>,
    /// Detail of the action, such as the label of the granted role, the missing permission or the reason of
    /// a conflict. Absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "org_viewer")]
    detail: Option<String>,
    /// Id of the request, the first one of several attempts, as in its response header `X-Client-Request-ID`.
    #[schema(example = "7d1fbb1c-2f0e-4b53-9f40-5d3a0b6f2f11")]
    request_id: String,
}

fn outcome() -> Object {
    let outcomes = Outcome::ALL.iter().map(|outcome| outcome.text());
    enumeration("Outcome of the attempt.", outcomes, Outcome::Success.text())
}

fn reason() -> Object {
    let about = "Reason of an attempt that was denied or failed. Absent for a success.";
    let reasons = EventReason::ALL.iter().map(|reason| reason.text());
    enumeration(about, reasons, EventReason::MissingPermission.text())
}

fn actor_kind() -> Object {
    let about = "Kind of the actor: a service account, the operator on the command line of the server, or an unauthenticated caller.";
    enumeration(about, audit::ACTOR_KINDS, "service_account")
}

/// The change of one field.
#[derive(Serialize, ToSchema)]
struct AuditChange {
    /// Name of the changed field, in snake case.
    #[schema(example = "name")]
    field: String,
    /// Value before the change. Absent if there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Staging")]
    old_value: Option<String>,
    /// Value after the change. Absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Production")]
    new_value: Option<String>,
}

impl AuditEvent {
    fn of(row: audit_event::Model) -> Result<Self> {
        let changes = audit::changes(&row)?.into_iter();
        let change = |audit::Change { field, old, new }| AuditChange {
            field,
            old_value: old,
            new_value: new,
        };
        Ok(Self {
            changes: changes.map(change).collect(),
            id: row.id,
            created_at: Timestamp(row.created_at),
            action: row.action,
            outcome: row.outcome,
            reason: row.reason,
            count: row.event_count,
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            credential_id: row.credential_id,
            client_address: row.client_address,
            target_kind: row.target_kind,
            target_id: row.target_id,
            target_name: row.target_name,
            detail: row.detail,
            request_id: row.request_id,
        })
    }
}

/// An audit event with its organization, as a line.
#[derive(Serialize)]
struct Line {
    organization_id: OrganizationId,
    #[serde(flatten)]
    event: AuditEvent,
}

/// The event as a line of JSON with its line break, as in responses, with `organization_id` in addition;
/// `None` if the stored changes are invalid.
pub fn line(row: audit_event::Model) -> Option<Vec<u8>> {
    let line =
        Line { organization_id: row.organization_id.clone(), event: AuditEvent::of(row).ok()? };
    let mut line = serde_json::to_vec(&line).ok()?;
    line.push(b'\n');
    Some(line)
}

list! {
    /// A page of the audit events of an organization.
    AuditEventList of AuditEvent, AuditEventPermissions
}

/// List the audit events of an organization
///
/// A page of audit events in order of creation, oldest first unless `direction` is given. A cursor is valid
/// with the filter and the order that it was returned with.
///
/// With `Accept: application/x-ndjson` and the permission `audit_events:export`: all events after the
/// cursor `after` of an earlier line, one JSON object per line, in the order in which they were
/// committed; the other parameters must be absent. An event that is committed late follows those before
/// it, so that an export that continues after the last cursor misses no event and repeats none. The last
/// line of a complete export is `{"cursor": "…", "complete": true}`; a body without it was cut off and
/// continues after its last cursor.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/audit-events", tag = "Organizations",
    params(OrganizationPath, PageParams, AuditEventParams, Expand),
    responses((status = 200, description = "A page of audit events.", content((AuditEventList = "application/json"), (AuditLogLine = "application/x-ndjson"))), CommonErrors, OrganizationPath, forbidden::AuditEventsList, invalid::PageQuery),
)]
pub async fn list_audit_events(
    op: OpContext,
    at: OrganizationPath,
    MaybeExport(export): MaybeExport,
    query: ListQuery,
    Selection(selection): Selection,
) -> super::error::Result<Response> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    if let Some(request) = export {
        let organization = organization.clone();
        return Ok(export::export(op, organization, request).await?);
    }
    let page = audit::find(&op, organization, &selection, &query.page).await;
    let page = page.map_err(as_parameters)?;
    let page_info = PageInfo::from(&page);
    let items = page.items.into_iter().map(AuditEvent::of).collect::<Result<_>>()?;
    let list = || AuditEventPermissions::of(&op, organization);
    let permissions = query.expand.permissions.then(list);
    Ok(Json(AuditEventList { items, page_info, permissions }).into_response())
}
