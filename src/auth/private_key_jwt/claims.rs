//! Claims of an assertion.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::InvalidReason;
use crate::clock::LEEWAY;

/// The longest lifetime of an assertion, in seconds.
const MAX_LIFETIME: f64 = 300.0;

/// The most seconds that the clock of a client may be ahead (FAPI 2.0 Security Profile, section
/// 5.3.2.1).
const MAX_AHEAD: f64 = 10.0;

/// The claims of RFC 7523, section 3. Instants are in seconds since 1970, and need not be whole
/// (RFC 7519, section 2).
#[derive(Deserialize)]
pub struct Claims {
    iss: String,
    /// The client id.
    pub sub: String,
    /// One text: an assertion for several audiences is rejected.
    aud: String,
    exp: f64,
    iat: Option<f64>,
    nbf: Option<f64>,
    /// The id of the assertion.
    pub jti: String,
}

impl Claims {
    /// Checks that they are valid for `issuer` at `now`.
    pub fn check(&self, issuer: &str, now: DateTime<Utc>) -> Result<(), InvalidReason> {
        let is_id = !self.sub.is_empty() && self.sub.bytes().all(|byte| byte.is_ascii_graphic());
        if self.iss != self.sub || !is_id {
            return Err("its iss and sub are not the same client id");
        }
        if self.aud != issuer {
            return Err("its aud is not our issuer");
        }
        if !(1..=255).contains(&self.jti.len()) {
            return Err("its jti is empty or too long");
        }
        self.check_times(seconds(now))
    }

    fn check_times(&self, now: f64) -> Result<(), InvalidReason> {
        if now >= self.exp + LEEWAY as f64 {
            return Err("it has expired");
        }
        if self.exp > now + MAX_LIFETIME + MAX_AHEAD
            || self.iat.is_some_and(|issued| (self.exp - issued).round() > MAX_LIFETIME)
        {
            return Err("its lifetime is too long");
        }
        if [self.iat, self.nbf].into_iter().flatten().any(|from| from > now + MAX_AHEAD) {
            return Err("it is from the future");
        }
        Ok(())
    }

    /// When the assertion has expired for every replica; it was checked at `now`.
    pub fn ends_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        // One second more, as the fraction is cut off.
        now + TimeDelta::seconds((self.exp - seconds(now)) as i64 + 1)
    }
}

fn seconds(at: DateTime<Utc>) -> f64 {
    at.timestamp_micros() as f64 / 1e6
}
