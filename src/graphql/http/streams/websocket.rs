//! Operations over WebSocket, after the protocol `graphql-transport-ws`. [`GraphQLProtocol`] requires a
//! subprotocol of GraphQL; the loop of messages is our own, because that of the engine
//!
//! - has no closes 4400, 4401, 4403, 4408 and 4409, and no `error` messages;
//! - executes operations in the task of the connection, without the checks of [`Endpoint::prepare`],
//!   and authenticates their caller once;
//! - aborts a mutation when the client completes it, although it may be committed.

mod close;
mod connection;
mod operations;
mod transport;

use std::sync::Arc;
use std::time::Duration;

use async_graphql_axum::GraphQLProtocol;
use axum::RequestExt;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use tokio::time::Instant;

use super::connect;
use super::message::{self, ClientMessage};
use super::session::Session;
use crate::graphql::http::endpoint::Endpoint;
use crate::graphql::http::negotiate::Format;
use crate::graphql::http::request_error::RequestError;
use crate::network::Permit;
use close::Close;
use connection::Connection;

/// The subprotocol.
const PROTOCOL: &str = "graphql-transport-ws";

/// Time limit of the first message.
const INIT_TIMEOUT: Duration = Duration::from_secs(3);

/// Initial size of the buffers of a connection, in bytes: most connections wait most of the time.
const BUFFER: usize = 2 * 1024;

/// Upgrades a connection to WebSocket.
pub async fn websocket(State(endpoint): State<Endpoint>, mut request: Request) -> Response {
    let headers = request.headers().clone();
    match upgrade(endpoint, &mut request).await {
        Ok(response) => response,
        Err(error) => error.into_response(Format::Json, &headers),
    }
}

async fn upgrade(endpoint: Endpoint, request: &mut Request) -> Result<Response, RequestError> {
    let session = Session::new(&endpoint.app, request.extensions(), request.headers());
    let upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection> =
        request.extract_parts().await;
    let upgrade = upgrade.map_err(|_| RequestError::upgrade_required())?;
    let expected = "must offer graphql-transport-ws";
    let not_offered = || RequestError::invalid_parameter("Sec-WebSocket-Protocol", expected);
    // It accepts the older one, too, so that the selection follows.
    let _: GraphQLProtocol =
        request.extract_parts().await.map_err(|_: StatusCode| not_offered())?;
    let upgrade = upgrade.protocols([PROTOCOL]);
    upgrade.selected_protocol().ok_or_else(not_offered)?;
    let handshakes = &endpoint.app.subscriptions.handshakes;
    let handshake = handshakes.acquire(session.address);
    let handshake =
        handshake.map_err(|reached| RequestError::too_many_streams(handshakes.limit(reached)))?;
    let maximum = endpoint.limits().body_bytes;
    let upgrade = upgrade.max_message_size(maximum).max_frame_size(maximum);
    let upgrade = upgrade.read_buffer_size(BUFFER).write_buffer_size(0);
    Ok(upgrade.on_upgrade(move |socket| serve(endpoint, session, socket, handshake)))
}

/// Serves a connection until it closes.
async fn serve(endpoint: Endpoint, mut session: Session, mut socket: WebSocket, handshake: Permit) {
    let mut until_close = endpoint.app.subscriptions.until_close();
    let first = tokio::select! {
        first = tokio::time::timeout(INIT_TIMEOUT, init(&endpoint, &mut socket, &mut session)) => {
            first.unwrap_or(Err(Close::INIT_TIMEOUT))
        }
        () = until_close.closing() => Err(Close::RESTART),
    };
    let (expires_at, permit) = match first {
        Ok(authenticated) => authenticated,
        Err(close) => return close.send(&mut socket).await,
    };
    drop(handshake);
    let mut connection = Connection::new(endpoint, Arc::new(session), expires_at);
    let close = connection.serve(&mut socket, &mut until_close).await;
    drop(connection);
    close.send(&mut socket).await;
    drop(permit);
}

/// Reads the first message, authenticates the caller, and acknowledges it. Returns the time at which
/// its token expires, and the permit of its connection.
async fn init(
    endpoint: &Endpoint,
    socket: &mut WebSocket,
    session: &mut Session,
) -> Result<(Option<Instant>, Permit), Close> {
    loop {
        let Some(text) = transport::receive(socket).await? else { continue };
        match ClientMessage::parse(&text).ok_or(Close::MALFORMED)? {
            ClientMessage::ConnectionInit { authorization } => {
                if let Some(value) = authorization {
                    session.authorize(&value);
                }
                let op = session.start().await.map_err(|error| Close::of(&error))?;
                let permit = connect(endpoint, session).map_err(|_| Close::TOO_MANY)?;
                transport::send(socket, message::ack()).await?;
                return Ok((session.expiry(&op), permit));
            }
            ClientMessage::Subscribe { .. } => return Err(Close::NOT_INITIALIZED),
            ClientMessage::Ping { payload } => {
                transport::send(socket, message::pong(payload)).await?;
            }
            ClientMessage::Pong | ClientMessage::Complete { .. } => {}
        }
    }
}
