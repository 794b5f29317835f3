//! The keys in memory: the one that signs, and all that tokens are verified with.

use std::str::FromStr;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use entity::{SigningKeyId, signing_key};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Header};
use serde::Serialize;
use tokio::sync::Mutex;

use super::{Material, all, ensure, private_key_of};
use crate::clock::Clock;
use crate::config::{MasterKeys, SigningAlgorithm};
use crate::domain::seal;
use crate::error::{Error, Result};
use crate::store::Db;

/// How old the keys in memory may be when somebody asks for one that is not there.
const STALE_AFTER: TimeDelta = TimeDelta::seconds(1);

/// The keys of this installation, as this replica knows them; none before [`KeyRing::load`].
pub struct KeyRing {
    db: Db,
    clock: Clock,
    ring: ArcSwapOption<Ring>,
    read_at: Mutex<DateTime<Utc>>,
}

struct Ring {
    /// `header.` of every token, and the key that signs it.
    signer: Arc<(String, Material)>,
    public: Vec<Arc<PublicKey>>,
}

/// What verifies the tokens that one key has signed.
pub struct PublicKey {
    /// The `kid`.
    pub id: SigningKeyId,
    /// The only algorithm that it verifies.
    pub algorithm: Algorithm,
    /// The key itself.
    pub key: DecodingKey,
    jwk: Jwk,
}

impl KeyRing {
    /// A ring without keys.
    #[must_use]
    pub fn empty(db: Db, clock: Clock) -> Self {
        Self { db, clock, ring: ArcSwapOption::empty(), read_at: Mutex::default() }
    }

    /// Reads the keys, and makes the first one of `algorithm`.
    ///
    /// # Errors
    /// What the database answers; `Internal` when the master key does not open the key.
    pub async fn load(&self, masters: &MasterKeys, algorithm: SigningAlgorithm) -> Result<()> {
        let rows = ensure(&self.db, &self.clock, masters, algorithm).await?;
        let current = rows.iter().find(|row| row.algorithm == algorithm.name());
        let current = current.ok_or_else(|| Error::internal("there is no signing key"))?;
        let private =
            seal::open(masters, private_key_of(&current.id), &current.sealed_private_key)?;
        let material = Material::parse(algorithm, &private)?;
        let header = Header {
            typ: Some("at+jwt".to_owned()),
            kid: Some(current.id.to_string()),
            ..Header::new(jose(algorithm.name())?)
        };
        let signer = Arc::new((encode(&header)? + ".", material));
        self.ring.store(Some(Arc::new(Ring { signer, public: public(&rows)? })));
        Ok(())
    }

    /// Whether there are keys to work with.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.ring.load().is_some()
    }

    /// Signs a JWT with the current key.
    ///
    /// # Errors
    /// `Internal` when it cannot be signed.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String> {
        let ring = self.ring()?;
        let (header, material) = ring.signer.as_ref();
        let mut token = header.clone() + &encode(claims)?;
        let signature = material.sign(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    /// The key named `kid`, also if another replica has just made it.
    ///
    /// # Errors
    /// What the database answers.
    pub async fn find(&self, kid: &str) -> Result<Option<Arc<PublicKey>>> {
        let among = |ring: &Ring| ring.public.iter().find(|key| key.id.as_str() == kid).cloned();
        if let Some(key) = among(self.ring()?.as_ref()) {
            return Ok(Some(key));
        }
        self.refresh().await?;
        Ok(among(self.ring()?.as_ref()))
    }

    /// The public halves of all keys (RFC 7517, section 5), the newest first.
    ///
    /// # Errors
    /// What the database answers.
    pub async fn jwks(&self) -> Result<JwkSet> {
        self.refresh().await?;
        Ok(JwkSet { keys: self.ring()?.public.iter().map(|key| key.jwk.clone()).collect() })
    }

    /// Reads the public keys again, at most once a second, whoever asks.
    async fn refresh(&self) -> Result<()> {
        let mut read_at = self.read_at.lock().await;
        let now = self.clock.now();
        if now - *read_at >= STALE_AFTER {
            let signer = Arc::clone(&self.ring()?.signer);
            let public = public(&all(self.db.reader()).await?)?;
            self.ring.store(Some(Arc::new(Ring { signer, public })));
            *read_at = now;
        }
        Ok(())
    }

    fn ring(&self) -> Result<Arc<Ring>> {
        self.ring
            .load_full()
            .ok_or_else(|| Error::Unavailable("the signing keys are not loaded yet".into()))
    }
}

fn public(rows: &[signing_key::Model]) -> Result<Vec<Arc<PublicKey>>> {
    rows.iter()
        .map(|row| {
            let jwk: Jwk = serde_json::from_str(&row.public_jwk).map_err(Error::internal)?;
            Ok(Arc::new(PublicKey {
                id: row.id.clone(),
                algorithm: jose(&row.algorithm)?,
                key: DecodingKey::from_jwk(&jwk).map_err(Error::internal)?,
                jwk,
            }))
        })
        .collect()
}

fn jose(name: &str) -> Result<Algorithm> {
    Algorithm::from_str(name).map_err(Error::internal)
}

fn encode(part: &impl Serialize) -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).map_err(Error::internal)?))
}
