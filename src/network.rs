//! Networks of client addresses: the units of rate limits, connection limits and queues.

mod connection_limits;

use std::net::IpAddr;

pub use connection_limits::{ConnectionLimits, LimitReached, Permit};

/// The network of one subscriber: an IPv4 address, or a /64 of IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subscriber(IpAddr);

/// The network prefix that neighbouring subscribers share: a /24 of IPv4, or a /48 of IPv6, the
/// largest usual assignment to one site, with 65,536 networks of /64 (RFC 6177).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Prefix(IpAddr);

impl std::fmt::Display for Prefix {
    /// Shows it in CIDR notation.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.0, if self.0.is_ipv4() { 24 } else { 48 })
    }
}

impl From<IpAddr> for Subscriber {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
            v4 => v4,
        })
    }
}

impl From<Subscriber> for Prefix {
    fn from(Subscriber(address): Subscriber) -> Self {
        Self(match address {
            IpAddr::V4(v4) => IpAddr::V4((v4.to_bits() >> 8 << 8).into()),
            IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 80 << 80).into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_a_24_of_ipv4_and_a_48_of_ipv6() {
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        let subscriber = |text: &str| Subscriber::from(address(text));
        let prefix = |text: &str| Prefix::from(subscriber(text));
        assert_eq!(prefix("192.0.2.1"), prefix("::ffff:192.0.2.255"));
        assert_ne!(prefix("192.0.2.1"), prefix("192.0.3.1"));
        assert_ne!(subscriber("192.0.2.1"), subscriber("192.0.2.2"));
        assert_eq!(prefix("2001:db8::1"), prefix("2001:db8::ffff:0:0:1"));
        assert_eq!(subscriber("2001:db8::1"), subscriber("2001:db8::ffff:0:0:1"));
        assert_ne!(subscriber("2001:db8::1"), subscriber("2001:db8:0:1::1"));
        assert_eq!(prefix("2001:db8::1"), prefix("2001:db8:0:1::1"));
        assert_ne!(prefix("2001:db8::1"), prefix("2001:db8:1::1"));
    }
}
