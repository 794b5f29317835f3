//! Messages of `graphql-transport-ws`.

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};

/// The maximum length of the id of an operation, in bytes.
const MAX_ID: usize = 128;

/// A message of the client.
pub enum ClientMessage {
    /// The first message, with the token of the caller, if it has one.
    ConnectionInit { authorization: Option<String> },
    /// A new operation: its id and its parameters.
    Subscribe { id: String, params: Map<String, Value> },
    /// The end of an operation.
    Complete { id: String },
    /// A ping, to be answered with its payload.
    Ping { payload: Option<Value> },
    /// The answer to a ping.
    Pong,
}

impl ClientMessage {
    /// The message with this text; `None` if it is malformed or of unknown type.
    pub fn parse(text: &str) -> Option<Self> {
        let Value::Object(mut message) = serde_json::from_str(text).ok()? else { return None };
        let id = message.remove("id");
        let payload = message.remove("payload").filter(|it| !it.is_null());
        match message.get("type")?.as_str()? {
            "connection_init" => match payload {
                None => Some(Self::ConnectionInit { authorization: None }),
                Some(Value::Object(payload)) => {
                    Some(Self::ConnectionInit { authorization: authorization(&payload) })
                }
                Some(_) => None,
            },
            "subscribe" => match payload {
                Some(Value::Object(params)) => Some(Self::Subscribe { id: self::id(id)?, params }),
                _ => None,
            },
            "complete" => Some(Self::Complete { id: self::id(id)? }),
            "ping" => Some(Self::Ping { payload: object(payload)? }),
            "pong" => object(payload).map(|_| Self::Pong),
            _ => None,
        }
    }
}

fn id(id: Option<Value>) -> Option<String> {
    match id {
        Some(Value::String(id)) if !id.is_empty() && id.len() <= MAX_ID => Some(id),
        _ => None,
    }
}

fn object(payload: Option<Value>) -> Option<Option<Value>> {
    payload.as_ref().is_none_or(Value::is_object).then_some(payload)
}

/// The member `authorization`, in any case.
fn authorization(payload: &Map<String, Value>) -> Option<String> {
    let mut members = payload.iter();
    let found = members.find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    found.and_then(|(_, value)| value.as_str()).map(str::to_owned)
}

/// The acknowledgement of the first message.
pub fn ack() -> String {
    json!({ "type": "connection_ack" }).to_string()
}

/// The answer to a ping.
pub fn pong(payload: Option<Value>) -> String {
    let mut message = json!({ "type": "pong" });
    if let Some(payload) = payload {
        message["payload"] = payload;
    }
    message.to_string()
}

/// The end of an operation.
pub fn complete(id: &str) -> String {
    json!({ "type": "complete", "id": id }).to_string()
}

/// A message about an operation whose payload is JSON already.
///
/// # Errors
/// The payload is not JSON.
pub fn with_payload(kind: &str, id: &str, payload: &[u8]) -> Result<String> {
    #[derive(serde::Serialize)]
    struct Message<'a> {
        id: &'a str,
        r#type: &'a str,
        payload: &'a RawValue,
    }
    let payload = serde_json::from_slice(payload).map_err(Error::internal)?;
    serde_json::to_string(&Message { id, r#type: kind, payload }).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_that_are_malformed_or_unknown_are_rejected() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"type":"start","id":"1","payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","id":1,"payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"connection_init","payload":"token"}"#,
            r#"{"type":"ping","payload":1}"#,
        ] {
            assert!(ClientMessage::parse(text).is_none(), "{text}");
        }
        let long = format!(r#"{{"type":"complete","id":"{}"}}"#, "x".repeat(MAX_ID + 1));
        assert!(ClientMessage::parse(&long).is_none());
    }

    #[test]
    fn the_token_is_a_member_of_the_first_message_in_any_case() {
        for name in ["authorization", "Authorization"] {
            let text = json!({ "type": "connection_init", "payload": { name: "Bearer x" } });
            let Some(ClientMessage::ConnectionInit { authorization }) =
                ClientMessage::parse(&text.to_string())
            else {
                panic!("{text}")
            };
            assert_eq!(authorization.as_deref(), Some("Bearer x"));
        }
    }

    #[test]
    fn a_payload_is_passed_on_as_it_is() {
        let message = with_payload("next", "a\"b", br#"{"data":{"a":1}}"#).expect("a message");
        assert_eq!(message, r#"{"id":"a\"b","type":"next","payload":{"data":{"a":1}}}"#);
    }
}
