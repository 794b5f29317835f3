//! Measurements and their comparison.

mod table;
mod targets;

use std::sync::Arc;
use std::time::Duration;

use postern::store::Pool;

pub use table::{print_line, table_head, table_row};
pub use targets::Targets;

use crate::generator::{self, Outcome, Requests, Until};
use crate::process::{Server, database_cpu};

/// A server with its load.
pub struct Subject<'a> {
    /// The name in the table.
    pub name: String,
    /// The server.
    pub server: &'a Server,
    /// The requests.
    pub requests: Requests,
    /// The number of connections.
    pub connections: usize,
}

impl<'a> Subject<'a> {
    /// A server called `name` that gets `requests` over a number of connections.
    pub fn new(name: &str, server: &'a Server, requests: &Requests, connections: usize) -> Self {
        Self { name: name.to_owned(), server, requests: Arc::clone(requests), connections }
    }
}

/// The runs of one subject.
#[derive(Default)]
pub struct Measurement {
    /// The outcome of each run.
    pub runs: Vec<Outcome>,
    /// The CPU time of the server per successful response of each run, in microseconds.
    pub server_cpu: Vec<f64>,
    /// The same of the database, if it is a process of this machine.
    pub database_cpu: Vec<f64>,
}

impl Measurement {
    /// Adds a run of `subject`.
    pub async fn run(&mut self, subject: &Subject<'_>, time: Duration, db: &Pool) {
        let Subject { server, requests, connections, .. } = subject;
        let before = (server.cpu(), database_cpu(db).await);
        let until = Until::Elapsed(time);
        let outcome = generator::run(server.address, requests, *connections, until).await;
        let after = (server.cpu(), database_cpu(db).await);
        let per_response = |after: Duration, before| {
            let cpu = after.saturating_sub(before).as_secs_f64() * 1e6;
            cpu / outcome.succeeded.max(1) as f64
        };
        self.server_cpu.push(per_response(after.0, before.0));
        let database = after.1.zip(before.1);
        self.database_cpu.extend(database.map(|(after, before)| per_response(after, before)));
        self.runs.push(outcome);
    }

    /// The median of a value of each run.
    pub fn median(&self, value: impl Fn(&Outcome) -> f64) -> f64 {
        median(self.runs.iter().map(value))
    }

    /// The median of the ratios of the rates of paired runs.
    pub fn rate_ratio(&self, other: &Self) -> f64 {
        let pairs = self.runs.iter().zip(&other.runs);
        median(pairs.map(|(this, other)| this.rate / other.rate))
    }

    /// The CPU time of server and database per successful response, in microseconds.
    pub fn cpu(&self) -> f64 {
        median(self.server_cpu.iter().copied()) + median(self.database_cpu.iter().copied())
    }
}

/// The median; 0 without values.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Measures the subjects alternately, `runs` times each, so that changes of the machine affect all
/// of them; prints a table row for each.
pub async fn compare(
    subjects: &[Subject<'_>],
    runs: usize,
    time: Duration,
    db: &Pool,
) -> Vec<Measurement> {
    let mut measurements: Vec<_> = subjects.iter().map(|_| Measurement::default()).collect();
    for _ in 0..runs {
        for (subject, measurement) in subjects.iter().zip(&mut measurements) {
            measurement.run(subject, time, db).await;
        }
    }
    for (subject, measurement) in subjects.iter().zip(&measurements) {
        table_row(subject, measurement);
    }
    measurements
}
