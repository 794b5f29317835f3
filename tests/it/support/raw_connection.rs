//! A connection whose bytes the test writes and reads itself.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::in_time;

pub struct RawConnection {
    pub stream: TcpStream,
}

/// A response of HTTP/1.
#[derive(Debug)]
pub struct RawResponse {
    pub head: String,
    pub body: String,
}

impl RawConnection {
    /// A connection to the server at `base`, from 127.0.0.1.
    pub async fn connect(base: &str) -> Self {
        Self::connect_from("127.0.0.1", base).await
    }

    /// A connection from another address of this machine.
    pub async fn connect_from(address: &str, base: &str) -> Self {
        let server = base.trim_start_matches("http://").parse().expect("an address");
        Self::try_connect_from(address, server).await.expect("a connection")
    }

    pub async fn try_connect_from(address: &str, server: SocketAddr) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(address.parse().expect("an address"), 0))?;
        // A reader that stops is noticed sooner with small buffers.
        socket.set_recv_buffer_size(16 * 1024)?;
        Ok(Self { stream: socket.connect(server).await? })
    }

    pub async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.expect("sent");
    }

    /// Sends a GET and reads the response.
    pub async fn get(&mut self, path: &str) -> RawResponse {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: postern\r\n\r\n")).await;
        self.response().await
    }

    /// Reads one response.
    pub async fn response(&mut self) -> RawResponse {
        in_time("a response", async {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let byte = self.stream.read_u8().await;
                head.push(byte.unwrap_or_else(|error| {
                    panic!("{error} after {:?}", String::from_utf8_lossy(&head))
                }));
            }
            let head = String::from_utf8(head).expect("text").to_ascii_lowercase();
            let mut response = RawResponse { head, body: String::new() };
            let length =
                response.header("content-length").unwrap_or("0").parse().expect("a number");
            let mut body = vec![0; length];
            self.stream.read_exact(&mut body).await.expect("the whole body");
            response.body = String::from_utf8_lossy(&body).into_owned();
            response
        })
        .await
    }

    /// Waits until the server closes the connection, and returns what it sent before.
    pub async fn closed(&mut self) -> String {
        in_time("the connection is closed", async {
            let mut read = Vec::new();
            match self.stream.read_to_end(&mut read).await {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
                Err(error) => panic!("{error}"),
            }
            String::from_utf8_lossy(&read).into_owned()
        })
        .await
    }
}

impl RawResponse {
    pub fn status(&self) -> u16 {
        let status = self.head.split(' ').nth(1).and_then(|status| status.parse().ok());
        status.unwrap_or_else(|| panic!("no response: {self:?}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(there, _)| *there == name).map(|(_, value)| value.trim())
    }
}
