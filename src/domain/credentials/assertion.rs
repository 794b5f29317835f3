//! Proving oneself by an assertion: a JWT that is signed with the client's own key, for us alone,
//! and good for one time and a few minutes (RFC 7523, section 3; FAPI 2.0 Security Profile,
//! section 5.3.2.1).

mod claims;
mod single_use;

use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::client_key::{self, ClientAlgorithm, ClientKey};
use super::verified::KnownKey;
use super::{AuthFailure, Live, Proof, Source, look_up, refused};
use crate::app::App;
use crate::error::Result;
use claims::Claims;
pub use single_use::{SingleUses, forget as forget_assertions, single_uses};

/// The longest assertion that is read, in bytes.
const LONGEST: usize = 8 * 1024;

/// Why an assertion proves nothing: for the log, never for a caller.
pub type Flaw = &'static str;

/// An assertion that says the right things, whoever has signed it.
pub struct Assertion {
    algorithm: ClientAlgorithm,
    /// What is signed: header and claims, as they were sent.
    message: String,
    signature: String,
    claims: Claims,
    /// Whether this request has used it.
    used: bool,
}

/// The members of the header that decide something (RFC 7515, section 4.1). Keys are not taken from
/// it, nor looked up by it.
#[derive(Deserialize)]
struct Header {
    alg: ClientAlgorithm,
    typ: Option<String>,
    /// Extensions that must be understood, of which there are none.
    crit: Option<IgnoredAny>,
}

impl Assertion {
    /// Reads it, and asks all that can be told without its key.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(app: &App, text: &str) -> Result<Self, Flaw> {
        if text.len() > LONGEST {
            return Err("it is too long");
        }
        let (message, signature) = text.rsplit_once('.').ok_or("it is no JWS")?;
        let (header, claims) = message.split_once('.').ok_or("it is no JWS")?;
        let header: Header = part(header).ok_or("its header is not to be used")?;
        if header.crit.is_some() {
            return Err("its header has extensions");
        }
        let typ = header.typ.map(|typ| typ.to_ascii_lowercase());
        if !matches!(typ.as_deref(), None | Some("jwt" | "client-authentication+jwt")) {
            return Err("it is another kind of token");
        }
        let claims: Claims = part(claims).ok_or("a claim is missing or is not to be read")?;
        claims.check(&app.config.issuer, app.clock.now())?;
        let (message, signature) = (message.to_owned(), signature.to_owned());
        Ok(Self { algorithm: header.alg, message, signature, claims, used: false })
    }

    /// The client id of whom it would prove.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.claims.sub
    }

    /// Whether the key of a credential has signed it. Without one, or with one of another kind, the
    /// answer takes as long.
    fn is_signed_with(&self, key: Option<&ClientKey>) -> Result<bool> {
        let (algorithm, message, signature) = (self.algorithm, &self.message, &self.signature);
        match key.filter(|key| key.takes(algorithm)) {
            Some(key) => key.has_signed(algorithm, message, signature),
            None => {
                client_key::spend_time(algorithm, message, signature);
                Ok(false)
            }
        }
    }
}

/// One part of a JWS (RFC 7515, section 7.1).
fn part<T: DeserializeOwned>(encoded: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}

/// What an assertion proves by a key that has proven its client before, if that is enough for a token:
/// from memory, to be followed by [`super::mark_used`], which asks the database whether it still
/// holds. Nothing where that key is not known, has not signed it, or it was used before.
///
/// # Errors
/// What the database answers.
pub async fn recall_by_assertion(
    app: &App,
    assertion: &mut Assertion,
    address: IpAddr,
) -> Result<Option<Arc<Proof>>> {
    let Some(known) = app.verified.known_key(assertion.client_id()) else { return Ok(None) };
    let KnownKey { proof, key } = known.as_ref();
    if !proof.is_enough_at(address) || !assertion.is_signed_with(Some(key))? {
        return Ok(None);
    }
    assertion.used = assertion.used || single_use::claim(app, proof, &assertion.claims).await?;
    Ok(assertion.used.then(|| Arc::clone(proof)))
}

/// The client that an assertion authenticates, or why it does not: the client's key has not signed
/// it, it was used before, at whichever replica, or the credential may not be used from there. The
/// request that has used it may ask again.
///
/// # Errors
/// What the database answers.
pub async fn authenticate_by_assertion(
    app: &App,
    assertion: &mut Assertion,
    source: &Source,
) -> Result<Result<Live, AuthFailure>> {
    let found = look_up(app, assertion.client_id()).await?;
    let key = found.as_ref().ok().and_then(|live| live.proof.public_key.as_deref());
    let key = key.map(ClientKey::stored).transpose()?;
    let signed = assertion.is_signed_with(key.as_ref())?;
    let live = match found {
        Ok(_) if key.is_none() => return Ok(Err(AuthFailure::WrongMethod)),
        Ok(_) if !signed => return Ok(Err(AuthFailure::InvalidAssertion)),
        Ok(live) => live,
        Err(failure) => return Ok(Err(failure)),
    };
    if !live.proof.restrictions.admit(source.address) {
        refused::tell(app, &live.proof, source);
        return Ok(Err(AuthFailure::AddressNotAllowed));
    }
    assertion.used =
        assertion.used || single_use::claim(app, &live.proof, &assertion.claims).await?;
    if !assertion.used {
        return Ok(Err(AuthFailure::ReplayedAssertion));
    }
    if let Some(key) = key {
        app.verified.learn_key(KnownKey { proof: Arc::clone(&live.proof), key });
    }
    Ok(Ok(Live::clone(&live)))
}
