//! Requests and responses as bytes. The generator shares the machine with the servers, so requests
//! are rendered in advance, and of a response only the status and the length are parsed.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The header of a form.
pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Renders a request.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: load\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    text += &format!("content-length: {}\r\n\r\n{body}", body.len());
    text.into_bytes()
}

/// Opens a connection without Nagle's delay.
pub async fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("a socket option");
    stream
}

/// Sends a request and returns the status of its response, whose body is left in `buffer`.
pub async fn exchange(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> u16 {
    stream.write_all(request).await.expect("a request");
    buffer.clear();
    let head_end = loop {
        read_more(stream, buffer).await;
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = std::str::from_utf8(&buffer[..head_end]).expect("a head of text");
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let status = head[9..12].parse().expect("a status");
    let end = head_end + length.expect("a content length");
    while buffer.len() < end {
        read_more(stream, buffer).await;
    }
    buffer.drain(..head_end);
    status
}

async fn read_more(stream: &mut TcpStream, buffer: &mut Vec<u8>) {
    let read = stream.read_buf(buffer).await.expect("a response");
    assert!(read > 0, "the server closed the connection");
}

/// Sends one request on a new connection; returns the status of its response.
pub async fn status(address: SocketAddr, request: &[u8]) -> u16 {
    exchange(&mut connect(address).await, request, &mut Vec::new()).await
}

/// Sends one request on a new connection; returns the body of its response, whose status must be
/// 200.
pub async fn fetch(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    let status = exchange(&mut connect(address).await, request, &mut body).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    body
}
