//! Logs that nobody reads, and the end of a process that has connections open.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;

use super::flood::{Next, Statuses, flood, shown};
use super::{ATTACKERS, connect};
use crate::drive;
use crate::installation::{HEAVY, Installation};
use crate::process::Server;
use crate::report::{Goals, say};
use crate::tokens;

/// A log reader that has stopped: how many requests are answered all the same.
pub async fn unread_logs(of: &Installation, time: Duration, goals: &mut Goals) {
    let server = Server::start_with_logs(&["serve"], &of.settings, Stdio::piped()).await;
    let request = drive::request("GET", "/healthz", &[], "");
    let next: Next = Arc::new(move |_, _| request.clone());
    let answers = flood(server.address, ATTACKERS[0], 16, time, next).await;
    say(&format!("\nWith logs that nobody reads: {}.", shown(&answers, time)));
    goals.add("10: answers with logs that nobody reads", "all", all(&answers));
}

fn all(answers: &Statuses) -> String {
    let good = answers.get(&200).copied().unwrap_or_default();
    format!("{good} of {}", answers.values().sum::<usize>())
}

/// A header that never ends, and token requests under way, when the server is told to stop. Requests
/// over connections that were accepted are answered; later connections are refused.
pub async fn half_sent_header(of: &Installation, goals: &mut Goals) {
    let server = Server::start(&["serve"], &of.settings).await;
    let address = server.address;
    let mut half = connect(address, ATTACKERS[0]).await.expect("the server takes connections");
    half.write_all(b"GET /healthz HTTP/1.1\r\nx-rest:").await.expect("the server reads");
    let request = tokens::request(&of.client_ids[HEAVY], of.secret.reveal());
    let clients: Vec<_> =
        (0..16).map(|_| tokio::spawn(ask_until_refused(address, request.clone()))).collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let began = Instant::now();
    server.stop();
    let success = server.end().await;
    let taken = began.elapsed().as_secs_f64();
    let (mut good, mut failed) = (0, 0);
    for client in clients {
        let (answered, cut) = client.await.expect("a client comes to its end");
        good += answered;
        failed += cut;
    }
    say(&format!("\nStopped with success: {success}; {good} tokens, {failed} requests cut off."));
    goals.add("11: time to stop, with a half-sent header", "< 10 s", format!("{taken:.1} s"));
    goals.add("11: requests cut off", "0", failed.to_string());
}

/// One request after the other, over a new connection where the server says that it closes; how many
/// were answered, and how many were not.
async fn ask_until_refused(address: std::net::SocketAddr, request: Vec<u8>) -> (usize, usize) {
    let mut counts = (0, 0);
    let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build();
    let http = http.expect("a client");
    let text = String::from_utf8(request).expect("text");
    let basic = text.lines().find_map(|line| line.strip_prefix("authorization: "));
    let basic = basic.expect("an authorization").to_owned();
    loop {
        let asked = http.post(format!("http://{address}/oauth/token"));
        let asked =
            asked.header("authorization", &basic).form(&[("grant_type", "client_credentials")]);
        match asked.send().await {
            Ok(answer) if answer.status() == 200 => counts.0 += 1,
            Err(error) if error.is_connect() => return counts,
            _ => counts.1 += 1,
        }
        if counts.1 > 100 {
            return counts;
        }
    }
}
