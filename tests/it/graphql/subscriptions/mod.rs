//! Subscriptions, over WebSocket and as event streams.

mod access;
mod audit_events;
mod credential_usage;
mod event_stream;
mod frames;
mod held;
mod limits;
mod mutations;
mod protocol;
mod shutdown;
mod slow_client;

use postern::context::OpContext;
use postern::domain::audit::log::Entry;
use postern::domain::audit::{self, AuditEventFilter};
use serde_json::{Value, json};

use crate::support::{Caller, Socket, World, eventually};

/// The actions and targets of new audit events.
const EVENTS: &str = r"
    subscription($organization: ID!, $after: String, $filter: AuditEventFilter) {
      auditEventAdded(organizationId: $organization, after: $after, filter: $filter) {
        cursor
        auditEvent { id action targetId target { id } actor { id } }
      }
    }
";

/// The usage of a credential.
const USAGE: &str = r"
    subscription($credential: ID!) {
      credentialUsed(credentialId: $credential) { tokenCount lastUsedAt credential { id tokenCount } }
    }
";

/// Creates a service account by GraphQL, and returns its id.
async fn create_account(caller: &Caller, name: &str) -> String {
    let input = json!({ "organizationId": "acme", "name": name });
    let reply = caller.mutate_selecting("createServiceAccount", input, "serviceAccount { id }");
    let id = reply.await.data("/createServiceAccount/serviceAccount/id");
    id.as_str().expect("an id").to_owned()
}

/// The event of the next message, which must be one of operation `id`.
async fn event(socket: &mut Socket, id: &str) -> Value {
    let message = socket.message().await;
    assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!(id)), "{message}");
    assert!(message["payload"].get("errors").is_none(), "{message}");
    message["payload"]["data"]["auditEventAdded"].clone()
}

/// The cursor of the last event, once all events have their positions.
async fn last_cursor(world: &World) -> String {
    let (op, organization) = (OpContext::operator(&world.app), &world.first.organization.id);
    let mut last = String::new();
    eventually("all events have positions", async || {
        let count =
            audit::count(&op, organization, &AuditEventFilter::default()).await.expect("a number");
        let entries = audit::log::after(&op, organization, 0, 1_000).await.expect("entries");
        last = entries.last().map(Entry::cursor).unwrap_or_default().to_owned();
        entries.len() as u64 == count
    })
    .await;
    last
}
