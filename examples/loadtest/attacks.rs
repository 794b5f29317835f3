//! Attacks, each bounded, and what others notice meanwhile. Strangers and clients of one network do what
//! they may; others come from another one.

mod bystanders;
mod clients;
mod flood;
mod operations;
mod stopping;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream};

use crate::drive::{self, Outcome};
use crate::installation::{HEAVY, Installation};
use crate::process::{Server, Settings};
use crate::report::{Goals, say};
use crate::tokens;
use bystanders::Bystanders;

/// The addresses of the attackers, of one /24.
const ATTACKERS: [Ipv4Addr; 2] = [Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3)];

/// What others may notice at most, in milliseconds, for 99 of 100 requests.
const HEALTH: f64 = 100.0;
const TOKENS: f64 = 200.0;
const COLD: f64 = 500.0;

/// What came of an attack.
struct Came {
    /// How it was answered.
    answers: String,
    /// Tokens of clients elsewhere whose secrets had to be hashed.
    cold: Option<Outcome>,
}

impl From<String> for Came {
    fn from(answers: String) -> Self {
        Self { answers, cold: None }
    }
}

/// All of them, each on a server of its own.
pub async fn run(time: Duration, of: &Installation, goals: &mut Goals) {
    say("\n### Attacks\n");
    say(
        "| | answers | others: `/healthz` p50, p99 ms | known client p50, p99 ms | errors | memory MiB |",
    );
    say("|---|---|---:|---:|---:|---:|");
    let usual = &of.settings;
    let nothing = async |_| {
        tokio::time::sleep(time).await;
        "".to_owned().into()
    };
    measure("none", of, usual, goals, nothing).await;
    measure("1: mutations of one account", of, usual, goals, async |server| {
        operations::mutations(of, server, time).await
    })
    .await;
    let open = of.settings_with(&[("INTROSPECTION", "true")]);
    measure("4: the largest queries", of, &open, goals, async |server| {
        operations::queries(of, server, time).await
    })
    .await;
    measure("5: half-sent headers", of, usual, goals, async |server| {
        clients::half_sent_headers(server, time).await
    })
    .await;
    let hashing = of.settings_with(&[("ARGON2_MEMORY_KIB", "19456"), ("ARGON2_ITERATIONS", "2")]);
    measure("7: made-up clients", of, &hashing, goals, async |server| {
        clients::made_up(of, server, time).await
    })
    .await;
    measure("8: failures of ever new clients", of, usual, goals, async |server| {
        clients::failures(server, time).await
    })
    .await;
    measure("9: tokens for many resources", of, usual, goals, async |server| {
        operations::resources(of, server, time).await
    })
    .await;
    stopping::unread_logs(of, time, goals).await;
    stopping::half_sent_header(of, goals).await;
}

/// One attack; prints a line.
async fn measure(
    name: &str,
    of: &Installation,
    settings: &Settings,
    goals: &mut Goals,
    attack: impl AsyncFnOnce(SocketAddr) -> Came,
) {
    let server = Server::start(&["serve"], settings).await;
    let known = tokens::request(&of.client_ids[HEAVY], of.secret.reveal());
    drive::ask(server.address, &known).await;
    let bystanders = Bystanders::start(server.address, known);
    let Came { answers, cold } = attack(server.address).await;
    let (health, tokens) = bystanders.end();
    let two = |it: &Outcome| format!("{:.1}, {:.1}", it.p50, it.p99);
    say(&format!(
        "| {name} | {answers} | {} | {} | {} | {} |",
        two(&health),
        two(&tokens),
        health.errors + tokens.errors,
        server.memory(),
    ));
    let mut add = |what: &str, most: f64, reached: &Outcome| {
        goals.add(
            &format!("{name}: {what}"),
            &format!("< {most} ms"),
            format!("{:.1}", reached.p99),
        );
    };
    add("p99 of `/healthz`", HEALTH, &health);
    add("p99 of a known client", TOKENS, &tokens);
    if let Some(cold) = cold {
        add("p99 of clients elsewhere that are not known", COLD, &cold);
    }
}

/// A connection from this address.
async fn connect(server: SocketAddr, source: Ipv4Addr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((source, 0).into())?;
    let stream = socket.connect(server).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
