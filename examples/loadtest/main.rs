//! Postern under load, compared with a ceiling and a baseline:
//!
//! ```sh
//! cargo run --release --example loadtest -- all                                  # SQLite
//! cargo run --release --example loadtest -- --database postgres://… all
//! ```
//!
//! The program creates and fills databases, and starts each server as a process of its own on this
//! machine. Compared servers are measured alternately, and their ratios matter more than their
//! rates.

#![expect(clippy::expect_used, reason = "a measurement ends when its preconditions fail")]

mod admin;
mod args;
mod assertions;
mod attacks;
mod faults;
mod generator;
mod growth;
mod http;
mod installation;
mod keys;
mod lists;
mod peers;
mod process;
mod report;
mod size;
mod tokens;

use std::process::ExitCode;
use std::time::Duration;

use args::{Args, Part};
use clap::Parser;
use installation::{DEFAULT_HASHES, Installation};
use report::Targets;

/// The allocator of the `postern` command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The parameters of the measurements.
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
        _ => runtime.block_on(measure(&Args::parse())),
    }
}

async fn measure(args: &Args) -> ExitCode {
    let time = Duration::from_secs_f64(args.seconds);
    let plan = Plan { connections: args.connections.clone(), time, runs: args.runs };
    let (server, mut targets) = (args.database.as_deref(), Targets::default());
    measure_shared(args, &plan, &mut targets).await;
    if args.select(Part::Size) {
        size::run(&plan, server, &mut targets).await;
    }
    if args.select(Part::Attacks) {
        let installation = Installation::new(server, DEFAULT_HASHES + 900).await;
        attacks::run(plan.time, &installation, &mut targets).await;
        installation.delete().await;
    }
    if args.select(Part::Faults) {
        let installation = Installation::new(server, DEFAULT_HASHES + 900).await;
        faults::run(&installation, &mut targets).await;
        installation.delete().await;
    }
    let mut passed = true;
    if args.select(Part::Keys) {
        let installation = Installation::new(server, DEFAULT_HASHES + 1_000).await;
        passed = keys::run(&installation).await;
        installation.delete().await;
    }
    if args.select(Part::Growth) {
        passed &= growth::run(server).await;
    }
    targets.print();
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Measures the parts that share a database.
async fn measure_shared(args: &Args, plan: &Plan, targets: &mut Targets) {
    let parts =
        [Part::Warm, Part::Others, Part::Assertions, Part::Cold, Part::Lists, Part::Filters];
    if !parts.into_iter().any(|part| args.select(part)) {
        return;
    }
    let installation = Installation::new(args.database.as_deref(), args.credentials).await;
    if args.select(Part::Warm) {
        tokens::run(plan, &installation, targets).await;
    }
    if args.select(Part::Others) {
        tokens::compare_with_peers(plan, &installation, targets).await;
    }
    if args.select(Part::Assertions) {
        assertions::run(plan, &installation, targets).await;
    }
    if args.select(Part::Cold) {
        tokens::cold(plan, &installation, targets).await;
    }
    if args.select(Part::Lists) {
        lists::run(plan, &installation, targets).await;
    }
    // Last, as it changes the rows.
    if args.select(Part::Filters) {
        lists::filters::run(plan, &installation, targets).await;
    }
    installation.delete().await;
}
