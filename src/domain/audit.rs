//! Audit events. Each is written in the transaction of its change, and contains no secret.

pub mod blocks;
mod list;
pub mod log;
mod retention;
mod snapshot;
mod subscription;

use entity::{
    AuditEventId, OrganizationId, ServiceAccountId, TenantScoped, audit_event, audit_pending,
    service_account,
};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::authz::Actor;
use crate::context::OpContext;
use crate::error::{Error, Result};
use crate::random;
pub use list::{by_ids, changes, count, list};
pub use retention::delete_expired;
pub use snapshot::{Change, Snapshot};
pub use subscription::{LogFilter, LogSubscription};

/// The maximum number of events per statement: each binds 15 of its limited parameters.
const BATCH_SIZE: usize = 1_000;

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
    /// The target of the action.
    pub target: Target<'a>,
    /// A detail that the action and the changes do not show.
    pub detail: Option<&'a str>,
    /// The fields that changed.
    pub changes: Vec<Change>,
}

/// The target of an action.
pub struct Target<'a> {
    /// Its kind, in snake case.
    pub kind: &'static str,
    /// Its id.
    pub id: &'a str,
    /// Its name, if it has one.
    pub name: Option<&'a str>,
}

impl Event<'_> {
    /// Adds the fields of the target that changed.
    #[must_use]
    pub fn changed(self, before: Snapshot, after: Snapshot) -> Self {
        Self { changes: snapshot::differences(before, after), ..self }
    }
}

/// Records an event in the transaction `on`, with the caller as its actor.
///
/// # Errors
/// The database does not respond.
pub async fn record(on: &impl ConnectionTrait, op: &OpContext, event: Event<'_>) -> Result<()> {
    record_all(on, op, vec![event]).await
}

/// Records several events in the transaction `on`, with the caller as their actor, in batches.
///
/// # Errors
/// The database does not respond.
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
    let rows = events.into_iter().map(|event| {
        let id: AuditEventId = random::id();
        let pending = audit_pending::ActiveModel { event_id: Set(id.clone()) };
        Ok((row(op, id, actor_name.as_deref(), event)?, pending))
    });
    let (rows, pending): (Vec<_>, Vec<_>) = rows.collect::<Result<Vec<_>>>()?.into_iter().unzip();
    for (rows, pending) in rows.chunks(BATCH_SIZE).zip(pending.chunks(BATCH_SIZE)) {
        audit_event::Entity::insert_many(rows.to_vec()).exec_without_returning(on).await?;
        audit_pending::Entity::insert_many(pending.to_vec()).exec_without_returning(on).await?;
    }
    Ok(())
}

fn row(
    op: &OpContext,
    id: AuditEventId,
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
        id: Set(id),
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
