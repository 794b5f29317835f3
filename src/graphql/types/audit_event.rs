//! Audit events.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use entity::audit_event;

use super::node::{Node, find};
use super::scalars::DateTime;
use crate::domain::audit;
use crate::error::{Error, Result};
use crate::graphql::gate::Gate;
use crate::graphql::plain::PlainList;

/// One event.
pub struct AuditEvent(pub Arc<audit_event::Model>);

/// The kind of an actor.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum ActorKind {
    /// A service account, by an access token or its credential.
    ServiceAccount,
    /// The operator of the server, at its command line.
    Operator,
    /// A caller that did not authenticate.
    Anonymous,
}

/// A field that an action changed.
#[derive(SimpleObject)]
pub struct AuditChange {
    /// The name of the field, in snake case.
    field: String,
    /// The value before; null if it had none.
    old_value: Option<String>,
    /// The value after; null if it has none.
    new_value: Option<String>,
}

/// An action in an organization, as it was recorded with it.
#[Object]
impl AuditEvent {
    /// The id of the event.
    pub(super) async fn id(&self) -> ID {
        ID::from(&self.0.id)
    }

    /// When the action was done.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// The action, such as `credential.create`.
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// The kind of the actor.
    async fn actor_kind(&self) -> ActorKind {
        match self.0.actor_kind.as_str() {
            "service_account" => ActorKind::ServiceAccount,
            "operator" => ActorKind::Operator,
            _ => ActorKind::Anonymous,
        }
    }

    /// The id of the service account that acted; null for other actors.
    async fn actor_id(&self) -> Option<ID> {
        self.0.actor_id.as_ref().map(ID::from)
    }

    /// The name of that service account at that time.
    async fn actor_name(&self) -> Option<&str> {
        self.0.actor_name.as_deref()
    }

    /// The service account that acted; null if it was deleted since, or if the caller may not read
    /// it.
    async fn actor(&self, ctx: &Context<'_>) -> Gate<Node> {
        named(ctx, self.0.actor_id.as_deref()).await.into()
    }

    /// The id of the credential that the service account acted with.
    async fn credential_id(&self) -> Option<ID> {
        self.0.credential_id.as_ref().map(ID::from)
    }

    /// The IP address of the client; null for the operator of the server.
    async fn client_address(&self) -> Option<&str> {
        self.0.client_address.as_deref()
    }

    /// The kind of the thing that the action was done to, in snake case, such as `credential`.
    async fn target_kind(&self) -> &str {
        &self.0.target_kind
    }

    /// The id of the thing that the action was done to.
    async fn target_id(&self) -> ID {
        ID::from(&self.0.target_id)
    }

    /// The name of that thing at that time; null if it has none.
    async fn target_name(&self) -> Option<&str> {
        self.0.target_name.as_deref()
    }

    /// The thing that the action was done to; null if it was deleted since, or if the caller may not
    /// read it.
    async fn target(&self, ctx: &Context<'_>) -> Gate<Node> {
        named(ctx, Some(&self.0.target_id)).await.into()
    }

    /// The fields that changed; never a secret.
    async fn changes(&self) -> Result<PlainList<AuditChange>> {
        let changes = audit::changes(&self.0)?.into_iter();
        let change = |it: audit::Change| AuditChange {
            field: it.field,
            old_value: it.old,
            new_value: it.new,
        };
        Ok(PlainList(changes.map(change).collect()))
    }

    /// What else the action needs to be understood, such as the label of the role that was granted.
    async fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The id of the request that did it: `X-Client-Request-ID`.
    async fn request_id(&self) -> &str {
        &self.0.request_id
    }
}

async fn named(ctx: &Context<'_>, id: Option<&str>) -> Result<Option<Node>, Arc<Error>> {
    match id {
        // Boxed: a node may be an audit event, which has nodes.
        Some(id) => Box::pin(find(ctx, &ID::from(id))).await,
        None => Ok(None),
    }
}
