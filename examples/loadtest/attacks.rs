//! Attacks from one network, and what clients of another network notice meanwhile.

mod clients;
mod flood;
mod operations;
mod probes;
mod stopping;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream};

use crate::generator::Outcome;
use crate::http;
use crate::installation::Installation;
use crate::process::{Server, Settings};
use crate::report::{Targets, print_line};
use crate::tokens;
use probes::Probes;

/// The addresses of the attackers, in one /24.
const ATTACKERS: [Ipv4Addr; 2] = [Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3)];

/// The targets for the 99th percentile of uninvolved clients, in milliseconds.
const MAX_HEALTH_P99: f64 = 100.0;
const MAX_WARM_TOKEN_P99: f64 = 200.0;
const MAX_COLD_TOKEN_P99: f64 = 500.0;

/// The settings of a server with the default hashes.
const DEFAULT_ARGON2: [(&str, &str); 2] =
    [("ARGON2_MEMORY_KIB", "19456"), ("ARGON2_ITERATIONS", "2")];

/// The result of an attack.
struct AttackResult {
    /// The responses to the attackers.
    responses: String,
    /// Cold tokens of clients of another network.
    cold_tokens: Option<Outcome>,
}

impl From<String> for AttackResult {
    fn from(responses: String) -> Self {
        Self { responses, cold_tokens: None }
    }
}

/// Measures all attacks, each on a server of its own.
pub async fn run(time: Duration, of: &Installation, targets: &mut Targets) {
    print_line("\n### Attacks\n");
    print_line(
        "| | responses | others: `/healthz` p50, p99 ms | warm token p50, p99 ms | errors | memory MiB |",
    );
    print_line("|---|---|---:|---:|---:|---:|");
    let settings = &of.settings;
    let nothing = async |_| {
        tokio::time::sleep(time).await;
        String::new().into()
    };
    measure("none", of, settings, targets, nothing).await;
    measure("1: mutations of one account", of, settings, targets, async |server| {
        operations::mutations(of, server, time).await
    })
    .await;
    let introspection = of.settings_with(&[("INTROSPECTION", "true")]);
    measure("4: the largest queries", of, &introspection, targets, async |server| {
        operations::queries(of, server, time).await
    })
    .await;
    measure("5: incomplete headers", of, settings, targets, async |server| {
        clients::incomplete_headers(server, time).await
    })
    .await;
    let argon2 = of.settings_with(&DEFAULT_ARGON2);
    measure("7: unknown clients", of, &argon2, targets, async |server| {
        clients::unknown_clients(of, server, time).await
    })
    .await;
    measure("8: failures of many clients", of, settings, targets, async |server| {
        clients::failures(server, time).await
    })
    .await;
    measure("9: tokens for many resources", of, settings, targets, async |server| {
        operations::resources(of, server, time).await
    })
    .await;
    stopping::unread_logs(of, time, targets).await;
    stopping::incomplete_header(of, targets).await;
}

/// Measures one attack; prints a table row.
async fn measure(
    name: &str,
    of: &Installation,
    settings: &Settings,
    targets: &mut Targets,
    attack: impl AsyncFnOnce(SocketAddr) -> AttackResult,
) {
    let server = Server::start(&["serve"], settings).await;
    let token = tokens::request(&of.cheap_client_ids()[0], of.secret.reveal());
    http::fetch(server.address, &token).await;
    let probes = Probes::start(server.address, token);
    let AttackResult { responses, cold_tokens } = attack(server.address).await;
    let (health, warm_tokens) = probes.stop();
    let latency = |it: &Outcome| format!("{:.1}, {:.1}", it.p50, it.p99);
    print_line(&format!(
        "| {name} | {responses} | {} | {} | {} | {} |",
        latency(&health),
        latency(&warm_tokens),
        health.errors + warm_tokens.errors,
        server.memory(),
    ));
    let mut add = |what: &str, max: f64, measured: &Outcome| {
        let (name, target) = (format!("{name}: {what}"), format!("< {max} ms"));
        targets.add(&name, &target, format!("{:.1}", measured.p99));
    };
    add("p99 of `/healthz`", MAX_HEALTH_P99, &health);
    add("p99 of warm tokens", MAX_WARM_TOKEN_P99, &warm_tokens);
    if let Some(cold_tokens) = cold_tokens {
        add("p99 of cold tokens from another network", MAX_COLD_TOKEN_P99, &cold_tokens);
    }
}

/// Opens a connection from `source`.
async fn connect(server: SocketAddr, source: Ipv4Addr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((source, 0).into())?;
    let stream = socket.connect(server).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
