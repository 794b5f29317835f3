//! Closes of a WebSocket.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};

use crate::error::Error;

/// Time limit for the answer of the client to a close.
const TIMEOUT: Duration = Duration::from_secs(1);

/// The code and the reason of a close.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    code: u16,
    reason: &'static str,
}

impl Close {
    /// The connection is closed already, or broken.
    pub const GONE: Self = Self::new(0, "");
    /// The client does not answer pings.
    pub const UNRESPONSIVE: Self = Self::new(1001, "no answer to a ping");
    /// A frame violates RFC 6455.
    pub const PROTOCOL_ERROR: Self = Self::new(1002, "Protocol error");
    /// A text is not UTF-8.
    pub const NOT_UTF8: Self = Self::new(1007, "Invalid UTF-8");
    /// A message exceeds the maximum size.
    pub const TOO_BIG: Self = Self::new(1009, "Message too big");
    /// The server stops.
    pub const RESTART: Self = Self::new(1012, "Service restart");
    /// The token cannot be validated at the moment.
    pub const TRY_AGAIN: Self = Self::new(1013, "Try again later");
    /// The client address, or the server, has too many connections.
    pub const TOO_MANY: Self = Self::new(1013, "Too many connections");
    /// A message is malformed or of unknown type.
    pub const MALFORMED: Self = Self::new(4400, "Invalid message received");
    /// An operation precedes the acknowledgement.
    pub const NOT_INITIALIZED: Self = Self::new(4401, "Unauthorized");
    /// The token is missing, invalid, expired or revoked.
    pub const FORBIDDEN: Self = Self::new(4403, "Forbidden");
    /// The first message did not arrive in time.
    pub const INIT_TIMEOUT: Self = Self::new(4408, "Connection initialisation timeout");
    /// There is a second first message.
    pub const INITIALIZED_TWICE: Self = Self::new(4429, "Too many initialisation requests");
    /// The id of an operation is in use.
    pub const DUPLICATE: Self = Self::new(4409, "Subscriber already exists");

    const fn new(code: u16, reason: &'static str) -> Self {
        Self { code, reason }
    }

    /// The close for a caller who cannot be authenticated.
    pub fn of(error: &Error) -> Self {
        match error {
            Error::Unauthenticated => Self::FORBIDDEN,
            error => {
                error.log();
                Self::TRY_AGAIN
            }
        }
    }

    /// The close after an error of the transport. Only an error of what the client sent leaves the
    /// connection usable for it.
    pub fn of_transport(error: axum::Error) -> Self {
        let text = error.into_inner().to_string();
        let closes = [
            ("WebSocket protocol error", Self::PROTOCOL_ERROR),
            ("UTF-8 encoding error", Self::NOT_UTF8),
            ("Space limit exceeded", Self::TOO_BIG),
        ];
        let close = closes.into_iter().find(|(kind, _)| text.starts_with(kind));
        close.map_or(Self::GONE, |(_, close)| close)
    }

    /// Closes the connection, and waits a moment for the answer of the client. The close of a client is
    /// answered by the transport, when it is read on (RFC 6455, section 5.5.1).
    pub async fn send(self, socket: &mut WebSocket) {
        let close = async {
            let frame = CloseFrame { code: self.code, reason: self.reason.into() };
            if self == Self::GONE || socket.send(Message::Close(Some(frame))).await.is_ok() {
                while let Some(Ok(_)) = socket.recv().await {}
            }
        };
        // A client that does not answer is disconnected.
        let _ = tokio::time::timeout(TIMEOUT, close).await;
    }
}
