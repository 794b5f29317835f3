//! Restrictions as callers give them: what may stand in them, and what the account must hold.

use std::net::IpAddr;

use entity::service_account;
use ipnet::IpNet;
use sea_orm::ConnectionTrait;
use serde::Serialize;

use crate::authz::{Restrictions, Role, Scopes};
use crate::context::OpContext;
use crate::domain::access::{api_grants, role_bindings};
use crate::error::{Error, Fields, Result};

/// How many audiences may be named.
const MOST_AUDIENCES: usize = 20;

/// The longest audience, in bytes: the longest identifier of an API.
const LONGEST_AUDIENCE: usize = 255;

/// How many networks may be named.
const MOST_NETWORKS: usize = 100;

/// The lifetimes that tokens may have, in seconds.
const LIFETIMES: std::ops::RangeInclusive<i64> = 60..=86_400;

/// The restrictions of a credential that is created.
#[derive(Debug, Default, Serialize)]
pub struct Wanted {
    /// 1 to 100 scopes that the service account holds.
    pub scopes: Option<Vec<String>>,
    /// 1 to 20 audiences at which the service account holds something.
    pub audiences: Option<Vec<String>>,
    /// 1 to 100 networks or single addresses, IPv4 or IPv6.
    pub addresses: Option<Vec<String>>,
    /// 60 to 86400 seconds.
    pub token_lifetime: Option<i64>,
}

/// A change to restrictions, part by part: an absent part stays, and `None` inside removes it.
#[derive(Debug, Default)]
pub struct WantedChange {
    /// The scopes.
    pub scopes: Option<Option<Vec<String>>>,
    /// The audiences.
    pub audiences: Option<Option<Vec<String>>>,
    /// The networks and addresses.
    pub addresses: Option<Option<Vec<String>>>,
    /// The lifetime of tokens, in seconds.
    pub token_lifetime: Option<Option<i64>>,
}

/// Scopes and audiences in the order in which they were given, by which errors name them.
#[derive(Clone, Default)]
pub(super) struct Given {
    scopes: Vec<String>,
    audiences: Vec<String>,
}

/// A valid [`WantedChange`].
#[derive(Default)]
pub(super) struct CheckedChange {
    /// What was given.
    pub given: Given,
    scopes: Option<Option<Scopes>>,
    audiences: Option<Option<Vec<String>>>,
    addresses: Option<Option<Vec<IpNet>>>,
    token_lifetime: Option<Option<i64>>,
}

impl Wanted {
    /// Those that are valid.
    pub(super) fn check(self, fields: &mut Fields) -> Result<(Restrictions, Given)> {
        let change = WantedChange {
            scopes: self.scopes.map(Some),
            audiences: self.audiences.map(Some),
            addresses: self.addresses.map(Some),
            token_lifetime: self.token_lifetime.map(Some),
        };
        let checked = change.check(fields)?;
        Ok((checked.apply(Restrictions::default()), checked.given))
    }
}

impl WantedChange {
    /// The change that removes every restriction.
    #[must_use]
    pub fn remove_all() -> Self {
        Self {
            scopes: Some(None),
            audiences: Some(None),
            addresses: Some(None),
            token_lifetime: Some(None),
        }
    }

    pub(super) fn check(self, fields: &mut Fields) -> Result<CheckedChange> {
        fn part<T, U>(
            fields: &mut Fields,
            part: Option<Option<T>>,
            check: impl Fn(T) -> Result<U>,
        ) -> Result<Option<Option<U>>> {
            fields.check(part.map(|value| value.map(check).transpose()).transpose())
        }
        let given = |part: &Option<Option<Vec<String>>>| part.clone().flatten().unwrap_or_default();
        Ok(CheckedChange {
            given: Given { scopes: given(&self.scopes), audiences: given(&self.audiences) },
            scopes: part(fields, self.scopes, scopes)?,
            audiences: part(fields, self.audiences, audiences)?,
            addresses: part(fields, self.addresses, networks)?,
            token_lifetime: part(fields, self.token_lifetime, lifetime)?,
        })
    }
}

