//! Access tokens: JWTs after RFC 9068. Issuing one writes no row; whether its credential is still
//! active is read from the database each time.

mod claims;
mod token_cache;

use std::sync::Arc;

use aws_lc_rs::digest::{self, SHA256};
use chrono::DateTime;
use entity::OrganizationId;
use jsonwebtoken::{Validation, decode, decode_header};

use super::{ActiveClient, ActiveCredential, Auth};
use crate::authz::{AccessToken, Client, PermissionSet};
use crate::clock::LEEWAY;
use crate::error::{Error, Result};
use crate::random;

pub use claims::{Audience, Claims};
use token_cache::VerifiedToken;
pub use token_cache::VerifiedTokenCache;

/// The audience and the scope of a new token.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Its audience.
    pub audience: Audience,
    /// Its scope, if it is restricted to one.
    pub scope: Option<String>,
}

/// A token that was just issued.
pub struct IssuedToken {
    /// The token.
    pub token: String,
    /// Its lifetime in seconds.
    pub expires_in: i64,
}

/// A token of an active credential.
pub struct ValidToken {
    verified: Arc<VerifiedToken>,
    /// The client that it was issued to.
    pub client: Arc<ActiveClient>,
}

impl ValidToken {
    /// Its claims.
    #[must_use]
    pub fn claims(&self) -> &Claims {
        &self.verified.claims
    }
}

impl Auth {
    /// The terms of a token for Postern itself.
    #[must_use]
    pub fn own_terms(&self, scope: Option<String>) -> Terms {
        Terms { audience: Audience::One(self.audience.clone()), scope }
    }

    /// Issues a token to a credential. Its lifetime is the configured one, and at most, to the
    /// second, that of its credential and of the restrictions.
    ///
    /// # Errors
    /// `Unavailable` without a signing key; `Internal` when it cannot be signed.
    pub fn issue(&self, credential: &ActiveCredential, terms: &Terms) -> Result<IssuedToken> {
        let at = self.clock.now();
        let now = at.timestamp();
        let lifetime = i64::try_from(self.token_ttl.as_secs()).map_err(Error::internal)?;
        let left = credential.ends_at.map_or(i64::MAX, |end| end.timestamp() - now);
        let limit = credential.restrictions.token_lifetime.unwrap_or(i64::MAX);
        let expires_in = lifetime.min(limit).min(left).max(1);
        let claims = Claims {
            iss: self.issuer.clone(),
            sub: credential.service_account.clone(),
            client_id: credential.client_id.clone(),
            aud: terms.audience.clone(),
            exp: now + expires_in,
            iat: now,
            jti: random::nonce(),
            org: credential.organization.clone(),
            scope: terms.scope.clone(),
            generation: credential.token_generation,
        };
        Ok(IssuedToken { token: self.keys.sign(&claims, at)?, expires_in })
    }

    /// The client that a token for Postern itself stands for.
    ///
    /// # Errors
    /// As [`Self::validate`]; also `Unauthenticated` when the token has another audience.
    pub async fn authenticate_token(&self, token: &str) -> Result<Client> {
        let valid = self.validate(token).await?;
        let (claims, client) = (valid.claims(), &valid.client);
        if !claims.aud.is(&self.audience) {
            return Err(Error::Unauthenticated);
        }
        let scope = claims.scope.as_ref().map(|scope| PermissionSet::named(scope.split(' ')));
        // The current restrictions of a credential also restrict tokens that were issued before.
        let restrictions = &client.credential.restrictions;
        let restricted =
            restrictions.scopes.as_ref().map(|scopes| PermissionSet::named(scopes.iter()));
        let scope = match (scope, restricted) {
            (Some(scope), Some(restricted)) => Some(scope.intersection(restricted)),
            (scope, restricted) => scope.or(restricted),
        };
        let expires_at = DateTime::from_timestamp(claims.exp, 0).ok_or(Error::Unauthenticated)?;
        Ok(Client { token: Some(AccessToken::new(token)), ..client.actor(scope, expires_at) })
    }

    /// A token of any audience, if it is valid now.
    ///
    /// # Errors
    /// `Unauthenticated` when it is not one of ours, has expired or is revoked, or its credential
    /// is not active or may not be used for its audience any more.
    pub async fn validate(&self, token: &str) -> Result<ValidToken> {
        let verified = self.verified_token(token).await?;
        let claims = &verified.claims;
        if self.clock.now().timestamp() >= claims.exp.saturating_add(LEEWAY) {
            return Err(Error::Unauthenticated);
        }
        let client = self.lookup.by_token(&claims.client_id, &claims.jti).await?;
        let client = client.ok_or(Error::Unauthenticated)?;
        let credential = &client.credential;
        if credential.service_account != claims.sub || credential.organization != claims.org {
            return Err(Error::Unauthenticated);
        }
        if credential.token_generation != claims.generation {
            return Err(Error::Unauthenticated);
        }
        let allowed = |audience: &String| credential.restrictions.allow_audience(audience);
        if !claims.aud.each().iter().all(allowed) {
            return Err(Error::Unauthenticated);
        }
        Ok(ValidToken { verified, client })
    }

    /// The organization and the client id of a token for Postern itself that was rejected although a
    /// key of ours has signed it and it has not expired.
    #[must_use]
    pub fn rejected_token(&self, token: &str) -> Option<(OrganizationId, String)> {
        let verified = self.tokens.get(&sha256(token))?;
        let claims = &verified.claims;
        let is_own = claims.aud.is(&self.audience) && self.clock.now().timestamp() < claims.exp;
        is_own.then(|| (claims.org.clone(), claims.client_id.clone()))
    }

    /// A token that a key of ours has signed (RFC 9068, section 4). Its expiry and its audience are
    /// left to the caller.
    async fn verified_token(&self, token: &str) -> Result<Arc<VerifiedToken>> {
        let digest = sha256(token);
        if let Some(cached) = self.tokens.get(&digest)
            && self.keys.find(&cached.kid).await?.is_some()
        {
            return Ok(cached);
        }
        let verified = Arc::new(self.verify(token).await?);
        self.tokens.insert(digest, Arc::clone(&verified));
        Ok(verified)
    }

    async fn verify(&self, token: &str) -> Result<VerifiedToken> {
        let header = decode_header(token).map_err(|_| Error::Unauthenticated)?;
        let typ = header.typ.unwrap_or_default().to_ascii_lowercase();
        if !matches!(typ.as_str(), "at+jwt" | "application/at+jwt") {
            return Err(Error::Unauthenticated);
        }
        let kid = header.kid.ok_or(Error::Unauthenticated)?;
        let key = self.keys.find(&kid).await?;
        let key = key.ok_or(Error::Unauthenticated)?;
        let mut validation = Validation::new(key.algorithm);
        validation.set_issuer(&[&self.issuer]);
        validation.validate_aud = false;
        validation.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
        validation.validate_exp = false;
        let data = decode(token, &key.key, &validation).map_err(|_| Error::Unauthenticated)?;
        Ok(VerifiedToken { kid, claims: data.claims })
    }
}

fn sha256(token: &str) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(digest::digest(&SHA256, token.as_bytes()).as_ref());
    digest
}
