//! Transports of subscriptions: WebSocket and event streams (server-sent events). Both execute
//! operations by [`operation`], for the caller of their [`session`].

mod event_stream;
mod message;
mod operation;
mod outlet;
mod session;
mod websocket;

pub use event_stream::event_stream;
pub use websocket::websocket;

use tokio::time::Instant;

use super::endpoint::Endpoint;
use super::request_error::RequestError;
use crate::context::OpContext;
use crate::network::Permit;
use crate::subscriptions::OperationPermit;
use session::Session;

/// A permit for a connection of the client.
fn connect(endpoint: &Endpoint, session: &Session) -> Result<Permit, RequestError> {
    let connections = &endpoint.app.subscriptions.connections;
    connections
        .acquire(session.address)
        .map_err(|reached| RequestError::too_many_streams(connections.limit(reached)))
}

/// A permit for an operation of the caller.
fn admit(op: &OpContext) -> Result<OperationPermit, RequestError> {
    let operations = &op.app.subscriptions.operations;
    let client = op.client().map_err(|error| RequestError::from_domain(&error))?;
    let permit = operations.acquire(&client.service_account);
    permit.ok_or_else(|| RequestError::too_many_streamed(operations.maximum()))
}

/// Completes when the token of a caller expires.
async fn expiry(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