impl CheckedChange {
    /// Whether it changes no part.
    pub fn is_empty(&self) -> bool {
        self.scopes.is_none()
            && self.audiences.is_none()
            && self.addresses.is_none()
            && self.token_lifetime.is_none()
    }

    /// The restrictions after the change.
    pub fn apply(&self, before: Restrictions) -> Restrictions {
        Restrictions {
            scopes: self.scopes.clone().unwrap_or(before.scopes),
            audiences: self.audiences.clone().unwrap_or(before.audiences),
            addresses: self.addresses.clone().unwrap_or(before.addresses),
            token_lifetime: self.token_lifetime.unwrap_or(before.token_lifetime),
        }
    }
}

fn scopes(texts: Vec<String>) -> Result<Scopes> {
    Scopes::checked(&texts).map_err(|(at, message)| {
        let at = at.map(|at| format!(".{at}")).unwrap_or_default();
        Error::invalid(format!("restrictions.scopes{at}"), message)
    })
}

fn audiences(mut audiences: Vec<String>) -> Result<Vec<String>> {
    audiences.sort_unstable();
    audiences.dedup();
    let short = audiences.iter().all(|it| it.len() <= LONGEST_AUDIENCE);
    if audiences.is_empty() || audiences.len() > MOST_AUDIENCES || !short {
        let message = format!("must be 1 to {MOST_AUDIENCES} audiences of at most 255 characters");
        return Err(Error::invalid("restrictions.audiences", message));
    }
    Ok(audiences)
}

fn lifetime(seconds: i64) -> Result<i64> {
    if LIFETIMES.contains(&seconds) {
        return Ok(seconds);
    }
    Err(Error::invalid("restrictions.token_lifetime", "must be 60 to 86400 seconds"))
}

fn networks(texts: Vec<String>) -> Result<Vec<IpNet>> {
    if texts.is_empty() || texts.len() > MOST_NETWORKS {
        let message = format!("must be 1 to {MOST_NETWORKS} networks");
        return Err(Error::invalid("restrictions.addresses", message));
    }
    let (mut fields, mut nets) = (Fields::default(), Vec::with_capacity(texts.len()));
    for (at, text) in texts.iter().enumerate() {
        let invalid = |message| Error::invalid(format!("restrictions.addresses.{at}"), message);
        nets.extend(fields.check(network(text.trim()).map(Some).map_err(invalid))?);
    }
    fields.finish()?;
    nets.sort_unstable();
    nets.dedup();
    Ok(nets)
}

/// A network, or a single address as one. An IPv4 address must be written as such: that is how it
/// is compared.
fn network(text: &str) -> Result<IpNet, &'static str> {
    let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    match net.map_err(|_| "must be a network such as 10.0.0.0/8, or an address")? {
        IpNet::V6(v6) if v6.addr().to_ipv4_mapped().is_some() => {
            Err("must be in IPv4 notation, not an IPv4-mapped IPv6 address")
        }
        net => Ok(net.trunc()),
    }
}

/// Rejects scopes and audiences that the account does not hold; it must be locked.
pub(super) async fn permit(
    on: &impl ConnectionTrait,
    op: &OpContext,
    account: &service_account::Model,
    given: &Given,
) -> Result<()> {
    if given.scopes.is_empty() && given.audiences.is_empty() {
        return Ok(());
    }
    let granted = api_grants::of_account(on, &account.organization_id, &account.id).await?;
    let own = Role::permissions_of(&role_bindings::of(on, account).await?).names();
    let held = granted.iter().fold(Scopes::from_iter(own), |all, it| all.and(it.scopes.clone()));
    let is_known = |audience: &String| {
        *audience == op.app.config.audience
            || granted.iter().any(|grant| grant.api.identifier == *audience)
    };
    let mut fields = Fields::default();
    for (at, scope) in given.scopes.iter().enumerate() {
        if !held.contains(scope) {
            let message = "must be a scope that the service account holds";
            fields.add(format!("restrictions.scopes.{at}"), message);
        }
    }
    for (at, audience) in given.audiences.iter().enumerate() {
        if !is_known(audience) {
            let message =
                "must be this server, or an API of which the service account holds scopes";
            fields.add(format!("restrictions.audiences.{at}"), message);
        }
    }
    fields.finish()
}
