//! Frames that violate RFC 6455.

use std::io::ErrorKind;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{Caller, RawConnection, World, in_time};

/// The first byte of a frame that is not followed by another one of its message.
const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;

/// A frame of a client. The mask of zeros leaves the payload as it is.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).expect("a length");
    let mut frame = vec![first];
    match u8::try_from(length) {
        Ok(short @ ..=125) => frame.push(0x80 | short),
        _ => {
            frame.push(0x80 | 126);
            frame.extend(length.to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

/// A connection after its handshake, and after its acknowledgement if there is a caller.
async fn connect(world: &World, caller: Option<&Caller>) -> RawConnection {
    let mut raw = RawConnection::connect(&world.base).await;
    raw.send(
        "GET /graphql/ws HTTP/1.1\r\nhost: postern\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         sec-websocket-protocol: graphql-transport-ws\r\n\r\n",
    )
    .await;
    assert_eq!(raw.response().await.status(), 101);
    if let Some(token) = caller.and_then(|caller| caller.token.as_deref()) {
        let payload = json!({ "authorization": format!("Bearer {token}") });
        let init = json!({ "type": "connection_init", "payload": payload }).to_string();
        raw.stream.write_all(&frame(TEXT, init.as_bytes())).await.expect("sent");
        let mut head = [0; 2];
        in_time("the acknowledgement", raw.stream.read_exact(&mut head)).await.expect("a frame");
        assert_eq!(head[0], TEXT);
        let mut ack = vec![0; head[1].into()];
        in_time("its payload", raw.stream.read_exact(&mut ack)).await.expect("a payload");
    }
    raw
}

/// The code of the close that answers these bytes, after which the server disconnects.
async fn close_after(mut raw: RawConnection, bytes: &[u8]) -> u16 {
    raw.stream.write_all(bytes).await.expect("sent");
    let mut read = Vec::new();
    match in_time("a close", raw.stream.read_to_end(&mut read)).await {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("{error}"),
    }
    let [CLOSE, _, high, low, ..] = read[..] else { panic!("no close: {read:?}") };
    u16::from_be_bytes([high, low])
}

#[tokio::test]
async fn a_frame_against_the_protocol_is_answered_with_the_code_of_its_close() {
    let world = World::new().await;
    let admin = world.admin().await;
    let unmasked = vec![TEXT, 2, b'{', b'}'];
    let fragments = [frame(0x01, &[b' '; 65_000]), frame(0x80, &[b' '; 1_000])].concat();
    let cases = [
        ("a reserved opcode", frame(0x83, b"{}"), 1002),
        ("a reserved bit", frame(TEXT | 0x40, b"{}"), 1002),
        ("an unmasked frame", unmasked, 1002),
        ("a continuation of nothing", frame(0x80, b"{}"), 1002),
        ("a ping in fragments", frame(0x09, b""), 1002),
        ("half a code of a close", frame(CLOSE, &[3]), 1002),
        ("a reserved code of a close", frame(CLOSE, &1005_u16.to_be_bytes()), 1002),
        ("text that is not UTF-8", frame(TEXT, &[b'"', 0xff, b'"']), 1007),
        ("a reason that is not UTF-8", frame(CLOSE, &[3, 232, 0xff]), 1007),
        ("a message that is too big in fragments", fragments, 1009),
    ];
    for (name, bytes, code) in cases {
        for caller in [None, Some(&admin)] {
            let raw = connect(&world, caller).await;
            assert_eq!(close_after(raw, &bytes).await, code, "{name}");
        }
    }
}
