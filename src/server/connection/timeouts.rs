//! Timeouts of a connection.

use std::time::Duration;

/// Time limits of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Time limit of the header of a request.
    pub header: Duration,
    /// Time limit between requests.
    pub idle: Duration,
    /// Time limit of a peer that does not read.
    pub write: Duration,
}

/// The time limit that closes a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    /// The header of a request is incomplete.
    Header,
    /// No request is in progress.
    Idle,
    /// The peer does not read a response.
    Write,
}
