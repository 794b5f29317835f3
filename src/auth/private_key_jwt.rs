//! Client authentication by `private_key_jwt`: an assertion, which is a JWT that the client signs
//! with its own key for this issuer alone, usable once and for a few minutes (RFC 7523, section 3;
//! FAPI 2.0 Security Profile, section 5.3.2.1).

mod claims;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::client_key::{self, ClientAlgorithm, ClientKey};
use super::key_cache::VerifiedKey;
use super::{ActiveClient, ActiveCredential, Auth, AuthFailure, ClientInfo};
use crate::error::Result;
use claims::Claims;

/// The longest assertion that is read, in bytes.
const MAX_LENGTH: usize = 8 * 1024;

/// The reason why an assertion is invalid: for the log, never for a caller.
pub type InvalidReason = &'static str;

/// An assertion with valid claims, whose signature is not verified yet.
pub struct Assertion {
    algorithm: ClientAlgorithm,
    /// The signed text: header and claims as they were sent.
    message: String,
    signature: String,
    claims: Claims,
    /// Whether this request has used it.
    used: bool,
}

/// The members of the header that decide something (RFC 7515, section 4.1). Keys are neither taken
/// from the header nor looked up by it.
#[derive(Deserialize)]
struct Header {
    alg: ClientAlgorithm,
    typ: Option<String>,
    /// Extensions that must be understood; none is supported.
    crit: Option<IgnoredAny>,
}

impl Assertion {
    /// The client id that it claims.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.claims.sub
    }

    /// Whether it is signed with the key of a credential. Without a key, or with one of another
    /// kind, this takes as long.
    fn is_signed_with(&self, key: Option<&ClientKey>) -> Result<bool> {
        let (algorithm, message, signature) = (self.algorithm, &self.message, &self.signature);
        match key.filter(|key| key.supports(algorithm)) {
            Some(key) => key.verifies(algorithm, message, signature),
            None => {
                client_key::spend_verification_time(algorithm, message, signature);
                Ok(false)
            }
        }
    }
}

/// One part of a JWS (RFC 7515, section 7.1).
fn part<T: DeserializeOwned>(encoded: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}

impl Auth {
    /// Reads an assertion and checks what can be checked without its key.
    ///
    /// # Errors
    /// The reason why it is invalid.
    pub fn read_assertion(&self, text: &str) -> Result<Assertion, InvalidReason> {
        if text.len() > MAX_LENGTH {
            return Err("it is too long");
        }
        let (message, signature) = text.rsplit_once('.').ok_or("it is not a JWS")?;
        let (header, claims) = message.split_once('.').ok_or("it is not a JWS")?;
        let header: Header = part(header).ok_or("its header or algorithm is not supported")?;
        if header.crit.is_some() {
            return Err("its header has extensions");
        }
        let typ = header.typ.map(|typ| typ.to_ascii_lowercase());
        if !matches!(typ.as_deref(), None | Some("jwt" | "client-authentication+jwt")) {
            return Err("it is another type of token");
        }
        let claims: Claims = part(claims).ok_or("a claim is missing or malformed")?;
        claims.check(&self.issuer, self.clock.now())?;
        let (message, signature) = (message.to_owned(), signature.to_owned());
        Ok(Assertion { algorithm: header.alg, message, signature, claims, used: false })
    }

    /// The credential that an assertion authenticates by a cached key. To be followed by
    /// [`super::UsageRecorder::record`], which checks that its revision is current. `None` where the
    /// key is not cached, its credential does not suffice, it has not signed the assertion, or the
    /// assertion was used before.
    ///
    /// # Errors
    /// The database does not respond.
    pub async fn cached_assertion(
        &self,
        assertion: &mut Assertion,
        client: &ClientInfo,
        suffices: &(dyn Fn(&ActiveCredential) -> bool + Sync),
    ) -> Result<Option<Arc<ActiveCredential>>> {
        let Some(verified) = self.keys_of_clients.get(assertion.client_id()) else {
            return Ok(None);
        };
        let VerifiedKey { credential, key } = verified.as_ref();
        if !suffices(credential) || credential.permit_client(client).is_err() {
            return Ok(None);
        }
        if !assertion.is_signed_with(Some(key))? {
            return Ok(None);
        }
        let used = self.use_assertion(credential, assertion).await?;
        Ok(used.then(|| Arc::clone(credential)))
    }

    /// The client that an assertion authenticates. The request that has used an assertion may
    /// authenticate with it again.
    ///
    /// # Errors
    /// The outer one: the database does not respond. The inner one: the client is not authenticated.
    pub async fn authenticate_assertion(
        &self,
        assertion: &mut Assertion,
        client: &ClientInfo,
    ) -> Result<Result<ActiveClient, AuthFailure>> {
        let found = self.lookup.by_client_id(assertion.client_id()).await?;
        let key = found.as_ref().ok().and_then(|it| it.credential.authenticator.public_key());
        let key = key.map(ClientKey::from_stored).transpose()?;
        let signed = assertion.is_signed_with(key.as_ref())?;
        let found = match found {
            Ok(_) if key.is_none() => return Ok(Err(AuthFailure::WrongMethod)),
            Ok(_) if !signed => return Ok(Err(AuthFailure::InvalidAssertion)),
            Ok(found) => found,
            Err(failure) => return Ok(Err(failure)),
        };
        let credential = &found.credential;
        if let Err(failure) = credential.permit_client(client) {
            return Ok(Err(failure));
        }
        if !self.use_assertion(credential, assertion).await? {
            return Ok(Err(AuthFailure::ReplayedAssertion));
        }
        if let Some(key) = key {
            self.keys_of_clients.insert(VerifiedKey { credential: Arc::clone(credential), key });
        }
        Ok(Ok(ActiveClient::clone(&found)))
    }

    /// Uses an assertion; false if another request has used it.
    async fn use_assertion(
        &self,
        credential: &ActiveCredential,
        assertion: &mut Assertion,
    ) -> Result<bool> {
        if !assertion.used {
            let Claims { jti, .. } = &assertion.claims;
            let expires_at = assertion.claims.ends_at(self.clock.now());
            assertion.used = self.replay.claim(credential, jti, expires_at).await?;
        }
        Ok(assertion.used)
    }
}
