//! Audit events: each is written in the transaction of what it reports, and holds no secret.

mod facts;
mod retention;

use entity::{
    AuditEventId, OrganizationId, ServiceAccountId, TenantScoped, audit_event, service_account,
};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::authz::{Actor, Permission};
use crate::context::OpContext;
use crate::error::{Error, Result};
use crate::page::{self, Listed, Page, PageRequest, Place};
use crate::random;
use crate::store::in_list;
pub use facts::{Change, Facts};
pub use retention::delete_expired;

/// The most events that one statement records: each takes 15 of the parameters that it may have.
const AT_ONCE: usize = 1_000;

/// The kinds of actors.
pub const ACTOR_KINDS: [&str; 3] = [SERVICE_ACCOUNT, OPERATOR, ANONYMOUS];
const SERVICE_ACCOUNT: &str = "service_account";
const OPERATOR: &str = "operator";
const ANONYMOUS: &str = "anonymous";

/// An action on a target.
pub struct Event<'a> {
    /// The organization.
    pub organization: &'a OrganizationId,
    /// The action: `<noun>.<verb>`.
    pub action: &'static str,
    /// The thing that it was done to.
    pub target: Target<'a>,
    /// What else the action needs to be understood.
    pub detail: Option<&'a str>,
    /// The fields that changed.
    pub changes: Vec<Change>,
}

/// The thing that an action was done to.
pub struct Target<'a> {
    /// Its kind, in snake case.
    pub kind: &'static str,
    /// Its id.
    pub id: &'a str,
    /// Its name, if it has one.
    pub name: Option<&'a str>,
}

impl Event<'_> {
    /// The same with the fields in which the target differs from before.
    #[must_use]
    pub fn changed(self, before: Facts, after: Facts) -> Self {
        Self { changes: facts::differences(before, after), ..self }
    }
}

/// Records `event` of the caller.
///
/// # Errors
/// What the database answers.
pub async fn record(on: &impl ConnectionTrait, op: &OpContext, event: Event<'_>) -> Result<()> {
    record_all(on, op, vec![event]).await
}

/// Records several events of the caller, many in one statement.
///
/// # Errors
/// What the database answers.
pub async fn record_all(
    on: &impl ConnectionTrait,
    op: &OpContext,
    events: Vec<Event<'_>>,
) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let actor_name = match &op.actor {
        Actor::Client(client) => name_of(on, &client.organization, &client.service_account).await?,
        Actor::Operator | Actor::Anonymous => None,
    };
    let rows = events.into_iter().map(|event| row(op, actor_name.as_deref(), event));
    let rows = rows.collect::<Result<Vec<_>>>()?;
    for some in rows.chunks(AT_ONCE) {
        audit_event::Entity::insert_many(some.to_vec()).exec_without_returning(on).await?;
    }
    Ok(())
}

fn row(
    op: &OpContext,
    actor_name: Option<&str>,
    event: Event<'_>,
) -> Result<audit_event::ActiveModel> {
    let (actor_kind, client) = match &op.actor {
        Actor::Client(client) => (SERVICE_ACCOUNT, Some(client)),
        Actor::Operator => (OPERATOR, None),
        Actor::Anonymous => (ANONYMOUS, None),
    };
    let changes = (!event.changes.is_empty()).then(|| serde_json::to_string(&event.changes));
    Ok(audit_event::ActiveModel {
        id: Set(random::id()),
        organization_id: Set(event.organization.clone()),
        created_at: Set(op.now()),
        actor_kind: Set(actor_kind.to_owned()),
        actor_id: Set(client.map(|client| client.service_account.to_string())),
        actor_name: Set(actor_name.map(str::to_owned)),
        credential_id: Set(client.map(|client| client.credential.to_string())),
        client_address: Set(op.address.map(|address| address.to_string())),
        action: Set(event.action.to_owned()),
        target_kind: Set(event.target.kind.to_owned()),
        target_id: Set(event.target.id.to_owned()),
        target_name: Set(event.target.name.map(str::to_owned)),
        detail: Set(event.detail.map(str::to_owned)),
        changes: Set(changes.transpose().map_err(Error::internal)?),
        request_id: Set(op.request_id.to_string()),
    })
}

async fn name_of(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    account: &ServiceAccountId,
) -> Result<Option<String>> {
    let name = service_account::Entity::in_org(organization)
        .filter(service_account::Column::Id.eq(account.clone()))
        .select_only()
        .column(service_account::Column::Name);
    Ok(name.into_tuple().one(on).await?)
}

/// The audit events of an organization.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid` (the cursor), or what the database answers.
pub async fn list(
    op: &OpContext,
    organization: &OrganizationId,
    request: &PageRequest,
) -> Result<Page<audit_event::Model>> {
    op.permit(Permission::AuditEventsList, organization)?;
    let select = audit_event::Entity::in_org(organization);
    let order = (audit_event::Column::CreatedAt, audit_event::Column::Id);
    page::read(op.db(), select, order, list_name(organization), request).await
}

/// Those of `ids` that the caller may read.
///
/// # Errors
/// `Unauthenticated`, or what the database answers.
pub async fn by_ids(op: &OpContext, ids: Vec<AuditEventId>) -> Result<Vec<audit_event::Model>> {
    let rows = audit_event::Entity::in_org(op.tenant()?);
    let rows = rows.filter(in_list(op.db(), audit_event::Column::Id, &ids)).all(op.db()).await?;
    Ok(rows.into_iter().filter(|row| op.may(Permission::AuditEventsList, row)).collect())
}

/// The fields that an event changed.
///
/// # Errors
/// `Internal` when they cannot be read.
pub fn changes(row: &audit_event::Model) -> Result<Vec<Change>> {
    let stored = row.changes.as_deref();
    stored.map_or_else(|| Ok(Vec::new()), |it| serde_json::from_str(it).map_err(Error::internal))
}

/// How many events [`list`] goes through.
///
/// # Errors
/// As [`list`].
pub async fn count(op: &OpContext, organization: &OrganizationId) -> Result<u64> {
    op.permit(Permission::AuditEventsList, organization)?;
    let select = audit_event::Entity::in_org(organization);
    Ok(sea_orm::PaginatorTrait::count(select, op.db()).await?)
}

fn list_name(organization: &OrganizationId) -> String {
    format!("audit_events/{organization}")
}

impl Listed for audit_event::Model {
    fn place(&self) -> Place<'_> {
        Place { at: self.created_at, id: self.id.as_str() }
    }
}
