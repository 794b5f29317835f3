//! Audit events; none contains a secret. A success is written in the transaction of its change.
//! Attempts that were denied or failed are counted in memory first ([`crate::rejections`]).

pub mod blocks;
mod event_type;
mod filter;
mod list;
pub mod log;
mod operations;
mod outcome;
mod rejected;
mod retention;
mod snapshot;
mod subscription;

use entity::{
    OrganizationId, ServiceAccountId, TenantScoped, audit_event, audit_pending, service_account,
};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
};

use crate::app::App;
use crate::authz::Actor;
use crate::context::OpContext;
use crate::error::{Error, Result};
use crate::random;
use crate::store;
pub use event_type::EventType;
pub use filter::AuditEventFilter;
pub use list::{AuditEventSelection, by_ids, changes, count, event_types, find};
pub use operations::event_of;
pub use outcome::{EventReason, Outcome, Rejection};
pub use rejected::{Named, reject_client, reject_operation, reject_token, write_rejected};
pub use retention::delete_expired;
pub use snapshot::{Change, Snapshot};
pub use subscription::LogSubscription;

/// The maximum number of events per statement: each binds 18 of its limited parameters.
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
    /// The action.
    pub action: EventType,
    /// The target of the action.
    pub target: Target<'a>,
    /// The outcome.
    pub outcome: Outcome,
    /// The reason of an outcome other than success.
    pub reason: Option<EventReason>,
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

impl<'a> Event<'a> {
    /// A success without detail and changes.
    #[must_use]
    pub fn success(
        organization: &'a OrganizationId,
        action: EventType,
        target: Target<'a>,
    ) -> Self {
        let (outcome, reason, detail) = (Outcome::Success, None, None);
        Self { organization, action, target, outcome, reason, detail, changes: Vec::new() }
    }

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
    let rows = events.into_iter().map(|event| row(op, actor_name.as_deref(), event));
    let rows = rows.collect::<Result<Vec<_>>>()?;
    insert(on, &op.app, rows).await
}

/// Inserts events of any tenants, in a transaction. They get a position in the log, and are output, once
/// they are committed.
async fn insert(on: &impl ConnectionTrait, app: &App, rows: Vec<audit_event::Model>) -> Result<()> {
    for batch in rows.chunks(BATCH_SIZE) {
        let pending =
            |row: &audit_event::Model| audit_pending::ActiveModel { event_id: Set(row.id.clone()) };
        let pending: Vec<_> = batch.iter().map(pending).collect();
        let batch = batch.iter().cloned().map(audit_event::Model::into_active_model);
        let batch = batch.map(audit_event::ActiveModel::reset_all);
        audit_event::Entity::insert_many(batch).exec_without_returning(on).await?;
        audit_pending::Entity::insert_many(pending).exec_without_returning(on).await?;
    }
    let app = app.clone();
    store::after_commit(move || {
        app.audit_log.record();
        if app.audit_output.is_on() {
            rows.into_iter().for_each(|row| app.audit_output.event(row));
        }
    });
    Ok(())
}

fn row(op: &OpContext, actor_name: Option<&str>, event: Event<'_>) -> Result<audit_event::Model> {
    let (actor_kind, client) = match &op.actor {
        Actor::Client(client) => (SERVICE_ACCOUNT, Some(client)),
        Actor::Operator => (OPERATOR, None),
        Actor::Anonymous => (ANONYMOUS, None),
    };
    let changes = (!event.changes.is_empty()).then(|| serde_json::to_string(&event.changes));
    Ok(audit_event::Model {
        id: random::id(),
        organization_id: event.organization.clone(),
        created_at: op.now(),
        actor_kind: actor_kind.to_owned(),
        actor_id: client.map(|client| client.service_account.to_string()),
        actor_name: actor_name.map(str::to_owned),
        credential_id: client.map(|client| client.credential.to_string()),
        client_address: op.address.map(|address| address.to_string()),
        action: event.action.action().to_owned(),
        target_kind: event.target.kind.to_owned(),
        target_id: event.target.id.to_owned(),
        target_name: event.target.name.map(str::to_owned),
        detail: event.detail.map(str::to_owned),
        changes: changes.transpose().map_err(Error::internal)?,
        request_id: op.request_id.to_string(),
        outcome: event.outcome.text().to_owned(),
        reason: event.reason.map(|reason| reason.text().to_owned()),
        event_count: 1,
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
