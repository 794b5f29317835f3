//! Subscriptions. An operation is executed once to subscribe, which opens its [`Source`], and again
//! for each event of the source, as the specification describes it (section 6.2.3): each time with a
//! context of its own, whose caller was authenticated again.

mod audit_event_added;
mod credential_used;
mod source;

use async_graphql::{Context, ID, Subscription as SubscriptionRoot};
use futures_util::Stream;

use super::directive::requires_permission;
use super::types::AuditEventFilter;
use super::{op, parse_id};
use crate::authz::Permission;
use crate::domain::audit::LogSubscription;
use crate::domain::credentials::UsageSubscription;
use crate::domain::organizations;
use crate::error::Result;
use audit_event_added::AuditEventAddedPayload;
use credential_used::CredentialUsedPayload;
use source::resolve;
pub use source::{Event, Phase, Source};

/// The root subscription type.
pub struct Subscription;

/// Root of all subscriptions, over WebSocket (`graphql-transport-ws`) at `/graphql/ws` or
/// server-sent events at `/graphql/stream`.
#[SubscriptionRoot]
impl Subscription {
    /// Audit events of an organization, in the order in which they were committed: each exactly
    /// once, also across connections that continue with `after`.
    #[graphql(directive = requires_permission::apply(Permission::AuditEventsList.name().to_owned()))]
    async fn audit_event_added(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "ID or label of the organization.")] organization_id: ID,
        #[graphql(
            desc = "Cursor after which the events start, such as the `cursor` of the last event received. Null: events from now on."
        )]
        after: Option<String>,
        #[graphql(desc = "Filter of the audit events; null: no filter.")] filter: Option<
            AuditEventFilter,
        >,
    ) -> Result<impl Stream<Item = AuditEventAddedPayload>> {
        let open = async move {
            let organization = organizations::resolve(op(ctx), &organization_id)?;
            let filter = filter.map(Into::into).unwrap_or_default();
            LogSubscription::open(op(ctx), organization, after.as_deref(), filter)
                .await
                .map(Source::AuditLog)
        };
        resolve(ctx, open, |event| match event {
            Event::AuditEvent(event, cursor) => {
                Some(AuditEventAddedPayload::new(event.clone(), cursor.clone()))
            }
            Event::CredentialUsed(_) => None,
        })
        .await
    }

    /// Usage of a credential: one event for all tokens that were issued to it within a second.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsRead.name().to_owned()))]
    async fn credential_used(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "ID of the credential.")] credential_id: ID,
    ) -> Result<impl Stream<Item = CredentialUsedPayload>> {
        let open = async move {
            let id = parse_id(&credential_id, "credential")?;
            UsageSubscription::open(op(ctx), &id).await.map(Source::Usage)
        };
        resolve(ctx, open, |event| match event {
            Event::CredentialUsed(row) => Some(CredentialUsedPayload::new(row.clone())),
            Event::AuditEvent(..) => None,
        })
        .await
    }
}
