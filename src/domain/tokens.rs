//! Access tokens: JWTs after RFC 9068. Issuing one writes no row; whether one is still good is
//! asked of its credential each time.

mod revocation;

use std::sync::Arc;

use arc_swap::ArcSwap;
use aws_lc_rs::digest::{self, SHA256};
use chrono::{DateTime, Utc};
use entity::{OrganizationId, ServiceAccountId};
use jsonwebtoken::{Validation, decode, decode_header};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};

use super::credentials::{self, Live, Proof};
pub use revocation::{forget, revoke};

use crate::app::App;
use crate::authz::{Client, PermissionSet};
use crate::clock::LEEWAY;
use crate::error::{Error, Result};
use crate::random;

/// How much of the tokens that are known again is kept, in bytes: some 10,000 of the usual ones.
const REMEMBERED: u64 = 16 << 20;

/// What one of them takes beside the texts in it, in bytes, as reckoned.
const OVERHEAD: usize = 1_024;

/// What a token says (RFC 9068, section 2.2).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Our issuer.
    pub iss: String,
    /// Whom it stands for.
    pub sub: ServiceAccountId,
    /// What it was issued to.
    pub client_id: String,
    /// Whom it is for.
    pub aud: Audience,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// Its own id.
    pub jti: String,
    /// The organization.
    pub org: OrganizationId,
    /// What it was narrowed to, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The generation of the credential's tokens that it belongs to; absent: the first.
    #[serde(default, rename = "gen", skip_serializing_if = "is_first")]
    pub generation: i32,
}

impl Claims {
    /// About how much memory they take, in bytes.
    fn weight(&self) -> u32 {
        let scope = self.scope.as_ref().map_or(0, String::len);
        let audience: usize = self.aud.each().iter().map(String::len).sum();
        u32::try_from(OVERHEAD + scope + audience).unwrap_or(u32::MAX)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_first(generation: &i32) -> bool {
    *generation == 0
}

/// Whom a token is for (RFC 7519, section 4.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One API, or Postern itself.
    One(String),
    /// Several APIs.
    Several(Vec<String>),
}

impl Audience {
    /// Whether it is `audience` alone.
    #[must_use]
    pub fn is(&self, audience: &str) -> bool {
        matches!(self, Self::One(one) if one == audience)
    }

    /// Each of them.
    #[must_use]
    pub fn each(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Several(several) => several,
        }
    }
}

/// What a token is to be for.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Whom it is for.
    pub audience: Audience,
    /// What it is narrowed to, if it is.
    pub scope: Option<String>,
}

impl Terms {
    /// For Postern itself, narrowed to `scope` if there is one.
    #[must_use]
    pub fn own(app: &App, scope: Option<String>) -> Self {
        Self { audience: Audience::One(app.config.audience.clone()), scope }
    }
}

/// A token that is good right now.
pub struct Good {
    read: Arc<(String, Claims)>,
    /// The credential that it was issued to.
    pub live: Arc<Live>,
}

impl Good {
    /// What it says.
    #[must_use]
    pub fn claims(&self) -> &Claims {
        &self.read.1
    }
}

/// Tokens whose signature was verified: by digest, the key that signed them, and what they say.
/// Neither whether they have expired nor whether they are still good is known here.
pub struct Verified(Cache<[u8; 32], Arc<(String, Claims)>>);

impl Default for Verified {
    fn default() -> Self {
        let weight = |_: &[u8; 32], known: &Arc<(String, Claims)>| known.1.weight();
        Self(Cache::builder().max_capacity(REMEMBERED).weigher(weight).build())
    }
}

/// A token that was just made.
pub struct Issued {
    /// The token.
    pub token: String,
    /// How long it lives, in seconds.
    pub expires_in: i64,
}

/// A new token for what was proven. It lives for the set lifetime, but, to the second, no longer than its
/// credential does and lets it.
///
/// # Errors
/// `Internal` when it cannot be signed.
pub fn issue(app: &App, proof: &Proof, terms: &Terms) -> Result<Issued> {
    let at = app.clock.now();
    let now = at.timestamp();
    let lifetime = i64::try_from(app.config.token_ttl.as_secs()).map_err(Error::internal)?;
    let left = proof.ends_at.map_or(i64::MAX, |end| end.timestamp() - now);
    let limit = proof.restrictions.token_lifetime.unwrap_or(i64::MAX);
    let expires_in = lifetime.min(limit).min(left).max(1);
    let claims = Claims {
        iss: app.config.issuer.clone(),
        sub: proof.service_account.clone(),
        client_id: proof.client_id.clone(),
        aud: terms.audience.clone(),
        exp: now + expires_in,
        iat: now,
        jti: random::nonce(),
        org: proof.organization.clone(),
        scope: terms.scope.clone(),
        generation: proof.token_generation,
    };
    Ok(Issued { token: app.keys.sign(&claims, at)?, expires_in })
}

