//! Restrictions of credentials: a credential gives no more than these, whatever its service account
//! holds; and bounds, which are restrictions and an end.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use entity::{CredentialId, credential};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::{Permission, Scopes};

/// The restrictions of a credential, as they are stored. A credential with one that this version
/// does not know cannot be used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Restrictions {
    /// The scopes that its tokens may have, here and at APIs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Scopes>,
    /// The audiences that its tokens may have: Postern itself, and identifiers of APIs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audiences: Option<Vec<String>>,
    /// The networks that it may be used from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addresses: Option<Vec<IpNet>>,
    /// The longest lifetime of its tokens, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_lifetime: Option<i64>,
}

impl Restrictions {
    /// Those that a row stores; none, where it stores none.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn stored(text: Option<&str>) -> Result<Self, serde_json::Error> {
        text.map_or_else(|| Ok(Self::default()), serde_json::from_str)
    }

    /// The text that a row stores.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn to_stored(&self) -> Result<Option<String>, serde_json::Error> {
        if self.is_empty() { Ok(None) } else { serde_json::to_string(self).map(Some) }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the credential may be used from `address`.
    #[must_use]
    pub fn allow_address(&self, address: IpAddr) -> bool {
        let networks = self.addresses.as_ref();
        networks.is_none_or(|networks| networks.iter().any(|net| net.contains(&address)))
    }

    /// Whether its tokens may be for `audience`.
    #[must_use]
    pub fn allow_audience(&self, audience: &str) -> bool {
        let audiences = self.audiences.as_ref();
        audiences.is_none_or(|audiences| audiences.iter().any(|it| it == audience))
    }

    /// Whether neither scope nor audience of a token depends on them.
    #[must_use]
    pub fn leave_terms(&self) -> bool {
        self.scopes.is_none() && self.audiences.is_none()
    }

    /// Those of `scopes` that its tokens may have.
    #[must_use]
    pub fn reduce(&self, scopes: Scopes) -> Scopes {
        match &self.scopes {
            Some(allowed) => scopes.among(allowed),
            None => scopes,
        }
    }

    /// Whether they are at least as strict as `others`, part by part.
    #[must_use]
    pub fn within(&self, others: &Self) -> bool {
        fn stricter<T>(own: Option<&T>, other: Option<&T>, is: impl Fn(&T, &T) -> bool) -> bool {
            other.is_none_or(|other| own.is_some_and(|own| is(own, other)))
        }
        let all_in =
            |own: &Vec<String>, other: &Vec<String>| own.iter().all(|it| other.contains(it));
        let nets_in = |own: &Vec<IpNet>, other: &Vec<IpNet>| {
            own.iter().all(|net| other.iter().any(|wider| wider.contains(net)))
        };
        stricter(self.scopes.as_ref(), others.scopes.as_ref(), |own, other| other.contains_all(own))
            && stricter(self.audiences.as_ref(), others.audiences.as_ref(), all_in)
            && stricter(self.addresses.as_ref(), others.addresses.as_ref(), nets_in)
            && stricter(
                self.token_lifetime.as_ref(),
                others.token_lifetime.as_ref(),
                |own, other| own <= other,
            )
    }
}

/// The restrictions and the end of a credential: what nobody who acts with it can get out of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// Its restrictions.
    pub restrictions: Restrictions,
    /// When it expires or retires, whichever comes first; `None`: never.
    pub ends_at: Option<DateTime<Utc>>,
}

impl Bounds {
    /// Those of a row; `None` where its restrictions cannot be read.
    #[must_use]
    pub fn of(row: &credential::Model) -> Option<Self> {
        let restrictions = Restrictions::stored(row.restrictions.as_deref()).ok()?;
        Some(Self { restrictions, ends_at: row.ends_at() })
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_unbounded(&self) -> bool {
        self.ends_at.is_none() && self.restrictions.is_empty()
    }

    /// Whether a credential with these is at least as restricted as one with `others`, and ends no
    /// later.
    #[must_use]
    pub fn within(&self, others: &Self) -> bool {
        let ends = others.ends_at.is_none_or(|end| self.ends_at.is_some_and(|own| own <= end));
        ends && self.restrictions.within(&others.restrictions)
    }
}

/// The bounds that decisions on one credential of a service account depend on, for callers whose own
/// credential has some.
#[derive(Clone, Debug)]
pub struct CredentialBounds {
    /// The credential.
    pub id: CredentialId,
    own: Option<Bounds>,
    /// The bounds of the credentials that it replaces, as they are once its deletion has cancelled
    /// their rotation.
    restored: Vec<Option<Bounds>>,
}

impl CredentialBounds {
    /// Those of each of the credentials of one service account, given all of them.
    #[must_use]
    pub fn of_account(rows: &[credential::Model], now: DateTime<Utc>) -> Vec<Self> {
        let exists = |id: &CredentialId| rows.iter().any(|it| it.id == *id);
        let of = |row: &credential::Model| {
            // A successor that exists takes the place of the deleted one: the rotation goes on.
            let goes_on = row.replaced_by.as_ref().is_some_and(exists);
            let is_replaced = |it: &&credential::Model| {
                it.replaced_by.as_ref() == Some(&row.id) && it.retires_at.is_some_and(|at| at > now)
            };
            let lasting = |it: &credential::Model| {
                let bounds = Bounds::of(it)?;
                Some(Bounds { ends_at: it.expires_at, ..bounds })
            };
            let restored = rows.iter().filter(is_replaced).filter(|_| !goes_on).map(lasting);
            Self { id: row.id.clone(), own: Bounds::of(row), restored: restored.collect() }
        };
        rows.iter().map(of).collect()
    }

    /// Whether a caller with a credential of these bounds may do `permission` to the credential:
    /// change one that is no less restricted, delete one unless another would last longer then.
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
