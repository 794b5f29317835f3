//! A WebSocket of `graphql-transport-ws`.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::{Caller, in_time};

/// A connection to `/graphql/ws`.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens a connection that offers the subprotocol and sends nothing.
    pub async fn open(base: &str) -> Self {
        Self::offer(base, Some("graphql-transport-ws"), None).await.expect("a connection")
    }

    /// Opens a connection that offers this subprotocol, with this `Authorization`. The error is the
    /// status of the response.
    pub async fn offer(
        base: &str,
        protocol: Option<&str>,
        authorization: Option<&str>,
    ) -> Result<Self, u16> {
        let url = format!("{}/graphql/ws", base.replacen("http", "ws", 1));
        let mut request = url.into_client_request().expect("a request");
        let headers = [("sec-websocket-protocol", protocol), ("authorization", authorization)];
        for (name, value) in headers {
            if let Some(value) = value {
                request.headers_mut().insert(name, value.parse().expect("a value"));
            }
        }
        match in_time("a handshake", connect_async(request)).await {
            Ok((stream, _)) => Ok(Self(stream)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Opens a connection for a caller, and waits for its acknowledgement.
    pub async fn of(caller: &Caller) -> Self {
        let mut socket = Self::open(&caller.base).await;
        socket.init(caller.token.as_deref()).await;
        assert_eq!(socket.message().await, json!({ "type": "connection_ack" }));
        socket
    }

    pub async fn init(&mut self, token: Option<&str>) {
        let authorization = token.map(|token| format!("Bearer {token}"));
        let payload = json!({ "authorization": authorization });
        self.send(json!({ "type": "connection_init", "payload": payload })).await;
    }

    pub async fn send(&mut self, message: Value) {
        self.send_text(&message.to_string()).await;
    }

    pub async fn send_text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.expect("sent");
    }

    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.send(json!({ "type": "subscribe", "id": id, "payload": payload })).await;
    }

    /// The first message of a subscription, while `cause` causes events.
    pub async fn first(&mut self, query: &str, variables: Value, cause: impl AsyncFn()) -> Value {
        self.subscribe("1", query, variables).await;
        in_time("the first message", async {
            loop {
                cause().await;
                tokio::select! {
                    message = self.message() => break message,
                    () = tokio::task::yield_now() => {}
                }
            }
        })
        .await
    }

    /// Closes the connection.
    pub async fn close(&mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.0.send(Message::Close(Some(frame))).await.expect("sent");
    }

    /// The next message.
    pub async fn message(&mut self) -> Value {
        self.next().await.unwrap_or_else(|code| panic!("closed with {code}"))
    }

    /// The code with which the server closes the connection, after any messages.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }

    /// The next message, or the code of the close.
    pub async fn next(&mut self) -> Result<Value, u16> {
        loop {
            match in_time("a message", self.0.next()).await {
                Some(Ok(Message::Text(text))) => {
                    return Ok(serde_json::from_str(&text).expect("JSON"));
                }
                Some(Ok(Message::Close(frame))) => {
                    return Err(frame.map_or(1005, |frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(1006),
            }
        }
    }
}
