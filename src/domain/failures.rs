//! Failed attempts: counted for each client from each address.
//!
//! Only failures count, and the count decides only how a failure is answered: a correct secret
//! is never locked out by what somebody else does, not even from the same address.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// How many clients and addresses are remembered before those that may fail again are forgotten.
const REMEMBERED: usize = 10_000;

/// Who failed how often.
pub struct Failures {
    limiter: Option<DefaultKeyedRateLimiter<(IpAddr, String)>>,
    clock: DefaultClock,
}

impl Failures {
    /// Allows so many failures a minute; without a number, any.
    #[must_use]
    pub fn new(per_minute: Option<u32>) -> Self {
        let limiter = per_minute
            .and_then(NonZeroU32::new)
            .map(|per_minute| RateLimiter::keyed(Quota::per_minute(per_minute)));
        Self { limiter, clock: DefaultClock::default() }
    }

    /// Counts a failure; when it is one too many, how long to wait.
    pub fn count(&self, address: IpAddr, client_id: &str) -> Result<(), Duration> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        if limiter.len() > REMEMBERED {
            limiter.retain_recent();
        }
        // A client id is 21 characters; what is longer is nobody's, whatever follows.
        let client_id = client_id.chars().take(32).collect();
        limiter
            .check_key(&(network(address), client_id))
            .map_err(|later| later.wait_time_from(self.clock.now()))
    }
}

/// What one subscriber has: an IPv4 address, or the 64-bit network of an IPv6 address.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 => v4,
    }
}
