//! The command line of the load test.

use clap::{Parser, ValueEnum};

/// Measures Postern under load.
#[derive(Parser)]
pub struct Args {
    /// The URL of a PostgreSQL server in which databases may be created; SQLite in a temporary file
    /// without it.
    #[arg(long)]
    pub database: Option<String>,
    /// The number of credentials.
    #[arg(long, default_value_t = 20_000)]
    pub credentials: usize,
    /// The numbers of connections for warm tokens.
    #[arg(long, value_delimiter = ',', default_value = "1,16,64,256")]
    pub connections: Vec<usize>,
    /// The duration of each run, in seconds.
    #[arg(long, default_value_t = 3.0)]
    pub seconds: f64,
    /// The number of runs, whose median is reported.
    #[arg(long, default_value_t = 5)]
    pub runs: usize,
    /// The parts to measure.
    #[arg(required = true)]
    parts: Vec<Part>,
}

impl Args {
    /// Whether a part is selected.
    pub fn select(&self, part: Part) -> bool {
        // `faults` freezes every database of the server, so it must be selected explicitly.
        let all = part != Part::Faults && self.parts.contains(&Part::All);
        all || self.parts.contains(&part)
    }
}

/// A part of the load test.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// All parts except `faults`.
    All,
    /// Warm tokens, compared with the ceiling.
    Warm,
    /// Warm tokens, compared with one statement per request and the baseline; one hot credential.
    Others,
    /// Tokens of clients that authenticate with `private_key_jwt`.
    Assertions,
    /// Cold tokens.
    Cold,
    /// Pages of GraphQL.
    Lists,
    /// Filtered, ordered and deep pages, compared with the plain first one.
    Filters,
    /// Warm tokens and pages of a large database, compared with a small one.
    Size,
    /// Rotation of the signing key and of secrets under load.
    Keys,
    /// Attacks, and what other clients notice of them.
    Attacks,
    /// A hung PostgreSQL, which is frozen for some seconds with all of its databases.
    Faults,
    /// The size of the database after millions of tokens.
    Growth,
}
