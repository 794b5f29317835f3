//! Rate limiter for failed client authentication.
//!
//! Only failures count, and no count alone rejects a correct secret. There are two:
//!
//! - **Failures of a client from an address** decide the status of the next failure: beyond the
//!   limit 429 instead of 401. The secret was hashed all the same, so that a correct one is
//!   accepted however often others failed with this client id, even at the same address.
//! - **Failures of a network over all client ids**, [`NETWORK_FACTOR`] times as many, decide how much
//!   hashing it gets; only those that cost a hash count. Requests with
//!   generated client ids never reach the first limit, and each costs some 16 ms of a core. Rejecting
//!   the whole network would lock out its other clients; treating it like any other would give an
//!   attacker as much of the cores as all clients of a network with a cold start get. So its hashes
//!   have the lowest priority, places of their own, and turns by address (see
//!   [`QueueClass::FailingClient`]); displaced requests get 429 without having been hashed. A
//!   cached secret needs no hash and bypasses the queue.
//!
//! Failures beyond a limit count, too, up to twice the limit: continued failures stay over it, and
//! a client recovers a minute after the last one.
//!
//! Memory is bounded: of more than 100,000 clients or networks, those with the least recent
//! failures are evicted. That favours attacks from very many networks; each of them still has no more
//! than its share of the queue.

mod leaky_buckets;

use std::net::IpAddr;
use std::time::Duration;

use crate::network::{Prefix, Subscriber};
use crate::secret::QueueClass;
use leaky_buckets::LeakyBuckets;

/// The limit of a network, as a multiple of the limit of a client from an address.
pub const NETWORK_FACTOR: u32 = 10;

/// The maximum number of clients, and of networks, in memory.
const CAPACITY: u64 = 100_000;

/// Counts failures of clients and of networks; without limits, none.
pub struct AuthFailureLimiter(Option<Limits>);

struct Limits {
    clients: LeakyBuckets,
    networks: LeakyBuckets,
}

impl AuthFailureLimiter {
    /// Allows `per_minute` failures for a client from an address; `None`: no limit.
    #[must_use]
    pub fn new(per_minute: Option<u32>) -> Self {
        Self(per_minute.map(|limit| Limits {
            clients: LeakyBuckets::new(limit, CAPACITY),
            networks: LeakyBuckets::new(limit.saturating_mul(NETWORK_FACTOR), CAPACITY),
        }))
    }

    /// Records a failure, and whether it has cost a hash.
    ///
    /// # Errors
    /// The client had too many from this address: how long to wait.
    pub fn record(&self, address: IpAddr, client_id: &str, hashed: bool) -> Result<(), Duration> {
        let Some(Limits { clients, networks }) = &self.0 else { return Ok(()) };
        let subscriber = Subscriber::from(address);
        if hashed {
            // The limit of the network is checked before its next hash.
            let _ = networks.record(&Prefix::from(subscriber));
        }
        clients.record(&(subscriber, client_id))
    }

    /// The class of the hash queue in which a client that authenticates from `address` waits.
    #[must_use]
    pub fn class(&self, address: IpAddr) -> QueueClass {
        let subscriber = Subscriber::from(address);
        match &self.0 {
            Some(limits) if limits.networks.is_over(&Prefix::from(subscriber)) => {
                QueueClass::FailingClient(subscriber)
            }
            _ => QueueClass::Client(subscriber),
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
    fn a_client_that_fails_too_often_from_one_address_gets_a_time_to_wait() {
        let limiter = AuthFailureLimiter::new(Some(2));
        let (here, there) = (address("192.0.2.1"), address("192.0.2.2"));
        assert!(limiter.record(here, "a", true).is_ok() && limiter.record(here, "a", true).is_ok());
        let wait = limiter.record(here, "a", true).expect_err("one too many");
        assert!(!wait.is_zero() && wait <= Duration::from_secs(60), "{wait:?}");
        assert!(
            limiter.record(here, "b", true).is_ok() && limiter.record(there, "a", true).is_ok()
        );
    }

    #[test]
    fn failures_with_many_client_ids_move_a_network_to_the_lowest_class() {
        let limiter = AuthFailureLimiter::new(Some(1));
        let (here, neighbour) = (address("192.0.2.1"), address("192.0.2.2"));
        for nth in 0..NETWORK_FACTOR {
            assert!(!limiter.class(here).is_failing());
            assert!(limiter.record(here, &format!("client-{nth}"), true).is_ok());
            assert!(limiter.record(here, &format!("other-{nth}"), false).is_ok(), "not hashed");
        }
        assert!(!limiter.class(neighbour).is_failing());
        assert!(limiter.record(neighbour, "another", true).is_ok());
        assert_eq!(limiter.class(here), QueueClass::FailingClient(here.into()));
        assert_eq!(limiter.class(neighbour), QueueClass::FailingClient(neighbour.into()));
        let elsewhere = address("192.0.3.1");
        assert_eq!(limiter.class(elsewhere), QueueClass::Client(elsewhere.into()));
    }

    #[test]
    fn without_a_limit_nothing_is_counted() {
        let limiter = AuthFailureLimiter::new(None);
        assert!((0..1_000).all(|_| limiter.record(address("192.0.2.1"), "a", true).is_ok()));
        assert!(!limiter.class(address("192.0.2.1")).is_failing());
    }
}
