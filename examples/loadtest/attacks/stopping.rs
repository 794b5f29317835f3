//! A blocked log reader, and a stop with open connections.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;

use super::flood::{NextRequest, Statuses, flood, rates};
use super::{ATTACKERS, connect};
use crate::http;
use crate::installation::Installation;
use crate::process::Server;
use crate::report::{Targets, print_line};
use crate::tokens;

/// Floods a server whose logs are not read.
pub async fn unread_logs(of: &Installation, time: Duration, targets: &mut Targets) {
    let server = Server::start_with_logs(&["serve"], &of.settings, Stdio::piped()).await;
    let request = http::request("GET", "/healthz", &[], "");
    let next: NextRequest = Arc::new(move |_, _| request.clone());
    let responses = flood(server.address, ATTACKERS[0], 16, time, next).await;
    print_line(&format!("\nWith unread logs: {}.", rates(&responses, time)));
    targets.add("10: successful responses with unread logs", "all", success_count(&responses));
}

fn success_count(responses: &Statuses) -> String {
    let succeeded = responses.get(&200).copied().unwrap_or_default();
    format!("{succeeded} of {}", responses.values().sum::<usize>())
}

/// Stops a server with an incomplete header and token requests under way. Requests on accepted
/// connections succeed; later connections are refused.
pub async fn incomplete_header(of: &Installation, targets: &mut Targets) {
    let server = Server::start(&["serve"], &of.settings).await;
    let address = server.address;
    let mut incomplete = connect(address, ATTACKERS[0]).await.expect("a connection");
    incomplete.write_all(b"GET /healthz HTTP/1.1\r\nx-rest:").await.expect("a request");
    let request = tokens::request(&of.cheap_client_ids()[0], of.secret.reveal());
    let clients: Vec<_> =
        (0..16).map(|_| tokio::spawn(send_until_refused(address, request.clone()))).collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let began = Instant::now();
    server.stop();
    let success = server.wait().await;
    let elapsed = began.elapsed().as_secs_f64();
    let (mut succeeded, mut failed) = (0, 0);
    for client in clients {
        let (of_client, cut_off) = client.await.expect("no panic");
        succeeded += of_client;
        failed += cut_off;
    }
    print_line(&format!(
        "\nStopped with success: {success}; {succeeded} tokens, {failed} requests cut off."
    ));
    targets.add("11: time to stop, with an incomplete header", "< 10 s", format!("{elapsed:.1} s"));
    targets.add("11: requests cut off", "0", failed.to_string());
}

/// Sends one request after the other, each on a new connection, until one is refused; returns the
/// numbers of successful and of failed requests.
async fn send_until_refused(address: std::net::SocketAddr, request: Vec<u8>) -> (usize, usize) {
    let (mut succeeded, mut failed) = (0, 0);
    let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build();
    let client = client.expect("a client");
    let text = String::from_utf8(request).expect("text");
    let basic = text.lines().find_map(|line| line.strip_prefix("authorization: "));
    let basic = basic.expect("an authorization").to_owned();
    loop {
        let request = client.post(format!("http://{address}/oauth/token"));
        let request =
            request.header("authorization", &basic).form(&[("grant_type", "client_credentials")]);
        match request.send().await {
            Ok(response) if response.status() == 200 => succeeded += 1,
            Err(error) if error.is_connect() => return (succeeded, failed),
            _ => failed += 1,
        }
        if failed > 100 {
            return (succeeded, failed);
        }
    }
}
