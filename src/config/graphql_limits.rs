//! Limits of GraphQL requests.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::ConfigError;
use super::values::within;

/// The limits of one GraphQL request.
#[derive(Clone, Debug)]
pub struct GraphqlLimits {
    /// Bytes of the body of a request.
    pub body_bytes: usize,
    /// Tokens of a document.
    pub tokens: usize,
    /// Fields nested in each other; introspection has a limit of its own.
    pub depth: usize,
    /// Aliases, with fragments written out.
    pub aliases: usize,
    /// Fields at the root of an operation, with fragments written out.
    pub root_fields: usize,
    /// Directives in a document.
    pub directives: usize,
    /// Fields, with fragments written out.
    pub selections: usize,
    /// Objects of the answer, with lists as long as they may be.
    pub cost: usize,
    /// Fields of the answer, with lists as long as they may be.
    pub resolutions: usize,
    /// Time of an operation.
    pub duration: Duration,
    /// Bytes of an answer to a query.
    pub response_bytes: usize,
}

/// The same as they are set, before they are checked.
pub(super) struct Unchecked {
    pub body_bytes: usize,
    pub tokens: usize,
    pub depth: usize,
    pub aliases: usize,
    pub root_fields: usize,
    pub directives: usize,
    pub selections: usize,
    pub cost: usize,
    pub resolutions: usize,
    pub seconds: u64,
    pub response_bytes: usize,
}

impl Unchecked {
    /// The limits, each within its range: the parser and the engine hold what is allowed.
    pub fn check(self) -> Result<GraphqlLimits, ConfigError> {
        Ok(GraphqlLimits {
            body_bytes: limit("body_bytes", 1_024..=16_777_216, self.body_bytes)?,
            tokens: limit("tokens", 100..=100_000, self.tokens)?,
            depth: limit("depth", 1..=30, self.depth)?,
            aliases: limit("aliases", 0..=10_000, self.aliases)?,
            root_fields: limit("root_fields", 1..=1_000, self.root_fields)?,
            directives: limit("directives", 0..=10_000, self.directives)?,
            selections: limit("selections", 1..=100_000, self.selections)?,
            cost: limit("cost", 1..=10_000_000, self.cost)?,
            resolutions: limit("resolutions", 1..=10_000_000, self.resolutions)?,
            duration: Duration::from_secs(limit("seconds", 1..=25, self.seconds)?),
            response_bytes: limit("response_bytes", 1_024..=1_073_741_824, self.response_bytes)?,
        })
    }
}

fn limit<T: PartialOrd + Display + Copy>(
    name: &str,
    range: RangeInclusive<T>,
    value: T,
) -> Result<T, ConfigError> {
    within(&format!("graphql_max_{name}"), range, value)
}
