//! Audit events.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use entity::audit_event;

use super::audit_enums::{AuditEventType, AuditOutcome, AuditReason};
use super::scalars::DateTime;
use super::{Node, find_node};
use crate::domain::audit::{self, EventReason, EventType, Outcome};
use crate::error::{Error, Result};
use crate::graphql::engine::{NullOnError, PublishedEnum, SequentialList};

/// A recorded audit event.
pub struct AuditEvent(pub Arc<audit_event::Model>);

/// Kinds of actors that cause audit events.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum ActorKind {
    /// A service account, authenticated by an access token or a credential.
    ServiceAccount,
    /// The operator of the server, at its command line.
    Operator,
    /// A caller that is not authenticated.
    Anonymous,
}

/// A field that an audited action changed, with its value before and after.
#[derive(SimpleObject)]
pub struct AuditChange {
    /// Name of the field in snake case, such as `expires_at`.
    field: String,
    /// Value before the action; null if the field had none.
    old_value: Option<String>,
    /// Value after the action; null if the field has none.
    new_value: Option<String>,
}

/// An audited attempt in an organization. A success is recorded in the same transaction as its effect;
/// equal attempts that were denied or failed are recorded together, within a minute.
#[Object]
impl AuditEvent {
    /// ID of the audit event.
    pub(super) async fn id(&self) -> ID {
        ID::from(&self.0.id)
    }

    /// Time at which the action took place; the time of the last one for several attempts.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Name of the action, such as `credential.create`.
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// Type of the event; null if a newer version of the server recorded a type that this one does not
    /// know.
    #[graphql(name = "type")]
    async fn event_type(&self) -> Option<AuditEventType> {
        EventType::of_action(&self.0.action).map(PublishedEnum)
    }

    /// Outcome of the attempt.
    async fn outcome(&self) -> AuditOutcome {
        PublishedEnum(Outcome::of_text(&self.0.outcome).unwrap_or(Outcome::Failed))
    }

    /// Reason of an attempt that was denied or failed; null for a success.
    async fn reason(&self) -> Option<AuditReason> {
        self.0.reason.as_deref().and_then(EventReason::of_text).map(PublishedEnum)
    }

    /// Number of equal attempts within a minute that the event stands for; 1 for a success. Saturates
    /// at 2147483647.
    async fn count(&self) -> i32 {
        i32::try_from(self.0.event_count).unwrap_or(i32::MAX)
    }

    /// Kind of the actor that performed the action.
    async fn actor_kind(&self) -> ActorKind {
        match self.0.actor_kind.as_str() {
            "service_account" => ActorKind::ServiceAccount,
            "operator" => ActorKind::Operator,
            _ => ActorKind::Anonymous,
        }
    }

    /// ID of the service account that performed the action; null for other actors.
    async fn actor_id(&self) -> Option<ID> {
        self.0.actor_id.as_ref().map(ID::from)
    }

    /// Display name of that service account at the time of the action; null for other actors.
    async fn actor_name(&self) -> Option<&str> {
        self.0.actor_name.as_deref()
    }

    /// Service account that performed the action; null for other actors, if it was deleted since,
    /// or if the caller may not read it.
    async fn actor(&self, ctx: &Context<'_>) -> NullOnError<Node> {
        named(ctx, self.0.actor_id.as_deref()).await.into()
    }

    /// ID of the credential that the service account authenticated with; null for other actors.
    async fn credential_id(&self) -> Option<ID> {
        self.0.credential_id.as_ref().map(ID::from)
    }

    /// IP address of the client, or its network for failed authentication: a /24 of IPv4 or a /48 of
    /// IPv6. Null for the operator of the server, and for sums over several clients.
    async fn client_address(&self) -> Option<&str> {
        self.0.client_address.as_deref()
    }

    /// Kind of the target in snake case, such as `credential`.
    async fn target_kind(&self) -> &str {
        &self.0.target_kind
    }

    /// ID of the target, the object that the action applied to.
    async fn target_id(&self) -> ID {
        ID::from(&self.0.target_id)
    }

    /// Display name of the target at the time of the action; null if it has none.
    async fn target_name(&self) -> Option<&str> {
        self.0.target_name.as_deref()
    }

    /// Object that the action applied to; null if it was deleted since, or if the caller may not
    /// read it.
    async fn target(&self, ctx: &Context<'_>) -> NullOnError<Node> {
        named(ctx, Some(&self.0.target_id)).await.into()
    }

    /// Changed fields of the target; never secrets. Of an attempt that was denied or failed: only the
    /// role that was to be granted or revoked; none for other attempts.
    async fn changes(&self) -> Result<SequentialList<AuditChange>> {
        let changes = audit::changes(&self.0)?.into_iter();
        let change = |it: audit::Change| AuditChange {
            field: it.field,
            old_value: it.old,
            new_value: it.new,
        };
        Ok(SequentialList(changes.map(change).collect()))
    }

    /// Additional information about the action, such as the label of the granted role, the missing
    /// permission or the reason of a conflict; null if there is none.
    async fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// ID of the request that performed the action, the first one of several attempts, as in its `X-Client-Request-ID` header.
    async fn request_id(&self) -> &str {
        &self.0.request_id
    }
}

async fn named(ctx: &Context<'_>, id: Option<&str>) -> Result<Option<Node>, Arc<Error>> {
    match id {
        // Boxed, because a node may be an audit event, which has nodes.
        Some(id) => Box::pin(find_node(ctx, &ID::from(id))).await,
        None => Ok(None),
    }
}
