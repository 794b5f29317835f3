//! Operations over WebSocket, after the protocol `graphql-transport-ws`. That of the engine leaves
//! most of the closes of the protocol out, and executes operations without the checks of
//! [`Endpoint::prepare`].

mod close;
mod connection;
mod operations;

use std::sync::Arc;
use std::time::Duration;

use axum::RequestExt;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;

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
const PROTOCOL: HeaderValue = HeaderValue::from_static("graphql-transport-ws");

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
    let mut session = Session::new(&endpoint.app, request.extensions(), request.headers());
    let mut tokens = request.headers().get_all(header::AUTHORIZATION).iter();
    if let (Some(token), None) = (tokens.next(), tokens.next()) {
        session.authorize(token.to_str().unwrap_or_default());
    }
    let upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection> =
        request.extract_parts().await;
    let mut upgrade = upgrade.map_err(|_| RequestError::upgrade_required())?;
    let is_offered = upgrade.requested_protocols().any(|it| *it == PROTOCOL);
    if !is_offered {
        let expected = "must offer graphql-transport-ws";
        return Err(RequestError::invalid_parameter("Sec-WebSocket-Protocol", expected));
    }
    upgrade.set_selected_protocol(PROTOCOL);
    let permit = connect(&endpoint, &session)?;
    let maximum = endpoint.limits().body_bytes;
    let upgrade = upgrade.max_message_size(maximum).max_frame_size(maximum);
    let upgrade = upgrade.read_buffer_size(BUFFER).write_buffer_size(0);
    Ok(upgrade.on_upgrade(move |socket| serve(endpoint, session, socket, permit)))
}

/// Serves a connection until it closes.
async fn serve(endpoint: Endpoint, mut session: Session, mut socket: WebSocket, permit: Permit) {
    let mut until_close = endpoint.app.subscriptions.until_close();
    let first = tokio::select! {
        first = tokio::time::timeout(INIT_TIMEOUT, init(&mut socket, &mut session)) => {
            first.unwrap_or(Err(Close::INIT_TIMEOUT))
        }
        () = until_close.closing() => Err(Close::RESTART),
    };
    let remaining = match first {
        Ok(remaining) => remaining,
        Err(close) => return close.send(&mut socket).await,
    };
    let mut connection = Connection::new(endpoint, Arc::new(session), remaining);
    let close = connection.serve(&mut socket, &mut until_close).await;
    drop(connection);
    close.send(&mut socket).await;
    drop(permit);
}

/// Reads the first message, authenticates the caller, and acknowledges it. Returns the time until its
/// token expires.
async fn init(socket: &mut WebSocket, session: &mut Session) -> Result<Duration, Close> {
    loop {
        let Some(text) = connection::receive(socket).await? else { continue };
        match ClientMessage::parse(&text).ok_or(Close::MALFORMED)? {
            ClientMessage::ConnectionInit { authorization } => {
                if let Some(value) = authorization {
                    session.authorize(&value);
                }
                let op = session.op().await.map_err(|error| Close::of(&error))?;
                connection::send(socket, message::ack()).await?;
                return Ok(session.remaining(&op));
            }
            ClientMessage::Subscribe { .. } => return Err(Close::NOT_INITIALIZED),
            ClientMessage::Ping { payload } => {
                connection::send(socket, message::pong(payload)).await?;
            }
            ClientMessage::Pong | ClientMessage::Complete { .. } => {}
        }
    }
}
