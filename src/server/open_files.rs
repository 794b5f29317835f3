//! The limit of open files, which every connection counts against.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The fewest connections that are served, whatever the limit.
const MINIMUM: usize = 16;

/// Raises the process's limit of open files for `connections` and `others`, as far as it may, and
/// returns how many connections fit.
pub fn reserve(connections: usize, others: usize) -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let needed = u64::try_from(connections.saturating_add(others)).unwrap_or(u64::MAX);
    let raised = maximum.map_or(needed, |maximum| needed.min(maximum));
    let mut limit = current.unwrap_or(u64::MAX);
    if raised > limit
        && setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum }).is_ok()
    {
        limit = raised;
    }
    let fit = usize::try_from(limit).unwrap_or(usize::MAX).saturating_sub(others).max(MINIMUM);
    if fit < connections {
        tracing::warn!(
            connections = fit,
            "the limit of open files ({limit}) allows fewer connections than max_connections ({connections})"
        );
    }
    fit.min(connections)
}
