//! Limits as somebody writes them.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::Serialize;

use super::Limits;
use crate::domain::apis::Scopes;
use crate::error::{Error, Result};

/// How many audiences may be named.
const MOST_AUDIENCES: usize = 20;

/// How many networks may be named.
const MOST_NETWORKS: usize = 100;

/// How long tokens may live, in seconds.
const LIFETIMES: std::ops::RangeInclusive<i64> = 60..=86_400;

/// Limits as somebody wrote them.
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

impl Wanted {
    /// Those that can be right.
    ///
    /// # Errors
    /// `Invalid`.
    pub(in crate::domain) fn check(self) -> Result<Limits> {
        if self.token_lifetime.is_some_and(|seconds| !LIFETIMES.contains(&seconds)) {
            return Err(Error::invalid("tokenLifetime", "must be 60 to 86400 seconds"));
        }
        Ok(Limits {
            scopes: self.scopes.map(|scopes| Scopes::checked(&scopes)).transpose()?,
            audiences: self.audiences.map(audiences).transpose()?,
            addresses: self.addresses.map(networks).transpose()?,
            token_lifetime: self.token_lifetime,
        })
    }
}

fn audiences(mut audiences: Vec<String>) -> Result<Vec<String>> {
    audiences.sort_unstable();
    audiences.dedup();
    if audiences.is_empty() || audiences.len() > MOST_AUDIENCES {
        let why = format!("must be 1 to {MOST_AUDIENCES} audiences");
        return Err(Error::invalid("audiences", why));
    }
    Ok(audiences)
}

fn networks(texts: Vec<String>) -> Result<Vec<IpNet>> {
    if texts.is_empty() || texts.len() > MOST_NETWORKS {
        let why = format!("must be 1 to {MOST_NETWORKS} networks");
        return Err(Error::invalid("addresses", why));
    }
    texts.iter().map(|text| network(text.trim())).collect()
}

/// A network, or a single address as one. An IPv4 address is written as such: that is how it is
/// compared.
fn network(text: &str) -> Result<IpNet> {
    let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    let net = net.map_err(|_| {
        Error::invalid("addresses", "each must be a network such as 10.0.0.0/8, or an address")
    })?;
    match net {
        IpNet::V6(v6) if v6.addr().to_ipv4_mapped().is_some() => {
            Err(Error::invalid("addresses", "write an IPv4 address as such"))
        }
        net => Ok(net.trunc()),
    }
}
