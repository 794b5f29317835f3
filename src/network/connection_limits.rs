//! Connection limits: open connections in total, and per client address. A connection beyond a limit
//! is closed at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;

use super::Subscriber;

/// Counts open connections and limits them.
#[derive(Clone)]
pub struct ConnectionLimits(Arc<Shared>);

struct Shared {
    total: usize,
    per_address: usize,
    exempt: Vec<IpNet>,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    total: usize,
    by_subscriber: HashMap<Subscriber, usize>,
}

/// Permit of an open connection, released when it is dropped.
pub struct Permit {
    limits: ConnectionLimits,
    subscriber: Option<Subscriber>,
}

/// The limit that rejects a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitReached {
    /// The limit of all connections.
    Total,
    /// The limit of the connections of one address.
    PerAddress,
}

impl ConnectionLimits {
    /// Limits of `total` connections, and of `per_address` from each address outside the `exempt`
    /// networks. The limit per address is at most half of the total.
    #[must_use]
    pub fn new(total: usize, per_address: usize, exempt: Vec<IpNet>) -> Self {
        let per_address = per_address.min(total.div_ceil(2));
        Self(Arc::new(Shared { total, per_address, exempt, open: Mutex::default() }))
    }

    /// Number of connections that a limit allows.
    #[must_use]
    pub fn limit(&self, reached: LimitReached) -> usize {
        match reached {
            LimitReached::Total => self.0.total,
            LimitReached::PerAddress => self.0.per_address,
        }
    }

    /// A permit for a connection from `address`.
    ///
    /// # Errors
    /// A limit is reached.
    pub fn acquire(&self, address: IpAddr) -> Result<Permit, LimitReached> {
        let address = address.to_canonical();
        let is_exempt = self.0.exempt.iter().any(|net| net.contains(&address));
        let subscriber = (!is_exempt).then(|| Subscriber::from(address));
        let mut open = self.open();
        if open.total >= self.0.total {
            return Err(LimitReached::Total);
        }
        if let Some(subscriber) = subscriber {
            let count = open.by_subscriber.entry(subscriber).or_default();
            if *count >= self.0.per_address {
                return Err(LimitReached::PerAddress);
            }
            *count += 1;
        }
        open.total += 1;
        Ok(Permit { limits: self.clone(), subscriber })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.limits.open();
        open.total -= 1;
        let Some(subscriber) = self.subscriber else { return };
        if let Some(count) = open.by_subscriber.get_mut(&subscriber) {
            *count -= 1;
            if *count == 0 {
                open.by_subscriber.remove(&subscriber);
            }
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
    fn connections_are_limited_per_address_and_release_their_permits() {
        let exempt = vec!["10.0.0.0/8".parse().expect("a network")];
        let limits = ConnectionLimits::new(100, 2, exempt);
        let acquire = |text| limits.acquire(address(text));
        let first = acquire("192.0.2.1").expect("a permit");
        let _second = acquire("::ffff:192.0.2.1").expect("a permit");
        assert_eq!(acquire("192.0.2.1").err(), Some(LimitReached::PerAddress));
        let _other = acquire("192.0.2.2").expect("a permit");
        drop(first);
        let _third = acquire("192.0.2.1").expect("a permit");

        let _ipv6 = ["2001:db8::1", "2001:db8::2"].map(|it| acquire(it).expect("a permit"));
        assert_eq!(acquire("2001:db8::3").err(), Some(LimitReached::PerAddress));
        let _next = acquire("2001:db8:0:1::1").expect("a permit");
        let _proxy = [(); 5].map(|()| acquire("10.1.2.3").expect("a permit"));
    }

    #[test]
    fn one_address_has_at_most_half_of_all_connections() {
        let limits = ConnectionLimits::new(5, 100, Vec::new());
        let acquire = |text| limits.acquire(address(text));
        let _first = [(); 3].map(|()| acquire("192.0.2.1").expect("a permit"));
        assert_eq!(acquire("192.0.2.1").err(), Some(LimitReached::PerAddress));
        let _others = ["192.0.2.2", "192.0.2.3"].map(|it| acquire(it).expect("a permit"));
        assert_eq!(acquire("192.0.2.4").err(), Some(LimitReached::Total));
        assert_eq!(limits.limit(LimitReached::PerAddress), 3);
        assert_eq!(limits.open().by_subscriber.len(), 3, "no entry for a rejected connection");
    }
}
