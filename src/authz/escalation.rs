//! Escalation checks: callers grant no permission that they do not hold, and leave no credential with
//! wider bounds than their own.

use super::{Actor, Binding, Bounds, Denial};

/// Whether `actor` may grant `binding`: it must hold its permissions on its target, for as long as it
/// lasts.
///
/// # Errors
/// [`Denial::GrantsMore`].
pub fn decide_grant(actor: &Actor, binding: &Binding) -> Result<(), Denial> {
    match actor {
        Actor::Client(client) if client.access().cover(binding) => Ok(()),
        Actor::Operator => Ok(()),
        Actor::Client(_) | Actor::Anonymous => Err(Denial::GrantsMore),
    }
}

/// Whether `actor` may leave credentials with these bounds usable: a credential that it creates or
/// enables, or those of a service account that it grants a role or scope to. `None` stands for bounds
/// that cannot be read.
///
/// # Errors
/// [`Denial::LessRestricted`].
pub fn decide_bounds<'a>(
    actor: &Actor,
    bounds: impl IntoIterator<Item = Option<&'a Bounds>>,
) -> Result<(), Denial> {
    let Actor::Client(client) = actor else { return Ok(()) };
    let mut bounds = bounds.into_iter();
    let all_within = client.bounds.is_unbounded()
        || bounds.all(|it| it.is_some_and(|it| it.within(&client.bounds)));
    if all_within { Ok(()) } else { Err(Denial::LessRestricted) }
}
