//! What was measured, as tables in Markdown.

use std::sync::Arc;
use std::time::Duration;

use postern::store::Pool;

use crate::drive::{self, Outcome, Requests, Until};
use crate::process::{Server, cpu_of_database};

/// A server with what it is sent.
pub struct Subject<'a> {
    /// What the table calls it.
    pub name: String,
    /// The server.
    pub server: &'a Server,
    /// What it is sent.
    pub requests: Requests,
    /// Over how many connections.
    pub connections: usize,
}

impl<'a> Subject<'a> {
    /// A server, called `name`, that is sent `requests` over so many connections.
    pub fn new(name: &str, server: &'a Server, requests: &Requests, connections: usize) -> Self {
        Self { name: name.to_owned(), server, requests: Arc::clone(requests), connections }
    }
}

/// All runs of one subject.
#[derive(Default)]
pub struct Measured {
    /// Each run.
    pub runs: Vec<Outcome>,
    /// Processor time of the server for each good answer, in microseconds, of each run.
    pub server_cpu: Vec<f64>,
    /// The same of the database, where it is a process of this machine.
    pub database_cpu: Vec<f64>,
}

impl Measured {
    /// Drives `subject` once more.
    pub async fn run(&mut self, subject: &Subject<'_>, time: Duration, db: &Pool) {
        let Subject { server, requests, connections, .. } = subject;
        let before = (server.cpu(), cpu_of_database(db).await);
        let until = Until::After(time);
        let outcome = drive::drive(server.address, requests, *connections, until).await;
        let after = (server.cpu(), cpu_of_database(db).await);
        let each = |after: Duration, before| {
            after.saturating_sub(before).as_secs_f64() * 1e6 / outcome.good.max(1) as f64
        };
        self.server_cpu.push(each(after.0, before.0));
        let database = after.1.zip(before.1);
        self.database_cpu.extend(database.map(|(after, before)| each(after, before)));
        self.runs.push(outcome);
    }

    /// The median of something of each run.
    pub fn median(&self, of: impl Fn(&Outcome) -> f64) -> f64 {
        median(self.runs.iter().map(of))
    }

    /// The median of the ratios of the rates, run by run.
    pub fn against(&self, other: &Self) -> f64 {
        let pairs = self.runs.iter().zip(&other.runs);
        median(pairs.map(|(this, that)| this.rate / that.rate))
    }

    /// The processor time of server and database for each good answer, in microseconds.
    pub fn cpu(&self) -> f64 {
        median(self.server_cpu.iter().copied()) + median(self.database_cpu.iter().copied())
    }
}

/// The middle one.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Drives one subject after the other, `runs` times over, so that what changes on the machine
/// changes for all; prints a line for each.
pub async fn compare(
    subjects: &[Subject<'_>],
    runs: usize,
    time: Duration,
    db: &Pool,
) -> Vec<Measured> {
    let mut measured: Vec<Measured> = subjects.iter().map(|_| Measured::default()).collect();
    for _ in 0..runs {
        for (subject, measured) in subjects.iter().zip(&mut measured) {
            measured.run(subject, time, db).await;
        }
    }
    for (subject, measured) in subjects.iter().zip(&measured) {
        line(subject, measured);
    }
    measured
}

/// The head of a table of what was measured.
pub fn head(title: &str) {
    say(&format!("\n### {title}\n"));
    say(
        "| | connections | requests/s | p50 ms | p99 ms | errors | server CPU µs | database CPU µs | memory MiB |",
    );
    say("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
}

/// The line of what was measured of a subject.
pub fn line(subject: &Subject<'_>, measured: &Measured) {
    let database = match measured.database_cpu.as_slice() {
        [] => "in the server".to_owned(),
        times => format!("{:.0}", median(times.iter().copied())),
    };
    say(&format!(
        "| {} | {} | {:.0} | {:.2} | {:.2} | {} | {:.0} | {database} | {} |",
        subject.name,
        subject.connections,
        measured.median(|run| run.rate),
        measured.median(|run| run.p50),
        measured.median(|run| run.p99),
        measured.runs.iter().map(|run| run.errors).sum::<usize>(),
        median(measured.server_cpu.iter().copied()),
        subject.server.memory(),
    ));
}

/// What was to be reached, and what was.
#[derive(Default)]
pub struct Goals(Vec<(String, String, String)>);

impl Goals {
    /// One more.
    pub fn add(&mut self, what: &str, goal: &str, reached: String) {
        self.0.push((what.to_owned(), goal.to_owned(), reached));
    }

    /// The table of all.
    pub fn print(&self) {
        say("\n### Ratios\n\n| what | to reach | measured |\n|---|---:|---:|");
        for (what, goal, reached) in &self.0 {
            say(&format!("| {what} | {goal} | {reached} |"));
        }
    }
}

/// Prints a line of the report.
#[expect(clippy::print_stdout, reason = "this is what the program is for")]
pub fn say(line: &str) {
    println!("{line}");
}
