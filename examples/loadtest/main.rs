//! Postern under load, beside the limit and the plain way:
//!
//! ```sh
//! cargo run --release --example loadtest -- all                                  # SQLite
//! cargo run --release --example loadtest -- --database postgres://… all
//! ```
//!
//! It makes a database of its own, fills it, and starts each server as a process of its own on
//! this machine. What is compared is measured in turns: take the ratios.

#![expect(clippy::expect_used, reason = "what a measurement relies on and what is not so ends it")]

mod assertions;
mod attacks;
mod drive;
mod faults;
mod growth;
mod installation;
mod keys;
mod lists;
mod peers;
mod process;
mod report;
mod tokens;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};

/// As in the `postern` command itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use installation::{HEAVY, Installation};
use process::Server;
use report::{Goals, Subject, compare, head};

/// Measures Postern under load.
#[derive(Parser)]
struct Args {
    /// A PostgreSQL server in which databases may be made; without it, SQLite in a temporary file.
    #[arg(long)]
    database: Option<String>,
    /// How many credentials there are.
    #[arg(long, default_value_t = 20_000)]
    credentials: usize,
    /// Over how many connections tokens are fetched.
    #[arg(long, value_delimiter = ',', default_value = "1,16,64,256")]
    connections: Vec<usize>,
    /// How long each run takes, in seconds.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// How many runs there are, of which the median is told.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// What is measured.
    #[arg(required = true)]
    parts: Vec<Part>,
}

/// What can be measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Everything.
    All,
    /// Tokens of clients that are known, beside the limit.
    Warm,
    /// The same beside other ways, and one hot credential.
    Others,
    /// Tokens of clients that prove themselves by assertions.
    Assertions,
    /// Tokens of clients that are not.
    Cold,
    /// Pages of GraphQL.
    Lists,
    /// Tokens and pages of a large database beside a small one.
    Size,
    /// Whether anybody notices that the signing key and secrets are rotated.
    Keys,
    /// What others notice of attacks.
    Attacks,
    /// What is noticed of a PostgreSQL that hangs. It is frozen for some seconds, with all of its
    /// databases; never part of `all`.
    Faults,
    /// Whether a million tokens leave anything in the database.
    Growth,
}

/// How it is measured.
pub struct Plan {
    connections: Vec<usize>,
    time: Duration,
    runs: usize,
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().collect();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [_, "serve"] | [_, "keys", "rotate"] => runtime.block_on(postern::cli::run()),
        [_, "peer", kind, client_id] => {
            runtime.block_on(peers::serve(kind, client_id));
            ExitCode::SUCCESS
        }
        _ => runtime.block_on(measure(Args::parse())),
    }
}

async fn measure(args: Args) -> ExitCode {
    let wanted = |part| args.parts.contains(&part) || args.parts.contains(&Part::All);
    let time = Duration::from_secs_f64(args.seconds);
    let plan = Plan { connections: args.connections, time, runs: args.runs };
    let mut goals = Goals::default();
    let server = args.database.as_deref();
    let parts = [Part::Warm, Part::Others, Part::Assertions, Part::Cold, Part::Lists];
    if parts.into_iter().any(wanted) {
        let installation = Installation::new(server, args.credentials).await;
        if wanted(Part::Warm) {
            tokens::run(&plan, &installation, &mut goals).await;
        }
        if wanted(Part::Others) {
            tokens::others(&plan, &installation, &mut goals).await;
        }
        if wanted(Part::Assertions) {
            assertions::run(&plan, &installation, &mut goals).await;
        }
        if wanted(Part::Cold) {
            tokens::cold(&plan, &installation, &mut goals).await;
        }
        if wanted(Part::Lists) {
            lists::run(&plan, &installation, &mut goals).await;
        }
        installation.end().await;
    }
    if wanted(Part::Size) {
        size(&plan, server, &mut goals).await;
    }
    if wanted(Part::Attacks) {
        let installation = Installation::new(server, HEAVY + 900).await;
        attacks::run(plan.time, &installation, &mut goals).await;
        installation.end().await;
    }
    if args.parts.contains(&Part::Faults) {
        let installation = Installation::new(server, HEAVY + 900).await;
        faults::run(&installation, &mut goals).await;
        installation.end().await;
    }
    let mut unnoticed = true;
    if wanted(Part::Keys) {
        let installation = Installation::new(server, HEAVY + 1_000).await;
        unnoticed = keys::run(&installation).await;
        installation.end().await;
    }
    if wanted(Part::Growth) {
        unnoticed &= growth::run(server).await;
    }
    goals.print();
    if unnoticed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A thousand clients among a million credentials, and among a thousand.
async fn size(plan: &Plan, database: Option<&str>, goals: &mut Goals) {
    let small = Installation::new(database, 1_000 + HEAVY).await;
    let large = Installation::new(database, 1_000_000 + HEAVY).await;
    let (mut servers, mut requests) = (Vec::new(), Vec::new());
    for installation in [&small, &large] {
        let server = Server::start(&["serve"], &installation.settings).await;
        let clients = &installation.client_ids[HEAVY..];
        let spread: Vec<_> = clients.iter().step_by(clients.len() / 1_000).cloned().collect();
        let of_each = tokens::requests(installation, &spread);
        tokens::warm(&server, &of_each).await;
        servers.push(server);
        requests.push(of_each);
    }
    head("Warm tokens of 1,000 clients");
    let subjects = [
        Subject::new("among 1,000 credentials", &servers[0], &requests[0], 256),
        Subject::new("among 1,000,000 credentials", &servers[1], &requests[1], 256),
    ];
    let measured = compare(&subjects, plan.runs, plan.time, large.app.db.reader()).await;
    let ratio = measured[1].against(&measured[0]);
    goals.add("warm tokens among 1,000,000 credentials / 1,000", "≥ 0.9", format!("{ratio:.2}"));
    lists::depth(plan, &large, goals).await;
    small.end().await;
    large.end().await;
}
