//! What an assertion must say.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::Flaw;
use crate::clock::LEEWAY;

/// How long an assertion may be good, in seconds.
const LIFETIME: f64 = 300.0;

/// How far the clock of a client may be ahead, in seconds (FAPI 2.0 Security Profile, section
/// 5.3.2.1).
const AHEAD: f64 = 10.0;

/// The claims of RFC 7523, section 3. Instants are in seconds since 1970, and need not be whole
/// (RFC 7519, section 2).
#[derive(Deserialize)]
pub struct Claims {
    iss: String,
    /// The client id.
    pub sub: String,
    /// One text: an assertion for several is none for us alone.
    aud: String,
    exp: f64,
    iat: Option<f64>,
    nbf: Option<f64>,
    /// Its own id.
    pub jti: String,
}

impl Claims {
    /// Whether they make an assertion for `issuer` that is good at `now`.
    pub fn check(&self, issuer: &str, now: DateTime<Utc>) -> Result<(), Flaw> {
        let is_id = !self.sub.is_empty() && self.sub.bytes().all(|byte| byte.is_ascii_graphic());
        if self.iss != self.sub || !is_id {
            return Err("its iss and sub are not one client id");
        }
        if self.aud != issuer {
            return Err("its aud is not our issuer");
        }
        if !(1..=255).contains(&self.jti.len()) {
            return Err("its jti is empty or too long");
        }
        self.check_times(seconds(now))
    }

    fn check_times(&self, now: f64) -> Result<(), Flaw> {
        if now >= self.exp + LEEWAY as f64 {
            return Err("it has expired");
        }
        if self.exp > now + LIFETIME + AHEAD
            || self.iat.is_some_and(|issued| (self.exp - issued).round() > LIFETIME)
        {
            return Err("it is good for too long");
        }
        if [self.iat, self.nbf].into_iter().flatten().any(|from| from > now + AHEAD) {
            return Err("it is from the future");
        }
        Ok(())
    }

    /// When it has ended for whoever has a clock; it was checked at `now`.
    pub fn ends_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        // A second more, as the fraction is cut off.
        now + TimeDelta::seconds((self.exp - seconds(now)) as i64 + 1)
    }
}

fn seconds(at: DateTime<Utc>) -> f64 {
    at.timestamp_micros() as f64 / 1e6
}
