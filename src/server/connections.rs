//! How many connections are open, in all and from each client address. A connection beyond a limit
//! is closed at once.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;

/// Counts open connections.
#[derive(Clone)]
pub struct Connections(Arc<Shared>);

struct Shared {
    limit: usize,
    per_address: usize,
    exempt: Vec<IpNet>,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    all: usize,
    by_network: HashMap<IpAddr, usize>,
}

/// The place of an open connection, free again when it is dropped.
pub struct Slot {
    connections: Connections,
    network: Option<IpAddr>,
}

/// The limit that a connection would exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// Connections in all.
    All,
    /// Connections from one address.
    Address,
}

impl Connections {
    /// Allows `limit` connections in all and `per_address` from each address but those of `exempt`
    /// networks. One address never gets more than half of all.
    pub fn new(limit: usize, per_address: usize, exempt: Vec<IpNet>) -> Self {
        let per_address = per_address.min(limit.div_ceil(2));
        Self(Arc::new(Shared { limit, per_address, exempt, open: Mutex::default() }))
    }

    /// The number of connections that `full` allows.
    pub fn limit(&self, full: Full) -> usize {
        match full {
            Full::All => self.0.limit,
            Full::Address => self.0.per_address,
        }
    }

    /// Takes a place for a connection from `address`.
    pub fn admit(&self, address: IpAddr) -> Result<Slot, Full> {
        let address = address.to_canonical();
        let exempt = self.0.exempt.iter().any(|net| net.contains(&address));
        let network = (!exempt).then(|| network(address));
        let mut open = self.open();
        if open.all >= self.0.limit {
            return Err(Full::All);
        }
        if let Some(network) = network {
            let count = open.by_network.entry(network).or_default();
            if *count >= self.0.per_address {
                return Err(Full::Address);
            }
            *count += 1;
        }
        open.all += 1;
        Ok(Slot { connections: self.clone(), network })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.connections.open();
        open.all -= 1;
        let Some(network) = self.network else { return };
        if let Some(count) = open.by_network.get_mut(&network) {
            *count -= 1;
            if *count == 0 {
                open.by_network.remove(&network);
            }
        }
    }
}

/// What counts as one address: an IPv4 address, or the /64 that one IPv6 host usually has.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn one_address_has_a_limit_of_its_own_and_frees_its_places() {
        let connections = Connections::new(100, 2, vec!["10.0.0.0/8".parse().expect("a network")]);
        let admit = |text| connections.admit(address(text));
        let first = admit("192.0.2.1").expect("a place");
        let _second = admit("::ffff:192.0.2.1").expect("a place");
        assert_eq!(admit("192.0.2.1").err(), Some(Full::Address));
        let _other = admit("192.0.2.2").expect("a place");
        drop(first);
        let _third = admit("192.0.2.1").expect("a place");

        let _six = ["2001:db8::1", "2001:db8::2"].map(|it| admit(it).expect("a place"));
        assert_eq!(admit("2001:db8::3").err(), Some(Full::Address));
        let _next = admit("2001:db8:0:1::1").expect("a place");
        let _proxy = [(); 5].map(|()| admit("10.1.2.3").expect("a place"));
    }

    #[test]
    fn one_address_never_takes_all_places() {
        let connections = Connections::new(5, 100, Vec::new());
        let _theirs = [(); 3].map(|()| connections.admit(address("192.0.2.1")).expect("a place"));
        assert_eq!(connections.admit(address("192.0.2.1")).err(), Some(Full::Address));
        let _rest = ["192.0.2.2", "192.0.2.3"].map(|it| connections.admit(address(it)));
        assert_eq!(connections.admit(address("192.0.2.4")).err(), Some(Full::All));
        assert_eq!(connections.limit(Full::Address), 3);
        assert!(connections.open().by_network.len() == 3, "no entry for those that were refused");
    }
}
