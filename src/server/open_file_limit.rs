//! Limit of open files (`RLIMIT_NOFILE`), which caps connections.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Minimum number of connections, whatever the limit.
const MIN_CONNECTIONS: usize = 16;

/// Raises the limit of the process to `connections` and `others`, as far as permitted. Returns the
/// number of connections that the limit allows.
pub fn raise(connections: usize, others: usize) -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let needed = u64::try_from(connections.saturating_add(others)).unwrap_or(u64::MAX);
    let raised = maximum.map_or(needed, |maximum| needed.min(maximum));
    let mut limit = current.unwrap_or(u64::MAX);
    if raised > limit
        && setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum }).is_ok()
    {
        limit = raised;
    }
    let limit_of_files = usize::try_from(limit).unwrap_or(usize::MAX);
    let allowed = limit_of_files.saturating_sub(others).max(MIN_CONNECTIONS);
    if allowed < connections {
        tracing::warn!(
            connections = allowed,
            "the limit of open files ({limit}) allows fewer connections than max_connections ({connections})"
        );
    }
    allowed.min(connections)
}
