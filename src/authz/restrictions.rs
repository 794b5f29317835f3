//! Restrictions of credentials: they confine tokens of a credential, whatever roles and scopes its
//! service account holds.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::{Role, Scopes};

/// The restrictions of a credential, as they are stored. A credential with a restriction that this
/// version does not know cannot be used.
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
    /// Parses the stored text of a row; no restrictions if there is none.
    ///
    /// # Errors
    /// The text is invalid, or holds an unknown restriction.
    pub fn from_stored(text: Option<&str>) -> Result<Self, serde_json::Error> {
        text.map_or_else(|| Ok(Self::default()), serde_json::from_str)
    }

    /// The text to store in a row; `None` without restrictions.
    ///
    /// # Errors
    /// Serialization fails.
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

    /// The scopes among `scopes` that its tokens may have.
    #[must_use]
    pub fn reduce(&self, scopes: Scopes) -> Scopes {
        match &self.scopes {
            Some(allowed) => scopes.intersection(allowed),
            None => scopes,
        }
    }

    /// Whether its tokens may have every permission of an org_admin, where `audience` is Postern's own.
    /// With fewer, nobody can grant that role again, or change an account that holds it. Addresses do
    /// not count: the credential can be used from them.
    #[must_use]
    pub fn allow_administration(&self, audience: &str) -> bool {
        let names = Role::Admin.permissions().names();
        let scopes = self.scopes.as_ref();
        self.allow_audience(audience)
            && scopes.is_none_or(|scopes| names.iter().all(|name| scopes.contains(name)))
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
