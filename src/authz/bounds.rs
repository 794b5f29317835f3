//! Bounds of credentials: restrictions, and an end by expiry or retirement.

use chrono::{DateTime, Utc};
use entity::{CredentialId, credential};
use serde::{Deserialize, Serialize};

use super::{Permission, Restrictions};

/// The bounds of a credential: its restrictions and its end. A caller creates or leaves no credential
/// with wider bounds than its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// Its restrictions.
    pub restrictions: Restrictions,
    /// When it expires or retires, whichever comes first; `None`: never.
    pub ends_at: Option<DateTime<Utc>>,
}

impl Bounds {
    /// The bounds of a row; `None` if its restrictions cannot be read.
    #[must_use]
    pub fn of(row: &credential::Model) -> Option<Self> {
        let restrictions = Restrictions::from_stored(row.restrictions.as_deref()).ok()?;
        Some(Self { restrictions, ends_at: row.ends_at() })
    }

    /// The bounds of a row without its retirement, which can be cancelled, unless it has retired by
    /// `now`; `None` if its restrictions cannot be read.
    #[must_use]
    pub fn lasting(row: &credential::Model, now: DateTime<Utc>) -> Option<Self> {
        let has_retired = row.retires_at.is_some_and(|at| at <= now);
        let ends_at = if has_retired { row.ends_at() } else { row.expires_at };
        Some(Self { ends_at, ..Self::of(row)? })
    }

    /// Whether it has neither restrictions nor an end.
    #[must_use]
    pub fn is_unbounded(&self) -> bool {
        self.ends_at.is_none() && self.restrictions.is_empty()
    }

    /// Whether a credential with these bounds is at least as restricted as one with `others`, and
    /// ends no later.
    #[must_use]
    pub fn within(&self, others: &Self) -> bool {
        let ends = others.ends_at.is_none_or(|end| self.ends_at.is_some_and(|own| own <= end));
        ends && self.restrictions.within(&others.restrictions)
    }
}

/// The bounds that decisions on one credential depend on, for callers whose own credential has
/// bounds.
#[derive(Clone, Debug)]
pub struct CredentialBounds {
    /// The credential.
    pub id: CredentialId,
    own: Option<Bounds>,
    /// The bounds of the credentials that it replaces, as they are after its deletion cancels their
    /// rotation.
    restored: Vec<Option<Bounds>>,
}

impl CredentialBounds {
    /// The bounds of each credential of one service account, given all of its rows.
    #[must_use]
    pub fn of_account(rows: &[credential::Model], now: DateTime<Utc>) -> Vec<Self> {
        let exists = |id: &CredentialId| rows.iter().any(|it| it.id == *id);
        let of = |row: &credential::Model| {
            // With a successor of its own, its deletion continues the rotations to that one.
            let continues = row.replaced_by.as_ref().is_some_and(exists);
            let is_replaced = |it: &&credential::Model| {
                it.replaced_by.as_ref() == Some(&row.id) && it.retires_at.is_some_and(|at| at > now)
            };
            let restored = rows.iter().filter(is_replaced).filter(|_| !continues);
            let lasting = |row| Bounds::lasting(row, now);
            Self {
                id: row.id.clone(),
                own: lasting(row),
                restored: restored.map(lasting).collect(),
            }
        };
        rows.iter().map(of).collect()
    }

    /// Whether its deletion cancels a rotation.
    #[must_use]
    pub fn restores(&self) -> bool {
        !self.restored.is_empty()
    }

    /// Its own lasting bounds; `None` if its restrictions cannot be read.
    #[must_use]
    pub fn own(&self) -> Option<&Bounds> {
        self.own.as_ref()
    }

    /// Whether a caller whose credential has the bounds `caller` may do `permission` to this one:
    /// an update requires that it is at least as restricted, a deletion that every credential whose
    /// rotation it cancels is.
    #[must_use]
    pub fn permit(&self, permission: Permission, caller: &Bounds) -> bool {
        let within = |it: &Option<Bounds>| it.as_ref().is_some_and(|it| it.within(caller));
        match permission {
            Permission::CredentialsUpdate => within(&self.own),
            Permission::CredentialsDelete => self.restored.iter().all(within),
            _ => true,
        }
    }
}