/// Whom a token that is for Postern itself stands for right now.
///
/// # Errors
/// As [`check`]; `Unauthenticated`, too, when it is for somebody else.
pub async fn verify(app: &App, token: &str) -> Result<Client> {
    let good = check(app, token).await?;
    let (claims, live) = (good.claims(), &good.live);
    if !claims.aud.is(&app.config.audience) {
        return Err(Error::Unauthenticated);
    }
    let scope = claims.scope.as_ref().map(|scope| permissions(scope.split(' ')));
    // What narrows the credential by now narrows its tokens, too.
    let restricted =
        live.proof.restrictions.scopes.as_ref().map(|scopes| permissions(scopes.iter()));
    let scope = match (scope, restricted) {
        (Some(scope), Some(restricted)) => Some(scope.intersection(restricted)),
        (scope, restricted) => scope.or(restricted),
    };
    let expires_at = DateTime::from_timestamp(claims.exp, 0).ok_or(Error::Unauthenticated)?;
    Ok(client(live, scope, expires_at))
}

/// Those of `names` that are permissions: scopes of APIs are none.
fn permissions<'a>(names: impl Iterator<Item = &'a str>) -> PermissionSet {
    names.filter_map(|name| name.parse().ok()).collect()
}

/// The client of a credential.
fn client(live: &Live, scope: Option<PermissionSet>, token_expires_at: DateTime<Utc>) -> Client {
    Client {
        organization: live.proof.organization.clone(),
        home: Arc::new(ArcSwap::new(Arc::clone(&live.home))),
        service_account: live.proof.service_account.clone(),
        credential: live.proof.credential.clone(),
        roles: live.roles.clone(),
        scope,
        bounds: live.proof.bounds(),
        token_expires_at,
    }
}

/// The token, if it is good right now, whomever it is for.
///
/// # Errors
/// `Unauthenticated` when it is not one of ours, has expired, was revoked, or its credential is
/// gone or may not be for its audience any more.
pub async fn check(app: &App, token: &str) -> Result<Good> {
    let read = read(app, token).await?;
    let claims = &read.1;
    if app.clock.now().timestamp() >= claims.exp.saturating_add(LEEWAY) {
        return Err(Error::Unauthenticated);
    }
    let live = credentials::live_by_token(app, &claims.client_id, &claims.jti).await?;
    let live = live.ok_or(Error::Unauthenticated)?;
    if live.proof.service_account != claims.sub || live.proof.organization != claims.org {
        return Err(Error::Unauthenticated);
    }
    if live.proof.token_generation != claims.generation {
        return Err(Error::Unauthenticated);
    }
    if !claims.aud.each().iter().all(|audience| live.proof.restrictions.allow_audience(audience)) {
        return Err(Error::Unauthenticated);
    }
    Ok(Good { read, live })
}

/// The claims of a token that a key of ours has signed (RFC 9068, section 4). Its expiry and whom it
/// is for are left to the caller.
async fn read(app: &App, token: &str) -> Result<Arc<(String, Claims)>> {
    let mut digest = [0; 32];
    digest.copy_from_slice(digest::digest(&SHA256, token.as_bytes()).as_ref());
    if let Some(known) = app.tokens.0.get(&digest)
        && app.keys.find(&known.0).await?.is_some()
    {
        return Ok(known);
    }
    let read = Arc::new(read_anew(app, token).await?);
    app.tokens.0.insert(digest, Arc::clone(&read));
    Ok(read)
}

/// The key that signed a token, and its claims.
async fn read_anew(app: &App, token: &str) -> Result<(String, Claims)> {
    let header = decode_header(token).map_err(|_| Error::Unauthenticated)?;
    let typ = header.typ.unwrap_or_default().to_ascii_lowercase();
    if !matches!(typ.as_str(), "at+jwt" | "application/at+jwt") {
        return Err(Error::Unauthenticated);
    }
    let kid = header.kid.ok_or(Error::Unauthenticated)?;
    let key = app.keys.find(&kid).await?;
    let key = key.ok_or(Error::Unauthenticated)?;
    let mut validation = Validation::new(key.algorithm);
    validation.set_issuer(&[&app.config.issuer]);
    validation.validate_aud = false;
    validation.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
    validation.validate_exp = false;
    let data = decode(token, &key.key, &validation).map_err(|_| Error::Unauthenticated)?;
    Ok((kid, data.claims))
}
