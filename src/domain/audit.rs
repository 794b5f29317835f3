//! Audit events: each is written in the transaction of what it tells of, and holds no secret.

use entity::{OrganizationId, audit_event};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectionTrait};

use crate::authz::{Actor, Permission};
use crate::cx::Cx;
use crate::error::Result;
use crate::page::{self, Listed, Page, PageRequest, Place};
use crate::random;

/// What was done to `target`.
pub struct Event<'a> {
    /// Where.
    pub organization: &'a OrganizationId,
    /// What: `<noun>.<verb>`.
    pub action: &'static str,
    /// To which thing, by its id.
    pub target: &'a str,
    /// What else the action needs to be understood.
    pub detail: Option<&'a str>,
}

/// Writes down that the caller did `event`.
///
/// # Errors
/// What the database answers.
pub async fn record(on: &impl ConnectionTrait, cx: &Cx, event: Event<'_>) -> Result<()> {
    let actor_id = match &cx.actor {
        Actor::Client(client) => Some(client.service_account.to_string()),
        Actor::Operator | Actor::Anonymous => None,
    };
    let row = audit_event::ActiveModel {
        id: Set(random::id()),
        organization_id: Set(event.organization.clone()),
        created_at: Set(cx.now()),
        actor_id: Set(actor_id),
        action: Set(event.action.to_owned()),
        target_id: Set(event.target.to_owned()),
        detail: Set(event.detail.map(str::to_owned)),
        request_id: Set(cx.request_id.to_string()),
    };
    row.insert(on).await?;
    Ok(())
}

/// What happened in an organization.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid` (the cursor), or what the database answers.
pub async fn list(
    cx: &Cx,
    organization: &OrganizationId,
    request: &PageRequest,
) -> Result<Page<audit_event::Model>> {
    cx.permit(Permission::AuditEventsList, organization)?;
    let select = audit_event::Entity::in_org(organization);
    let order = (audit_event::Column::CreatedAt, audit_event::Column::Id);
    page::read(cx.db(), select, order, list_name(organization), request).await
}

/// How many events [`list`] goes through.
///
/// # Errors
/// As [`list`].
pub async fn count(cx: &Cx, organization: &OrganizationId) -> Result<u64> {
    cx.permit(Permission::AuditEventsList, organization)?;
    let select = audit_event::Entity::in_org(organization);
    Ok(sea_orm::PaginatorTrait::count(select, cx.db()).await?)
}

fn list_name(organization: &OrganizationId) -> String {
    format!("audit_events/{organization}")
}

impl Listed for audit_event::Model {
    fn place(&self) -> Place<'_> {
        Place { at: self.created_at, id: self.id.as_str() }
    }
}
