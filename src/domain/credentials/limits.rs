//! What narrows a credential: it proves no more than this, whatever its service account holds.

mod wanted;

use std::net::IpAddr;

use entity::{credential, service_account};
use ipnet::IpNet;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

pub use wanted::Wanted;

use super::select;
use crate::authz::Role;
use crate::cx::Cx;
use crate::domain::apis::{self, Scopes};
use crate::domain::roles;
use crate::error::{Error, Result};

/// Limits as they are kept. One that this version does not know makes the credential prove
/// nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The scopes that its tokens may have, here and at APIs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Scopes>,
    /// Whom its tokens may be for: our own audience, and identifiers of APIs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audiences: Option<Vec<String>>,
    /// Where it may be used from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addresses: Option<Vec<IpNet>>,
    /// How long its tokens live at most, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_lifetime: Option<i64>,
}

impl Limits {
    /// Those of a row; none at all, where nothing is kept.
    ///
    /// # Errors
    /// `Internal` when they cannot be read.
    pub fn of(kept: Option<&str>) -> Result<Self> {
        kept.map_or_else(
            || Ok(Self::default()),
            |text| serde_json::from_str(text).map_err(Error::internal),
        )
    }

    /// What is to be kept of them.
    ///
    /// # Errors
    /// `Internal`.
    pub(super) fn to_keep(&self) -> Result<Option<String>> {
        let text = || serde_json::to_string(self).map_err(Error::internal);
        (*self != Self::default()).then(text).transpose()
    }

    /// Whether it may be used from `address`.
    #[must_use]
    pub fn admit(&self, address: IpAddr) -> bool {
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

    /// Whether they let nothing through that `others` do not.
    #[must_use]
    pub fn within(&self, others: &Self) -> bool {
        fn narrower<T>(own: Option<&T>, other: Option<&T>, is: impl Fn(&T, &T) -> bool) -> bool {
            other.is_none_or(|other| own.is_some_and(|own| is(own, other)))
        }
        let all_in =
            |own: &Vec<String>, other: &Vec<String>| own.iter().all(|it| other.contains(it));
        let nets_in = |own: &Vec<IpNet>, other: &Vec<IpNet>| {
            own.iter().all(|net| other.iter().any(|wider| wider.contains(net)))
        };
        narrower(self.scopes.as_ref(), others.scopes.as_ref(), |own, other| other.contains_all(own))
            && narrower(self.audiences.as_ref(), others.audiences.as_ref(), all_in)
            && narrower(self.addresses.as_ref(), others.addresses.as_ref(), nets_in)
            && narrower(
                self.token_lifetime.as_ref(),
                others.token_lifetime.as_ref(),
                |own, other| own <= other,
            )
    }

    /// Those of `scopes` that its tokens may have.
    #[must_use]
    pub fn narrow(&self, scopes: Scopes) -> Scopes {
        match &self.scopes {
            Some(allowed) => scopes.among(allowed),
            None => scopes,
        }
    }
}

/// Refuses to name what the account does not hold; it must be locked.
pub(super) async fn permit(
    on: &impl ConnectionTrait,
    cx: &Cx,
    account: &service_account::Model,
    limits: &Limits,
) -> Result<()> {
    if limits.leave_terms() {
        return Ok(());
    }
    let granted = apis::granted_to_one(on, &account.organization_id, &account.id).await?;
    let own = Role::permissions_of(&roles::of(on, account).await?).names();
    let held = granted.iter().fold(Scopes::from_iter(own), |all, it| all.and(it.scopes.clone()));
    if limits.scopes.as_ref().is_some_and(|scopes| !held.contains_all(scopes)) {
        return Err(Error::invalid("scopes", "must be scopes that the service account holds"));
    }
    let known = |audience: &String| {
        *audience == cx.app.config.audience
            || granted.iter().any(|grant| grant.api.identifier == *audience)
    };
    if limits.audiences.as_ref().is_some_and(|audiences| !audiences.iter().all(known)) {
        let why = "must be this server, or APIs at which the service account holds something";
        return Err(Error::invalid("audiences", why));
    }
    Ok(())
}

/// Refuses what is wider than what the caller came with: a narrowed credential makes none that is
/// less so, and changes none.
pub(super) async fn permit_handing_out(
    on: &impl ConnectionTrait,
    cx: &Cx,
    limits: &Limits,
) -> Result<()> {
    let Ok(client) = cx.client() else { return Ok(()) };
    let own = select(&client.organization, &client.credential).one(on).await?;
    let own = of(&own.ok_or(Error::Unauthenticated)?)?;
    if limits.within(&own) { Ok(()) } else { Err(Error::Forbidden) }
}

/// Those of a credential.
///
/// # Errors
/// `Internal` when they cannot be read.
pub fn of(row: &credential::Model) -> Result<Limits> {
    Limits::of(row.limits.as_deref())
}
