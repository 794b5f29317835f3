//! Messages of a WebSocket.

use std::time::Duration;

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};

use super::close::Close;

/// Time limit for a client to take a message. It is disconnected afterwards, and may resume.
pub const SEND_TIMEOUT: Duration = Duration::from_secs(30);

/// The next text; `None` for a ping or a pong of WebSocket.
pub async fn receive(socket: &mut WebSocket) -> Result<Option<Utf8Bytes>, Close> {
    match socket.recv().await {
        Some(Ok(Message::Text(text))) => Ok(Some(text)),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        Some(Ok(Message::Binary(_))) => Err(Close::MALFORMED),
        Some(Ok(Message::Close(_))) | None => Err(Close::GONE),
        Some(Err(error)) => Err(Close::of_transport(error)),
    }
}

/// Sends a text.
pub async fn send(socket: &mut WebSocket, text: String) -> Result<(), Close> {
    transmit(socket, Message::Text(text.into())).await
}

/// Sends a message, which the client must take in time.
pub async fn transmit(socket: &mut WebSocket, message: Message) -> Result<(), Close> {
    let sent = tokio::time::timeout(SEND_TIMEOUT, socket.send(message)).await;
    sent.map_err(|_| Close::GONE)?.map_err(|_| Close::GONE)
}
