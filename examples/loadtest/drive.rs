//! The generator: so many connections, each with one request under way at a time.
//!
//! It shares the machine with what it measures, so it does as little as it can: requests are bytes
//! that were made before, and of an answer it reads the status and the length.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Requests, ready to be sent.
pub type Requests = Arc<Vec<Vec<u8>>>;

/// When to stop.
#[derive(Clone, Copy)]
pub enum Until {
    /// Each request was sent once.
    Once,
    /// So much time has gone by; requests are sent again and again.
    After(Duration),
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Answers with a status of 200, per second.
    pub rate: f64,
    /// How long half of the answers took at most, in milliseconds.
    pub p50: f64,
    /// How long 99 of 100 answers took at most, in milliseconds.
    pub p99: f64,
    /// How many answers there were with a status of 200.
    pub good: usize,
    /// How many others there were.
    pub errors: usize,
}

/// Sends `requests` over so many connections; each starts at another one, so that no two are under
/// way at once while there are more requests than connections.
pub async fn drive(
    address: SocketAddr,
    requests: &Requests,
    connections: usize,
    until: Until,
) -> Outcome {
    let began = Instant::now();
    let connections: Vec<_> = (0..connections)
        .map(|first| {
            tokio::spawn(converse(address, Arc::clone(requests), first, connections, until))
        })
        .collect();
    let (mut times, mut errors) = (Vec::new(), 0);
    for connection in connections {
        let (taken, failed) = connection.await.expect("a connection comes to its end");
        times.extend(taken);
        errors += failed;
    }
    Outcome::of(times, errors, began.elapsed())
}

/// One connection; gives how long each good answer took, in microseconds, and how many were bad.
async fn converse(
    address: SocketAddr,
    requests: Requests,
    first: usize,
    step: usize,
    until: Until,
) -> (Vec<u32>, usize) {
    let mut stream = TcpStream::connect(address).await.expect("the server takes connections");
    stream.set_nodelay(true).expect("a socket that does not wait");
    let (mut times, mut errors, mut buffer) = (Vec::new(), 0, Vec::with_capacity(1 << 16));
    let began = Instant::now();
    for index in (first..).step_by(step) {
        let done = match until {
            Until::Once => index >= requests.len(),
            Until::After(time) => began.elapsed() >= time,
        };
        if done {
            break;
        }
        let sent = Instant::now();
        stream.write_all(&requests[index % requests.len()]).await.expect("the server reads");
        if answer(&mut stream, &mut buffer).await == 200 {
            times.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
        } else {
            errors += 1;
        }
    }
    (times, errors)
}

/// Reads one answer to its end into `buffer`; gives its status.
pub async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> u16 {
    buffer.clear();
    let head = loop {
        let read = stream.read_buf(buffer).await.expect("the server answers");
        assert!(read > 0, "the server closed the connection");
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let text = std::str::from_utf8(&buffer[..head]).expect("a head of text");
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let status = text[9..12].parse().expect("a status");
    let end = head + length.expect("an answer of known length");
    while buffer.len() < end {
        let read = stream.read_buf(buffer).await.expect("the server answers");
        assert!(read > 0, "the server closed the connection");
    }
    buffer.drain(..head);
    status
}

/// Sends one request; gives the body of its answer, which must be good.
pub async fn ask(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.expect("the server takes connections");
    stream.write_all(request).await.expect("the server reads");
    let mut body = Vec::new();
    let status = answer(&mut stream, &mut body).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    body
}

/// A request as bytes.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: load\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    text += &format!("content-length: {}\r\n\r\n{body}", body.len());
    text.into_bytes()
}

/// Asks `/healthz` every five milliseconds.
pub async fn probe(address: SocketAddr, time: Duration) -> Outcome {
    let request = request("GET", "/healthz", &[], "");
    let mut stream = TcpStream::connect(address).await.expect("the server takes connections");
    stream.set_nodelay(true).expect("a socket that does not wait");
    let (mut ticks, mut times) = (tokio::time::interval(Duration::from_millis(5)), Vec::new());
    let (began, mut buffer) = (Instant::now(), Vec::new());
    while began.elapsed() < time {
        ticks.tick().await;
        let sent = Instant::now();
        stream.write_all(&request).await.expect("the server reads");
        assert_eq!(answer(&mut stream, &mut buffer).await, 200);
        times.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Outcome::of(times, 0, began.elapsed())
}

impl Outcome {
    /// Of answers that took so many microseconds each, and of so many that were bad.
    pub fn of(mut times: Vec<u32>, errors: usize, elapsed: Duration) -> Self {
        times.sort_unstable();
        let at = |share: f64| {
            let last = times.len().saturating_sub(1);
            let index = ((times.len() as f64 * share) as usize).min(last);
            times.get(index).map_or(0.0, |micros| f64::from(*micros) / 1e3)
        };
        let rate = times.len() as f64 / elapsed.as_secs_f64();
        Self { rate, p50: at(0.5), p99: at(0.99), good: times.len(), errors }
    }
}
