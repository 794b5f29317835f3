//! Exchanges of requests and responses (RFC 9110, section 3.4).

use std::sync::Arc;

use tokio::time::Instant;

use super::ConnectionState;

/// A request whose response is incomplete.
pub struct InProgress {
    pub id: u64,
    /// Time at which the peer was sent the part of the response that it has not read.
    pub write_since: Option<Instant>,
}

/// A request and its response, dropped when the response is complete.
pub struct Exchange {
    state: Arc<ConnectionState>,
    id: u64,
}

impl Exchange {
    pub fn new(state: Arc<ConnectionState>, id: u64) -> Self {
        Self { state, id }
    }

    /// Sets whether a part of the response waits for the peer. Otherwise, the peer waits for the
    /// response.
    pub fn set_writing(&self, is_writing: bool) {
        let mut inner = self.state.inner();
        if let Some(request) = inner.requests.iter_mut().find(|request| request.id == self.id) {
            request.write_since = is_writing.then(Instant::now);
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let mut inner = self.state.inner();
        inner.requests.retain(|request| request.id != self.id);
        inner.idle_since = Instant::now();
    }
}
