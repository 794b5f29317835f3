//! Validation of restrictions.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::authz::Scopes;
use crate::error::{Error, Fields, Result};

/// The maximum number of audiences.
const MAX_AUDIENCES: usize = 20;

/// The maximum length of an audience in bytes, which is that of API identifiers.
const MAX_AUDIENCE_LENGTH: usize = 255;

/// The maximum number of networks.
const MAX_NETWORKS: usize = 100;

/// The valid token lifetimes, in seconds.
const TOKEN_LIFETIMES: std::ops::RangeInclusive<i64> = 60..=86_400;

pub fn scopes(texts: Vec<String>) -> Result<Scopes> {
    Scopes::validate(&texts).map_err(|(at, message)| {
        let at = at.map(|at| format!(".{at}")).unwrap_or_default();
        Error::invalid(format!("restrictions.scopes{at}"), message)
    })
}

pub fn audiences(mut audiences: Vec<String>) -> Result<Vec<String>> {
    audiences.sort_unstable();
    audiences.dedup();
    let short = audiences.iter().all(|it| it.len() <= MAX_AUDIENCE_LENGTH);
    if audiences.is_empty() || audiences.len() > MAX_AUDIENCES || !short {
        let message = format!("must be 1 to {MAX_AUDIENCES} audiences of at most 255 characters");
        return Err(Error::invalid("restrictions.audiences", message));
    }
    Ok(audiences)
}

pub fn lifetime(seconds: i64) -> Result<i64> {
    if TOKEN_LIFETIMES.contains(&seconds) {
        return Ok(seconds);
    }
    Err(Error::invalid("restrictions.token_lifetime", "must be 60 to 86400 seconds"))
}

pub fn networks(texts: Vec<String>) -> Result<Vec<IpNet>> {
    if texts.is_empty() || texts.len() > MAX_NETWORKS {
        let message = format!("must be 1 to {MAX_NETWORKS} networks");
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

/// A network, or a single address as one. IPv4-mapped IPv6 addresses are rejected: they would match no
/// client address.
fn network(text: &str) -> Result<IpNet, &'static str> {
    let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    match net.map_err(|_| "must be a network such as 10.0.0.0/8, or an address")? {
        IpNet::V6(v6) if v6.addr().to_ipv4_mapped().is_some() => {
            Err("must be in IPv4 notation, not an IPv4-mapped IPv6 address")
        }
        net => Ok(net.trunc()),
    }
}
